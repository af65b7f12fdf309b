"""Threads that write to one SQLite file share commits, and none of them anything else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from persistence.database import Database, DatabaseUnavailable, OutcomeUnknown
from tests.lost_commit import commit_lost

PATIENCE = 10  # seconds until a test gives up


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'kaihu.db'}")
    with database.transaction() as transaction:
        transaction.connection.exec_driver_sql("CREATE TABLE line (text TEXT PRIMARY KEY)")
    yield database
    database.close()


@pytest.fixture
def commits(database: Database) -> list[str]:
    seen: list[str] = []
    writer: Any = database.engine.raw_connection().driver_connection
    writer.set_trace_callback(lambda statement: seen.append("commit") if statement == "COMMIT" else None)
    return seen


def lines(database: Database) -> list[str]:
    with database.reading() as connection:
        return [text for (text,) in connection.exec_driver_sql("SELECT text FROM line ORDER BY text")]


def write(database: Database, text: str) -> None:
    with database.transaction() as transaction:
        transaction.connection.exec_driver_sql("INSERT INTO line VALUES (?)", (text,))


def together(database: Database, *others: Callable[[], None]) -> list[Future[None]]:
    """The others' futures, after they wrote at once: all of them waited while a first one wrote `first`."""
    with ThreadPoolExecutor(len(others)) as pool, database.transaction() as transaction:
        transaction.connection.exec_driver_sql("INSERT INTO line VALUES ('first')")
        futures = [pool.submit(other) for other in others]
        deadline = time.monotonic() + PATIENCE
        while database._turns._waiting < len(others):  # type: ignore[union-attr]
            assert time.monotonic() < deadline
            time.sleep(0.001)
    return futures


def test_who_waits_while_another_writes_shares_its_commit(database: Database, commits: list[str]) -> None:
    futures = together(database, lambda: write(database, "a"), lambda: write(database, "b"))
    assert [future.exception() for future in futures] == [None, None]
    assert lines(database) == ["a", "b", "first"]
    assert commits == ["commit"]


def test_one_that_fails_takes_nothing_of_the_others_with_it(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as transaction:
            transaction.connection.exec_driver_sql("INSERT INTO line VALUES ('half')")
            raise RuntimeError

    good, bad, better = together(database, lambda: write(database, "a"), fail, lambda: write(database, "b"))
    assert (good.exception(), better.exception()) == (None, None)
    assert isinstance(bad.exception(), RuntimeError)
    assert lines(database) == ["a", "b", "first"]


def test_a_first_one_that_fails_leaves_the_others_their_turn(database: Database) -> None:
    def first() -> None:
        with database.transaction() as transaction:
            transaction.connection.exec_driver_sql("INSERT INTO line VALUES ('first')")
            entered.set()
            while database._turns._waiting < 1:  # type: ignore[union-attr]
                time.sleep(0.001)
            raise RuntimeError

    entered = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        failing = pool.submit(first)
        assert entered.wait(PATIENCE)
        pool.submit(write, database, "a").result(PATIENCE)
    assert isinstance(failing.exception(), RuntimeError)
    assert lines(database) == ["a"]


def test_a_commit_that_fails_fails_for_everyone_who_shares_it(database: Database) -> None:
    def lose() -> None:
        with database.transaction() as transaction:
            transaction.connection.exec_driver_sql("ROLLBACK")  # as SQLite does by itself when the disk is full

    with pytest.raises(DatabaseUnavailable):  # the first, whose commit it was, too
        together(database, lose)
    assert lines(database) == []
    write(database, "afterwards")
    assert lines(database) == ["afterwards"]


def test_nobody_who_shares_a_commit_that_the_disk_failed_knows_what_became_of_it(database: Database) -> None:
    shared: list[Future[None]] = []
    with pytest.raises(OutcomeUnknown), commit_lost(database):
        shared += together(database, lambda: write(database, "a"))
    assert all(isinstance(future.exception(), OutcomeUnknown) for future in shared)
    write(database, "afterwards")
    assert "afterwards" in lines(database)


def test_a_transaction_that_sqlite_gave_up_is_not_taken_for_committed(database: Database) -> None:
    with pytest.raises(DatabaseUnavailable), database.transaction() as transaction:
        transaction.connection.exec_driver_sql("INSERT INTO line VALUES ('lost')")
        transaction.connection.exec_driver_sql("ROLLBACK")
    assert lines(database) == []


def test_who_goes_on_in_a_transaction_that_sqlite_gave_up_writes_nothing(database: Database) -> None:
    write(database, "there")
    with pytest.raises(DatabaseUnavailable), database.transaction() as transaction:
        transaction.connection.exec_driver_sql("INSERT INTO line VALUES ('lost')")
        with suppress(DBAPIError):  # as a full disk does, the conflict ends the transaction
            transaction.connection.exec_driver_sql("INSERT OR ROLLBACK INTO line VALUES ('there')")
        transaction.connection.exec_driver_sql("INSERT INTO line VALUES ('for good')")
    assert lines(database) == ["there"]
    write(database, "afterwards")
    assert lines(database) == ["afterwards", "there"]


def test_of_a_group_whose_transaction_sqlite_gave_up_is_stored_what_was_told_so(database: Database) -> None:
    write(database, "there")
    told: set[str] = set()

    def go_on() -> None:
        with pytest.raises(DatabaseUnavailable), database.transaction() as transaction, suppress(DBAPIError):
            transaction.connection.exec_driver_sql("INSERT OR ROLLBACK INTO line VALUES ('there')")

    def tell(text: str) -> None:
        with suppress(DatabaseUnavailable):
            write(database, text)
            told.add(text)

    with suppress(DatabaseUnavailable):
        for future in together(database, go_on, lambda: tell("a"), lambda: tell("b")):
            future.result()
        told.add("first")
    assert set(lines(database)) == {"there"} | told


def test_hundreds_of_transactions_in_many_threads_are_all_there(database: Database) -> None:
    def some(thread: int) -> None:
        for number in range(50):
            try:
                with database.transaction() as transaction:
                    transaction.connection.exec_driver_sql("INSERT INTO line VALUES (?)", (f"{thread}-{number}",))
                    if number % 7 == 3:
                        raise RuntimeError
            except RuntimeError:
                continue

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(some, range(8)))
    expected = {f"{thread}-{number}" for thread in range(8) for number in range(50) if number % 7 != 3}
    assert set(lines(database)) == expected


def test_what_waits_for_the_commit_runs_after_it(database: Database) -> None:
    seen: list[list[str]] = []

    def look_afterwards() -> None:
        with database.transaction() as transaction:
            transaction.connection.exec_driver_sql("INSERT INTO line VALUES ('a')")
            transaction.after_commit(lambda: seen.append(lines(database)))

    together(database, look_afterwards, lambda: write(database, "b"))
    assert seen == [["a", "b", "first"]]
