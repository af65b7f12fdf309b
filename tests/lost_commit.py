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
    lose = _no_more_bytes if database.is_sqlite else _end_connection
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    event.listen(database.engine, "commit", lose)
    try:
        with capture_logs() as lines:
            yield lines
    finally:
        event.remove(database.engine, "commit", lose)
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def _no_more_bytes(_connection: Connection) -> None:
    """A write beyond the bound fails with an error that is not a full disk's (EFBIG): SQLite calls it I/O error."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))


def _end_connection(connection: Connection) -> None:
    pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = create_engine(connection.engine.url)
    with other.connect() as terminating:
        terminating.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})
    other.dispose()
