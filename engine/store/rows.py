"""The few statements SQLAlchemy writes differently for the two databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, text
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows; where the primary key exists, overwrite the other columns."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = make(table)
    others = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others), [dict(row) for row in rows])


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, if there are any."""
    if rows:
        connection.execute(insert(table), [dict(row) for row in rows])


def lock_name(connection: Connection, name: str) -> None:
    """Hold back other transactions that lock the same name until this one ends.

    SQLite has one writer anyway; PostgreSQL gets an advisory lock. What must not happen twice although no row
    exists yet (a message meeting its subscription, a deployment's version number) is serialised with it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
