"""Rows written as a whole, and the few statements SQLAlchemy writes differently for the two databases.

Here and in the modules beside, statements on the way of a case are prepared (`persistence.prepared`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, insert, text
from sqlalchemy.dialects import postgresql, sqlite

from persistence.prepared import Prepared


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert whole rows; where the primary key exists, overwrite the other columns."""
    if rows:
        _upsert_into(table, connection.dialect.name).run_each(connection, rows)


@cache
def _upsert_into(table: Table, dialect: str) -> Prepared:
    keys = [column.name for column in table.primary_key]
    statement = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    others = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    return Prepared(statement.on_conflict_do_update(index_elements=keys, set_=others))


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, if there are any."""
    _insert_into(table).run_each(connection, rows)


@cache
def _insert_into(table: Table) -> Prepared:
    return Prepared(insert(table))


_ADVISORY_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def lock_name(connection: Connection, name: str) -> None:
    """Hold back other transactions that lock the same name until this one ends.

    SQLite has one writer anyway; PostgreSQL gets an advisory lock. What must not happen twice although no row
    exists yet (a message meeting its subscription, a deployment's version number) is serialised with it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_ADVISORY_LOCK, {"name": name})
