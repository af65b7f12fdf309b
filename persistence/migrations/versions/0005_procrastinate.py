"""the tables of Procrastinate 3.10, which carries word of jobs between machines; on PostgreSQL only.

Procrastinate ships its schema as a series of steps that it never changes afterwards. This migration applies those up
to the one named below; a later one of ours will apply those that came after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import distribution

import sqlalchemy as sa
from alembic import op

from persistence.prepared import run_text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LAST_STEP = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
"""The newest step that Procrastinate 3.10.0 has."""

_FOLDER = "procrastinate/sql/migrations/"
_DROP_FUNCTIONS = """
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT oid::regprocedure::text FROM pg_proc
        WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = current_schema()::regnamespace
    LOOP
        EXECUTE 'DROP FUNCTION ' || name || ' CASCADE';
    END LOOP;
END $$
"""
_TABLES = "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs", "procrastinate_workers"
_TYPES = "procrastinate_job_to_defer_v1", "procrastinate_job_status", "procrastinate_job_event_type"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    if connection.execute(sa.text("SELECT to_regclass('procrastinate_jobs')")).scalar() is not None:
        return  # made straight from the metadata
    for step in _steps():
        run_text(connection, step)


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for table in _TABLES:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table} CASCADE")
    run_text(connection, _DROP_FUNCTIONS)
    for type_ in _TYPES:
        connection.exec_driver_sql(f"DROP TYPE IF EXISTS {type_} CASCADE")


def _steps() -> Iterator[str]:
    """The statements of every step up to the last one, in order."""
    files = {file.name: file for file in distribution("procrastinate").files or () if _FOLDER in file.as_posix()}
    names = sorted(name for name in files if name.endswith(".sql") and name <= LAST_STEP)
    if LAST_STEP not in names:
        raise RuntimeError(f"the installed procrastinate lacks {LAST_STEP}")
    for name in names:
        yield files[name].read_text(encoding="utf-8")
