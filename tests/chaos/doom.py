"""The moments at which a process may die, and connections of either driver that know theirs."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Any

import psycopg
from sqlalchemy import event

from persistence.database import Database
from persistence.pipelined import PipelinedConnection
from persistence.telemetry.observation import Kind, Operation

REMOTE = "remote-work"
"""The job type whose worker reports to its case in a command of its own."""


class Moment(StrEnum):
    """Where `kill -9` may hit."""

    STATEMENT = "at a statement"
    BEFORE_COMMIT = "before a COMMIT is sent"
    AFTER_COMMIT = "after a COMMIT, before anybody is told"
    BEFORE_EFFECT = "before a worker's effect"
    AFTER_EFFECT = "after a worker's effect"
    BEFORE_REPORT = "before a worker's result is reported"
    AFTER_REPORT = "after a worker's result is reported"


class Doom:
    """Kills this process at the n-th moment of a kind, or of any kind; safe between threads."""

    def __init__(self, kind: Moment | None, at: int | None) -> None:
        self._kind, self._left = kind, at
        self._counting = threading.Lock()

    def __call__(self, moment: Moment) -> None:
        """This moment has come."""
        if self._left is None or self._kind not in (None, moment):
            return
        with self._counting:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, database: Database) -> None:
        """Have every connection that writes tell its statements and commits."""
        connect = _sqlite(self) if database.is_sqlite else _postgresql(self)
        event.listen(database.engine, "do_connect", connect)

    def began(self, operation: Operation) -> None:
        """An observer's; nothing is between a command and its first statement."""

    def ended(self, operation: Operation, mark: object) -> None:
        """An observer's: the end of a worker's attempt, and of the command that told its case."""
        if operation.kind is Kind.JOB and operation.name == REMOTE:
            self(Moment.BEFORE_REPORT)
        elif operation.name == "finish_job":
            self(Moment.AFTER_REPORT)

    def happened(self, what: str) -> None:
        """An observer's."""


def _sqlite(doom: Doom) -> Any:
    class Connection(sqlite3.Connection):
        def commit(self) -> None:
            doom(Moment.BEFORE_COMMIT)
            super().commit()
            doom(Moment.AFTER_COMMIT)

    def connect(dialect: object, record: object, arguments: Any, parameters: dict[str, Any]) -> Connection:
        connection = Connection(*arguments, **parameters)
        connection.set_trace_callback(lambda statement: doom(Moment.STATEMENT))
        return connection

    return connect


def _postgresql(doom: Doom) -> Any:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, *arguments: Any, **options: Any) -> Any:
            doom(Moment.STATEMENT)
            return super().execute(*arguments, **options)

        def executemany(self, *arguments: Any, **options: Any) -> None:
            doom(Moment.STATEMENT)
            super().executemany(*arguments, **options)

    class Connection(PipelinedConnection):
        def commit(self) -> None:
            doom(Moment.BEFORE_COMMIT)
            super().commit()
            doom(Moment.AFTER_COMMIT)

    def statement(_sql: str) -> AbstractContextManager[None]:
        doom(Moment.STATEMENT)
        return nullcontext()

    def connect(dialect: object, record: object, arguments: Any, parameters: dict[str, Any]) -> Connection:
        connection = Connection.connect(*arguments, **parameters)
        connection.cursor_factory, connection.watched = Cursor, statement
        return connection

    return connect
