"""On PostgreSQL statements do not wait for one another; errors, views and savepoints are what they would be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from enum import IntEnum, StrEnum

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    create_engine,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError, InternalError, NotSupportedError, ProgrammingError

from persistence.database import Database, DatabaseUnavailable
from persistence.pipelined import PipelinedConnection
from persistence.prepared import Prepared, run_savepoint

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]

_box = Table(
    "box",
    MetaData(),
    Column("key", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("content", LargeBinary),
)
_INSERT = Prepared(insert(_box))
_RELABEL = Prepared(update(_box).where(_box.c.key == bindparam("of_key")))
_BOX = Prepared(select(_box).where(_box.c.key == bindparam("key")))
_KEYS = Prepared(select(_box.c.key).order_by(_box.c.key))


@pytest.fixture
def boxes(database: Database) -> Database:
    with database.transaction() as transaction:
        _box.create(transaction.connection)
    return database


@pytest.fixture
def other(boxes: Database) -> Iterator[Engine]:
    """Somebody else's connections, which ask what the server is doing."""
    engine = create_engine(boxes.url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


def put(connection: Connection, *keys: int, label: str = "L", content: bytes | None = None) -> None:
    for key in keys:
        _INSERT.run(connection, {"key": key, "label": label, "content": content})


def keys_in(database: Database) -> list[int]:
    with database.reading() as connection:
        return [row.key for row in _KEYS.all(connection, {})]


def server_of(connection: Connection) -> int:
    """The process that serves the connection."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, PipelinedConnection)
    return driver.info.backend_pid


def doing(other: Engine, server: int) -> tuple[str, str]:
    """What it has done last, and whether it is within a transaction."""
    with other.connect() as connection:
        query = text("SELECT query, state FROM pg_stat_activity WHERE pid = :pid")
        last, state = connection.execute(query, {"pid": server}).one()
    return last, state


def hang_up(other: Engine) -> None:
    """The server ends every connection but this one."""
    ended = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    with other.connect() as connection:
        connection.execute(text(f"{ended} WHERE datname = current_database() AND pid <> pg_backend_pid()"))


def test_writes_go_to_the_server_together_with_the_commit(boxes: Database, other: Engine) -> None:
    with boxes.transaction() as transaction:
        put(transaction.connection, 1, 2)
        _RELABEL.run(transaction.connection, {"of_key": 1, "label": "一"})
        server = server_of(transaction.connection)
        assert doing(other, server)[1] == "idle"
    assert doing(other, server) == ("COMMIT", "idle")
    assert keys_in(boxes) == [1, 2]


def test_a_query_sees_what_was_written_before_it_whoever_executes_it(boxes: Database) -> None:
    with boxes.transaction() as transaction:
        put(transaction.connection, 1)
        assert _BOX.first(transaction.connection, {"key": 1}).label == "L"
        put(transaction.connection, 2)
        assert list(transaction.connection.execute(select(_box.c.key).order_by(_box.c.key)).scalars()) == [1, 2]


def test_values_are_read_as_they_were_written(boxes: Database) -> None:
    content = bytes(range(256)) * 400  # more than one packet
    with boxes.transaction() as transaction:
        put(transaction.connection, 1, label="张三 \\x41 'x' %s", content=content)
        put(transaction.connection, 2, content=None)
    with boxes.reading() as connection:
        assert tuple(_BOX.first(connection, {"key": 1})) == (1, "张三 \\x41 'x' %s", content)
        assert tuple(_BOX.first(connection, {"key": 2})) == (2, "L", None)


def test_a_member_of_an_enumeration_is_its_value_and_what_is_no_value_is_refused(boxes: Database) -> None:
    with boxes.transaction() as transaction:
        put(transaction.connection, Size.SMALL, label=Colour.RED)
    with boxes.reading() as connection:
        assert tuple(_BOX.first(connection, {"key": 1}))[:2] == (1, "red")
    with pytest.raises(ProgrammingError), boxes.transaction() as transaction:
        _INSERT.run(transaction.connection, {"key": 2, "label": ["no", "text"], "content": None})


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    SMALL = 1


def test_thousands_of_writes_do_not_wait_for_room(boxes: Database) -> None:
    with boxes.transaction() as transaction:
        put(transaction.connection, *range(5_000), content=b"x" * 500)
    assert len(keys_in(boxes)) == 5_000


def test_a_text_with_a_nul_is_refused_not_cut(boxes: Database) -> None:
    with pytest.raises(DataError), boxes.transaction() as transaction:
        put(transaction.connection, 1, label="a\0b")
    assert keys_in(boxes) == []


@pytest.mark.parametrize("waits", ["commit", "query", "statement of SQLAlchemy", "savepoint"])
def test_the_error_of_a_write_is_raised_by_the_first_that_waits(boxes: Database, waits: str) -> None:
    with pytest.raises(IntegrityError) as raised, boxes.transaction() as transaction:
        connection = transaction.connection
        put(connection, 1, 1, label="张三")
        put(connection, 2)
        if waits == "query":
            _KEYS.all(connection, {})
            pytest.fail("went on after the error")
        elif waits == "statement of SQLAlchemy":
            connection.execute(select(_box))
            pytest.fail("went on after the error")
        elif waits == "savepoint":
            run_savepoint(connection, "SAVEPOINT half")
            pytest.fail("went on after the error")
    assert "张三" not in str(raised.value.statement)
    assert keys_in(boxes) == []
    with boxes.transaction() as transaction:
        put(transaction.connection, 3)
    assert keys_in(boxes) == [3]


def test_a_transaction_whose_error_was_overlooked_is_not_said_to_be_saved(boxes: Database) -> None:
    with pytest.raises(InternalError), boxes.transaction() as transaction:
        put(transaction.connection, 1, 1)
        with suppress(IntegrityError):
            _KEYS.all(transaction.connection, {})
    assert keys_in(boxes) == []


def test_a_savepoint_around_nothing_never_reaches_the_server(boxes: Database, other: Engine) -> None:
    with boxes.transaction() as transaction:
        connection = transaction.connection
        put(connection, 1)
        _KEYS.all(connection, {})
        before = doing(other, server_of(connection))
        for end in ("RELEASE SAVEPOINT half", "ROLLBACK TO SAVEPOINT half"):
            run_savepoint(connection, "SAVEPOINT half")
            run_savepoint(connection, end)
        run_savepoint(connection, "RELEASE SAVEPOINT half")
        assert doing(other, server_of(connection)) == before
    assert keys_in(boxes) == [1]


def test_a_savepoint_takes_back_what_came_after_it_and_its_error(boxes: Database) -> None:
    with boxes.transaction() as transaction:
        connection = transaction.connection
        run_savepoint(connection, "SAVEPOINT half")
        connection.execute(insert(_box).values(key=1, label="of SQLAlchemy"))
        put(connection, 2, 2)
        with pytest.raises(IntegrityError):
            _KEYS.all(connection, {})
        run_savepoint(connection, "ROLLBACK TO SAVEPOINT half")
        run_savepoint(connection, "RELEASE SAVEPOINT half")
        put(connection, 3)
    assert keys_in(boxes) == [3]


def test_nothing_of_a_transaction_that_raises_is_sent(boxes: Database, other: Engine) -> None:
    with pytest.raises(KeyError), boxes.transaction() as transaction:
        put(transaction.connection, 1)
        raise KeyError
    assert keys_in(boxes) == []


def test_a_look_is_no_transaction_unless_its_queries_are_to_have_one_view(boxes: Database, other: Engine) -> None:
    with boxes.reading() as connection:
        assert _KEYS.all(connection, {}) == []
        assert doing(other, server_of(connection))[1] == "idle"
        _write(boxes, 1)
        assert [row.key for row in _KEYS.all(connection, {})] == [1]
    with boxes.reading(one_view=True) as connection:
        assert [row.key for row in _KEYS.all(connection, {})] == [1]
        assert doing(other, server_of(connection))[1] == "idle in transaction"
        _write(boxes, 2)
        assert [row.key for row in _KEYS.all(connection, {})] == [1]
        assert list(connection.execute(select(_box.c.key)).scalars()) == [1]
    assert keys_in(boxes) == [1, 2]


def _write(database: Database, key: int) -> None:
    def write() -> None:
        with database.transaction() as transaction:
            put(transaction.connection, key)

    writer = threading.Thread(target=write)
    writer.start()
    writer.join()


def test_what_a_look_writes_is_rolled_back(boxes: Database) -> None:
    with boxes.reading() as connection:
        assert _KEYS.all(connection, {}) == []
        put(connection, 1)
        assert [row.key for row in _KEYS.all(connection, {})] == [1]
    assert keys_in(boxes) == []


def test_a_connection_whose_server_has_hung_up_is_replaced_before_it_is_used(boxes: Database, other: Engine) -> None:
    _write(boxes, 1)
    assert keys_in(boxes) == [1]
    hang_up(other)
    assert keys_in(boxes) == [1]
    hang_up(other)
    _write(boxes, 2)
    assert keys_in(boxes) == [1, 2]


def test_only_a_connection_long_unused_is_asked_whether_its_server_is_there(boxes: Database, other: Engine) -> None:
    with boxes.reading() as connection:
        _KEYS.all(connection, {})
        server, driver = server_of(connection), connection.connection.driver_connection
    last, _ = doing(other, server)
    assert isinstance(driver, PipelinedConnection)
    with boxes.reading():
        assert doing(other, server)[0] == last
    driver.used_at -= 3600
    with boxes.reading():
        assert doing(other, server)[0] == ";"


def test_a_server_that_hangs_up_in_the_middle_is_unavailable_and_the_next_look_is_not(
    boxes: Database, other: Engine
) -> None:
    for look in (boxes.reading(), boxes.reading(one_view=True)):
        with pytest.raises(DatabaseUnavailable), look as connection:
            _KEYS.all(connection, {})
            hang_up(other)
            _KEYS.all(connection, {})
        assert keys_in(boxes) == []


def test_a_statement_first_used_behind_an_error_can_be_used_again(boxes: Database) -> None:
    counted = Prepared(select(_box.c.key, literal_column("1").label("one")))
    with pytest.raises(IntegrityError), boxes.transaction() as transaction:
        put(transaction.connection, 1, 1)
        counted.all(transaction.connection, {})
    with boxes.transaction() as transaction:
        assert counted.all(transaction.connection, {}) == []


def test_a_connection_keeps_only_so_many_statements_planned(boxes: Database) -> None:
    every = [Prepared(select(literal_column(str(number)).label("number"))) for number in range(400)]
    with boxes.transaction() as transaction:
        connection = transaction.connection
        for _ in range(2):
            assert [each.first(connection, {}).number for each in every] == list(range(400))
        assert connection.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one() == 300


def test_a_statement_the_server_has_forgotten_or_that_a_migration_changed_fails_once(boxes: Database) -> None:
    changes = {
        "DEALLOCATE ALL": ProgrammingError,
        "ALTER TABLE box ALTER COLUMN key TYPE bigint": NotSupportedError,
    }
    for change, error in changes.items():
        with boxes.transaction() as transaction:
            _KEYS.all(transaction.connection, {})
            transaction.connection.execute(text(change))
        with pytest.raises(error), boxes.reading() as connection:
            _KEYS.all(connection, {})
        assert keys_in(boxes) == []


def test_a_statement_is_planned_once_for_any_parameters(boxes: Database) -> None:
    with boxes.transaction() as transaction:
        for key in range(3):
            _BOX.first(transaction.connection, {"key": key})
        planned = text("SELECT generic_plans, custom_plans FROM pg_prepared_statements")
        assert transaction.connection.execute(planned).all() == [(3, 0)]
