"""Prepared statements do what SQLAlchemy's own execution does, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from persistence.database import Database
from persistence.prepared import Prepared, run_text
from persistence.schema import UtcDateTime

_NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
_shelf = Table(
    "shelf",
    MetaData(),
    Column("key", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("seen_at", UtcDateTime),
    Column("count", Integer, nullable=False),
)
_INSERT = Prepared(insert(_shelf))
_COUNT = Prepared(update(_shelf).where(_shelf.c.key == bindparam("of_key")).values(count=_shelf.c.count + 1))
_BY_KEY = Prepared(select(_shelf).where(_shelf.c.key == bindparam("key")))
_LABELS = Prepared(select(_shelf.c.label).where(_shelf.c.open, _shelf.c.count >= 0).order_by(_shelf.c.key))


def _row(key: int, **others: object) -> dict[str, object]:
    return {"key": key, "label": f"架{key}", "open": True, "seen_at": _NOON, "count": 0, **others}


@pytest.fixture
def shelves(database: Database) -> Iterator[Database]:
    with database.transaction() as transaction:
        _shelf.create(transaction.connection)
    yield database
    with database.transaction() as transaction:
        _shelf.drop(transaction.connection)


def test_a_row_is_read_as_it_was_written(shelves: Database) -> None:
    with shelves.transaction() as transaction:
        _INSERT.run(transaction.connection, _row(1, seen_at=None, open=False))
        _INSERT.run_each(transaction.connection, [_row(2), _row(3)])
    with shelves.reading() as connection:
        assert tuple(_BY_KEY.first(connection, {"key": 1})) == (1, "架1", False, None, 0)
        found = _BY_KEY.first(connection, {"key": 2})
        assert (found.label, found.open, found.seen_at) == ("架2", True, _NOON)
        assert _BY_KEY.first(connection, {"key": 9}) is None
        assert [row.label for row in _LABELS.all(connection, {})] == ["架2", "架3"]


def test_an_update_writes_the_columns_it_is_given_beside_its_own(shelves: Database) -> None:
    with shelves.transaction() as transaction:
        connection = transaction.connection
        _INSERT.run_each(connection, [_row(1), _row(2)])
        assert _COUNT.count(connection, {"of_key": 1, "label": "新"}) == 1
        assert _COUNT.count(connection, {"of_key": 1}) == 1
        assert _COUNT.count(connection, {"of_key": 7}) == 0
        assert [tuple(_BY_KEY.first(connection, {"key": key}))[1::3] for key in (1, 2)] == [("新", 2), ("架2", 0)]


def test_no_rows_are_no_statement(shelves: Database) -> None:
    with shelves.transaction() as transaction:
        _INSERT.run_each(transaction.connection, [])
        assert _LABELS.all(transaction.connection, {}) == []


def test_a_key_used_twice_raises_what_sqlalchemy_raises_and_hides_what_was_written(shelves: Database) -> None:
    with pytest.raises(IntegrityError) as raised, shelves.transaction() as transaction:
        _INSERT.run_each(transaction.connection, [_row(1), _row(1, label="张三")])
    assert "张三" not in str(raised.value)
    with shelves.reading() as connection:
        assert _LABELS.all(connection, {}) == []


def test_a_savepoint_takes_back_what_came_after_it(shelves: Database) -> None:
    with shelves.transaction() as transaction:
        connection = transaction.connection
        _INSERT.run(connection, _row(1))
        run_text(connection, "SAVEPOINT half")
        _INSERT.run(connection, _row(2))
        run_text(connection, "ROLLBACK TO SAVEPOINT half")
        run_text(connection, "RELEASE SAVEPOINT half")
    with shelves.reading() as connection:
        assert [row.label for row in _LABELS.all(connection, {})] == ["架1"]
