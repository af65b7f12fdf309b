"""Migrations forwards and back on a database that a bank has worked with, and programs of other versions beside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Connection, text

import app
from bank.documents.verification import verify_documents
from cli.demo_home import prepare_demo_home
from cli.demo_play import Playing
from cli.demo_story import ENTERPRISE, INDIVIDUAL
from cli.parts import Parts
from engine.journal.integrity import verify_journal
from persistence.database import Database
from persistence.migrations import (
    REVISIONS,
    RevisionUnknown,
    SchemaTooNew,
    downgrade,
    revision_of,
    taken_back,
    upgrade,
)
from persistence.settings import Settings
from tests.cli.conftest import Kaihu, home, kaihu

__all__ = ["home", "kaihu"]  # the command line's fixtures
KEPT = ("login", "person", "role_assignment", "document", "account", "application", "variable", "activity", "user_task")


def built(database_url: str, folder: Path) -> Parts:
    return app.build(
        Settings.from_environment({"KAIHU_HOME": str(folder / "home"), "KAIHU_DATABASE_URL": database_url})
    )


@pytest.fixture
def lived_in(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database with one case from the first form to the active account."""
    kaihu = built(database_url, tmp_path)
    prepare_demo_home(kaihu)
    Playing(kaihu, INDIVIDUAL, lambda *_: None).play()
    kaihu.database.close()
    with closing(Database(database_url)) as database:
        yield database


def counts(connection: Connection) -> dict[str, int]:
    present = [name for name in KEPT if connection.dialect.has_table(connection, name)]
    return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in present}


def test_every_step_back_and_forth_keeps_the_records(lived_in: Database, database_url: str, tmp_path: Path) -> None:
    with lived_in.reading() as connection:
        before, journal = counts(connection), verify_journal(connection)
    assert journal.entries > 10
    assert set(before) == set(KEPT)
    assert min(before.values()) > 0
    for revision in reversed(REVISIONS[:-1]):
        downgrade(lived_in, revision)
        with lived_in.reading() as connection:
            assert revision_of(connection) == revision
        upgrade(lived_in)
        with lived_in.reading() as connection:
            assert counts(connection) == before
            assert verify_journal(connection) == journal
            assert not verify_documents(connection, tmp_path / "home" / "documents").damaged
    lived_in.close()
    kaihu = built(database_url, tmp_path)
    playing = Playing(kaihu, ENTERPRISE, lambda *_: None)
    playing.play()
    assert playing.summary()["state"] == "active"
    kaihu.database.close()


def test_the_records_of_either_database_can_be_verified_while_they_are_written(
    lived_in: Database, kaihu: Kaihu, home: Path, database_url: str
) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with lived_in.transaction() as transaction:
                transaction.connection.execute(text("UPDATE key_node SET last = last + 1"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = kaihu("verify", "--json", KAIHU_DATABASE_URL=database_url)
    finally:
        stop.set()
        writer.join()
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["cases"] == 1


def test_all_the_way_back_loses_everything_and_forth_again_is_a_new_database(
    lived_in: Database, database_url: str, tmp_path: Path
) -> None:
    assert taken_back(REVISIONS[-1], "base") == tuple(reversed(REVISIONS))
    downgrade(lived_in, "base")
    upgrade(lived_in)
    with lived_in.reading() as connection:
        assert set(counts(connection).values()) == {0}
    lived_in.close()
    kaihu = built(database_url, tmp_path / "new")
    prepare_demo_home(kaihu)
    kaihu.database.close()


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    with closing(Database(database_url)) as database:
        yield database


def test_an_older_program_refuses_a_newer_schema_and_leaves_it_alone(
    empty: Database, database_url: str, tmp_path: Path
) -> None:
    upgrade(empty)
    with empty.transaction() as transaction:
        transaction.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (
        lambda: built(database_url, tmp_path),
        lambda: upgrade(empty),
        lambda: downgrade(empty, REVISIONS[0]),
    ):
        with pytest.raises(SchemaTooNew, match=f"9999.*none after {REVISIONS[-1]}.*kaihu migrate --to"):
            attempt()
    with empty.reading() as connection:
        assert revision_of(connection) == "9999"


def test_programs_that_start_at_the_same_moment_migrate_once(database_url: str) -> None:
    failed: list[Exception] = []
    together = threading.Barrier(4)

    def start() -> None:
        with closing(Database(database_url)) as database:
            together.wait()
            try:
                upgrade(database)
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with closing(Database(database_url)) as database, database.reading() as connection:
        assert revision_of(connection) == REVISIONS[-1]


def test_a_revision_there_is_none_of_is_named(empty: Database) -> None:
    with pytest.raises(RevisionUnknown, match="no schema revision 4711"):
        upgrade(empty, "4711")


def test_the_command_takes_migrations_back_only_when_told_that_data_is_lost(kaihu: Kaihu, database_url: str) -> None:
    def run(*arguments: str) -> Result:
        return kaihu("migrate", *arguments, KAIHU_DATABASE_URL=database_url)

    assert run().stdout == f"schema: base → {REVISIONS[-1]}\n"
    refused = run("--to", REVISIONS[0])
    assert refused.exit_code == 1
    assert f"takes back {', '.join(reversed(REVISIONS[1:]))} and loses the data" in refused.stderr
    assert run("--to", REVISIONS[0], "--lose-data").stdout == f"schema: {REVISIONS[-1]} → {REVISIONS[0]}\n"
    assert "no schema revision 4711" in run("--to", "4711").stderr
    assert run().stdout == f"schema: {REVISIONS[0]} → {REVISIONS[-1]}\n"
