"""The connections that look at a SQLite file, any number at once, each in a transaction of its own.

They stay open and are lent to one look at a time. SQLAlchemy's pool would do the same, at the price of the query.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from persistence.prepared import end_transaction, run_text


class SqliteReaders:
    """Of one process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[Connection] = []

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Look at the file as it is now, until the block ends; whatever it writes is rolled back."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
        try:
            run_text(connection, "BEGIN")
            yield connection
            end_transaction(connection, "rollback")
        except BaseException:
            connection.close()  # whatever happened to it, the next look begins with a fresh one
            raise
        self._idle.append(connection)

    def close(self) -> None:
        """Close the connections; nobody may be looking."""
        while self._idle:
            self._idle.pop().close()
