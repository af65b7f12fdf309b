"""A database that goes away during the next COMMIT, for whoever must say so."""

from __future__ import annotations

import resource
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from structlog.testing import capture_logs

from persistence.database import Database


@contextmanager
def commit_lost(database: Database) -> Iterator[list[MutableMapping[str, Any]]]:
    """The next COMMIT fails: SQLite's disk takes no byte more, PostgreSQL ends the connection.

    Gives the lines of the log, which no file can take meanwhile.
    """
    with capture_logs() as lines, (_no_more_bytes if database.is_sqlite else _no_server)(database):
        yield lines


@contextmanager
def _no_more_bytes(database: Database) -> Iterator[None]:
    """A write beyond the bound fails with an error that is not a full disk's (EFBIG): SQLite calls it I/O error."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    writer = database.engine.raw_connection()

    def bound(statement: str) -> None:
        if statement == "COMMIT":
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, limits[1]))

    writer.driver_connection.set_trace_callback(bound)  # type: ignore[union-attr]  # there is one
    try:
        yield
    finally:
        writer.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]  # as above
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@contextmanager
def _no_server(database: Database) -> Iterator[None]:
    event.listen(database.engine, "commit", _end_connection)
    try:
        yield
    finally:
        event.remove(database.engine, "commit", _end_connection)


def _end_connection(connection: Connection) -> None:
    pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = create_engine(connection.engine.url)
    with other.connect() as terminating:
        terminating.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})
    other.dispose()
