"""Tasks written before their offers had a table of their own keep their candidates, forwards and backwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, LargeBinary, MetaData, String, Table, insert, select

from persistence.database import Database
from persistence.migrations import downgrade, upgrade

pytestmark = pytest.mark.requirement("R079")

BEFORE, SINCE = "0003", "0004"
FREE, HELD, DONE = 1, 2, 3
GROUPS = [("clerk", FREE, True), ("reviewer", FREE, True), ("clerk", HELD, True), ("clerk", DONE, False)]
CANDIDATES = [(11, FREE), (11, DONE)]


@pytest.fixture
def before(database_url: str) -> Iterator[Database]:
    """A database of the version before, with a task that waits, one that is held and one that is done."""
    database = Database(database_url)
    upgrade(database, BEFORE)
    with database.transaction() as transaction:
        tables = MetaData()
        tables.reflect(transaction.connection)
        _fill(transaction.connection, tables.tables)
    yield database
    database.close()


def _fill(connection: Connection, tables: Any) -> None:
    for name in ("deployment", "deployment_resource", "process_definition", "process_instance"):
        _put(connection, tables[name])
    _put(connection, tables["user_task"], key=FREE, number=1, state="open", due_at=70)
    _put(connection, tables["user_task"], key=HELD, number=2, state="open", assignee=11)
    _put(connection, tables["user_task"], key=DONE, number=3, state="completed", completed_by=11, due_at=90)
    for group, task, is_open in GROUPS:
        _put(connection, tables["user_task_group"], group_id=group, task_key=task, open=is_open)
    for person, task in CANDIDATES:
        _put(connection, tables["user_task_candidate"], person=person, task_key=task)


def _put(connection: Connection, table: Table, **values: object) -> None:
    """A row with these values; what else must not be empty holds a one."""
    filled = {column.name: _one(column.type) for column in table.c if not column.nullable}
    connection.execute(insert(table).values(filled | values))


def _one(kind: object) -> object:
    return "1" if isinstance(kind, String) else b"1" if isinstance(kind, LargeBinary) else 1


def _rows(database: Database, name: str, *columns: str) -> list[tuple[object, ...]]:
    with database.reading() as connection:
        table = Table(name, MetaData(), autoload_with=connection)
        return sorted(tuple(row) for row in connection.execute(select(*[table.c[column] for column in columns])))


def test_offers_are_made_of_the_candidates_there_were(before: Database) -> None:
    upgrade(before, SINCE)
    assert _rows(before, "user_task_offer", "task_key", "kind", "candidate", "open", "claimable", "due_at") == [
        (FREE, "person", "11", True, True, 70),
        (FREE, "role", "clerk", True, True, 70),
        (FREE, "role", "reviewer", True, True, 70),
        (HELD, "role", "clerk", True, False, None),
        (DONE, "person", "11", False, False, 90),
        (DONE, "role", "clerk", False, False, 90),
    ]


def test_candidates_are_as_before_when_the_offers_are_taken_back(before: Database) -> None:
    upgrade(before, SINCE)
    downgrade(before, BEFORE)
    assert _rows(before, "user_task_group", "group_id", "task_key", "open") == sorted(GROUPS)
    assert _rows(before, "user_task_candidate", "person", "task_key") == sorted(CANDIDATES)
