"""Procrastinate's own tables beside ours, wherever PostgreSQL gets its tables straight from the metadata.

Databases that are kept get them by migration, step by step; both ways lead to the same (a test compares them).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, MetaData, event, text

from persistence.prepared import run_text
from persistence.schema import metadata


@event.listens_for(metadata, "after_create")
def _create(_: MetaData, connection: Connection, **_options: Any) -> None:
    if connection.dialect.name != "postgresql":
        return
    if connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar() is not None:
        return
    from procrastinate.schema import SchemaManager  # noqa: PLC0415  SQLite never needs it

    run_text(connection, SchemaManager.get_schema())
