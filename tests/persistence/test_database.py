"""One command, one transaction: what is committed stays, what fails leaves nothing."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from persistence.database import Database, DatabaseUnavailable, NestedTransaction, OutcomeUnknown
from persistence.keys import Keys
from persistence.schema import metadata
from tests.lost_commit import commit_lost

mark = Table("test_mark", metadata, Column("id", Integer, primary_key=True))


def count(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(mark)).scalar_one())


def test_a_finished_transaction_is_committed_and_then_runs_what_waited_for_it(database: Database) -> None:
    seen: list[int] = []
    with database.transaction() as transaction:
        transaction.connection.execute(insert(mark).values(id=1))
        transaction.after_commit(lambda: seen.append(count(database)))
        assert seen == []
    assert seen == [1]


def test_a_transaction_that_raises_leaves_nothing_behind(database: Database) -> None:
    seen: list[int] = []
    with pytest.raises(KeyError), database.transaction() as transaction:
        transaction.connection.execute(insert(mark).values(id=1))
        transaction.after_commit(lambda: seen.append(1))
        raise KeyError
    assert count(database) == 0
    assert seen == []


def test_of_a_commit_during_which_the_database_went_away_nobody_says_that_nothing_was_saved(
    database: Database,
) -> None:
    seen: list[int] = []
    with pytest.raises(OutcomeUnknown) as unknown, commit_lost(database), database.transaction() as transaction:
        transaction.connection.execute(insert(mark).values(id=1))
        transaction.after_commit(lambda: seen.append(1))
    assert isinstance(unknown.value, DatabaseUnavailable)  # whoever waits for the database goes on waiting
    assert seen == []
    with database.transaction() as transaction:
        transaction.connection.execute(insert(mark).values(id=2))
    assert count(database) in (1, 2)


def test_a_commit_that_the_database_refuses_is_no_unknown_outcome(database: Database) -> None:
    deferred = "REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED"
    with database.transaction() as transaction:
        transaction.connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        transaction.connection.exec_driver_sql(f"CREATE TABLE child (id INTEGER {deferred})")
    with pytest.raises(IntegrityError), database.transaction() as transaction:
        transaction.connection.exec_driver_sql("INSERT INTO child VALUES (1)")


def test_a_transaction_inside_a_transaction_is_refused(database: Database) -> None:
    with database.transaction(), pytest.raises(NestedTransaction), database.transaction():
        pass
    with database.transaction() as transaction:
        transaction.connection.execute(insert(mark).values(id=1))
    assert count(database) == 1


def test_writers_in_many_threads_take_turns(database: Database) -> None:
    def write(number: int) -> None:
        for step in range(20):
            with database.transaction() as transaction:
                transaction.connection.execute(insert(mark).values(id=number * 100 + step))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(database) == 160


def test_programs_that_open_a_new_file_at_the_same_moment_wait_for_each_other(tmp_path: Path) -> None:
    failed: list[Exception] = []
    together = threading.Barrier(8)

    def start(url: str) -> None:
        together.wait()
        try:
            with closing(Database(url)) as opened, opened.transaction():
                pass
        except DatabaseUnavailable as error:
            failed.append(error)

    for number in range(30):
        url = f"sqlite:///{tmp_path}/{number}.db"
        threads = [threading.Thread(target=start, args=(url,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failed == []


def test_what_a_reader_writes_is_rolled_back(database: Database) -> None:
    with database.reading() as connection:
        connection.execute(insert(mark).values(id=1))
    assert count(database) == 0


def test_a_database_that_cannot_be_reached_is_reported_as_unavailable() -> None:
    for url in ("sqlite:////nowhere/at/all/kaihu.db", "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2"):
        with pytest.raises(DatabaseUnavailable), Database(url).transaction():
            pass


def test_keys_of_two_processes_never_meet_and_always_grow(database: Database) -> None:
    first, second = Keys.of(database), Keys.of(database)
    keys = [source.next() for _ in range(20_000) for source in (first, second)]
    assert len(set(keys)) == len(keys)
    assert keys[0::2] == sorted(keys[0::2])
    assert all(0 < key < 2**63 for key in keys)


def test_a_postgresql_server_that_falls_silent_is_noticed_unless_the_address_says_otherwise() -> None:
    plain, patient = (Database(f"postgresql://u@host/name{query}").url.query for query in ("", "?connect_timeout=99"))
    assert (plain["tcp_user_timeout"], plain["connect_timeout"]) == ("30000", "10")
    assert patient["connect_timeout"] == "99"
