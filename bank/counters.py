"""Gapless counters for numbers people read, safe between concurrent transactions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Integer, String, Table
from sqlalchemy.dialects import postgresql, sqlite

from persistence.schema import metadata

counter = Table(
    "counter",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("last", Integer, nullable=False),
)


def next_number(connection: Connection, name: str) -> int:
    """The next number of the counter `name`, from 1; the row stays locked until the transaction ends."""
    insert: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(counter)
        .values(name=name, last=1)
        .on_conflict_do_update(index_elements=[counter.c.name], set_={"last": counter.c.last + 1})
        .returning(counter.c.last)
    )
    return int(connection.execute(statement).scalar_one())
