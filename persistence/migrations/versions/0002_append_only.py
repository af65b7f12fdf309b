"""journal, operations log and consents refuse changes.

The triggers belong to the tables: a migration that rebuilds one of them must create its triggers again.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEYS = {"agreement_consent": ("key",), "journal_entry": ("instance_key", "seq"), "operations_log": ("key",)}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgresql()


def _upgrade_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'rows of this table are never changed'); END"
    for table, keys in _KEYS.items():
        same_key = " AND ".join(f"{key} = NEW.{key}" for key in keys)
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608  our own tables
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same_key}) {refuse}"
        )


def _upgrade_postgresql() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''rows of this table are never changed'' "
        "USING ERRCODE = ''integrity_constraint_violation''; END'"
    )
    for table in _KEYS:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _KEYS:
        for kind in ("update", "delete", "replace") if sqlite else ("change", "truncate"):
            op.execute(f"DROP TRIGGER {table}_no_{kind}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        op.execute("DROP FUNCTION refuse_change()")
