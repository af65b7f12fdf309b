"""A connection to PostgreSQL on which statements need not wait for one another.

A statement whose answer nobody reads (an INSERT of a command) is sent with what comes next, and its error, if it
has one, is that of the next statement that is waited for, at the latest of the COMMIT. Queries are planned once for
each connection. Both are libpq's (`psycopg.pq`); what the driver does around each statement costs more than
PostgreSQL needs for most of them. Through its cursors the connection is the driver's own: whatever was sent before
is answered first.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple, Self, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen
from psycopg.abc import Transformer as AbstractTransformer
from psycopg.adapt import Transformer
from psycopg.generators import fetch_many, send
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

T = TypeVar("T")

_ONE_VIEW = "BEGIN ISOLATION LEVEL REPEATABLE READ"
_PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"
"""Prepared statements have the plan for any parameters from their first use on. Left to itself PostgreSQL plans each
anew five times on every connection, which for a page of the inbox costs more than the page."""
_MOST_PREPARED = 300
"""Statements a connection keeps planned; the oldest gives way to a new one."""
_MOST_UNANSWERED = 1_000
"""What is sent and not yet answered is kept in memory on both sides."""
_QUIET_SECONDS = 5.0
"""A connection unused for longer is asked whether its server is still there."""
_FORGOTTEN = {"26000", "0A000"}
"""The server knows the prepared statement no more, or a migration changed what it selects."""
_DONE = {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}
_BINARY = 1


class _Sent(NamedTuple):
    """What the server has yet to answer; `prepares` when it only prepares the statement."""

    sql: str
    prepares: bool = False


class PipelinedConnection(psycopg.Connection[Any]):
    """Used by one thread at a time, as a pool hands it out."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.used_at = time.monotonic()
        self.looks_only = False
        """Queries are transactions of their own."""
        self.watched: Callable[[str], AbstractContextManager[None]] = _unwatched
        """What traces put around each statement."""
        self._held: list[str] = []
        self._sent: list[_Sent] = []
        self._names: dict[str, bytes] = {}
        self._prepared_count = 0
        self._loading: AbstractTransformer | None = None
        self._socket = select.poll()
        self._socket.register(self.pgconn.socket, select.POLLIN)

    @classmethod
    def connect(cls, *given: Any, **named: Any) -> Self:
        """A new connection, as the driver makes it."""
        connection = super().connect(*given, autocommit=True, **named)
        connection.execute(_PLAN_ONCE)
        connection.autocommit = False
        return connection

    def seems_alive(self) -> bool:
        """Whether there is no need to ask: it was used just now, and the server has not hung up since."""
        return time.monotonic() - self.used_at < _QUIET_SECONDS and not self._socket.poll(0)

    def look(self, *, one_view: bool) -> None:
        """Queries from now on are transactions of their own, or with `one_view` see what the first of them sees."""
        self.looks_only = not one_view
        if one_view:
            self._held.append(_ONE_VIEW)

    def send(self, sql: str, values: Iterable[Any], formats: Sequence[int]) -> None:
        """Execute it without waiting."""
        if len(self._sent) >= _MOST_UNANSWERED:
            self.settle()
        with self.watched(sql):
            self._send(sql, [_encoded(value) for value in values], formats)

    def count(self, sql: str, values: Iterable[Any], formats: Sequence[int]) -> int:
        """Execute it; how many rows it touched."""
        with self.watched(sql):
            self._send(sql, [_encoded(value) for value in values], formats)
            return int(self._answer().command_tuples or 0)

    def rows(
        self, sql: str, values: Iterable[Any], formats: Sequence[int], row: Callable[[Sequence[Any]], T]
    ) -> list[T]:
        """Execute a query; its rows, each made of its values by `row`."""
        with self.watched(sql):
            self._send(sql, [_encoded(value) for value in values], formats, alone=self.looks_only)
            result = self._answer()
        if self._loading is None:
            self._loading = Transformer(self)
        self._loading.set_pgresult(result)
        return self._loading.load_rows(0, result.ntuples, row)

    def savepoint(self, sql: str) -> None:
        """A savepoint's statement. One around nothing is never sent."""
        begun = self._held[-1] if self._held else ""
        name = sql.removeprefix("RELEASE ")
        if sql.startswith("SAVEPOINT "):
            self.settle()  # an error of what came before must not show within it
            self._held.append(sql)
        elif sql.startswith("RELEASE ") and begun == name:
            self._held.pop()
        elif begun != sql.removeprefix("ROLLBACK TO "):
            self._send_text(sql)

    def settle(self) -> None:
        """Wait for the answers to everything sent. Raises the first error."""
        if self._sent:
            self._answer()

    def cursor(self, *given: Any, **named: Any) -> Any:
        """The driver's, for statements that wait for their own answers."""
        if self._held:
            self._open(alone=False)
        self.settle()
        self.used_at = time.monotonic()
        return super().cursor(*given, **named)

    def commit(self) -> None:
        """Commit what was sent; a transaction in which an error was overlooked is an error, as nothing is saved."""
        self._held.clear()
        if not self._sent and self.pgconn.transaction_status == TransactionStatus.IDLE:
            return
        self._send_text("COMMIT")
        if self._answer().command_status != b"COMMIT":
            raise errors.InFailedSqlTransaction("an earlier error was overlooked: everything has been rolled back")

    def rollback(self) -> None:
        """Undo what was sent. Prepared statements stay, which the driver would throw away."""
        self._held.clear()
        try:
            self.settle()
        except psycopg.Error:
            if self.closed:
                raise
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            self._send_text("ROLLBACK")
            self._answer()

    def _send(self, sql: str, values: list[bytes | None], formats: Sequence[int], *, alone: bool = False) -> None:
        self._open(alone=alone and not self._held)
        name = self._names.pop(sql, None)  # to the end: the first is the one that was not used for longest
        if name is None:
            name = self._prepare(sql)
        else:
            self._names[sql] = name
        self._sent.append(_Sent(sql))
        self.pgconn.send_query_prepared(name, values, formats, _BINARY)

    def _prepare(self, sql: str) -> bytes:
        if len(self._names) >= _MOST_PREPARED:
            oldest = self._names.pop(next(iter(self._names)))
            self._send_text(f"DEALLOCATE {oldest.decode()}")
        self._prepared_count += 1
        name = self._names[sql] = b"kaihu_%d" % self._prepared_count
        self._sent.append(_Sent(sql, prepares=True))
        self.pgconn.send_prepare(name, sql.encode())
        return name

    def _send_text(self, sql: str) -> None:
        self._open(alone=True)
        self._sent.append(_Sent(sql))
        self.pgconn.send_query_params(sql.encode(), None)

    def _open(self, *, alone: bool) -> None:
        """Begin to send: a transaction is begun first, unless one is or the statement stands alone."""
        if not self._sent:
            self._check_open()
            idle = self.pgconn.transaction_status == TransactionStatus.IDLE
            if idle and not alone and not (self._held and self._held[0].startswith("BEGIN")):
                self._held.insert(0, "BEGIN")
            self.pgconn.enter_pipeline_mode()
        held, self._held = self._held, []
        for sql in held:
            self._send_text(sql)

    def _check_open(self) -> None:
        if self.pgconn.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection is lost" if self.broken else "the connection is closed")

    def _answer(self) -> PGresult:
        """The answer to what was sent last, once everything is answered. Raises the first error."""
        sent, self._sent = self._sent, []
        try:
            self.pgconn.pipeline_sync()
            answers = self.wait(_answers(self.pgconn, len(sent)))
            self.pgconn.exit_pipeline_mode()
        except BaseException:  # interrupted, or lost: nobody knows what is still to come
            self.close()
            raise
        self.used_at = time.monotonic()
        failed = None
        for statement, answer in zip(sent, answers, strict=True):
            if answer.status not in _DONE:
                failed = failed or self._error(statement, answer)
                if statement.prepares:
                    self._names.pop(statement.sql, None)
        if failed is not None:
            raise failed
        return answers[-1]

    def _error(self, statement: _Sent, answer: PGresult) -> psycopg.Error:
        error = errors.error_from_result(answer)
        error.add_note(statement.sql)  # it may show at a later one
        if error.sqlstate in _FORGOTTEN:
            self._names.clear()
        return error


def _unwatched(_sql: str) -> AbstractContextManager[None]:
    return _NOTHING


_NOTHING = nullcontext()


def _answers(connection: PGconn, count: int) -> PQGen[list[PGresult]]:
    """One answer to each of so many statements; behind them stands the server's word that these were all."""
    yield from send(connection)
    answers = []
    for _ in range(count):
        results = yield from fetch_many(connection)
        if not results:
            raise psycopg.OperationalError("the connection is lost")
        answers.append(results[-1])
    yield from fetch_many(connection)
    return answers


def _text(value: str) -> bytes:
    data = value.encode()
    if b"\0" in data:  # libpq would end the text there
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return data


def _unchanged(value: Any) -> Any:
    return value


_ENCODERS: dict[type, Callable[[Any], bytes | None]] = {
    int: lambda value: b"%d" % value,
    str: _text,
    bytes: _unchanged,
    bool: lambda value: b"t" if value else b"f",
    memoryview: bytes,
    type(None): _unchanged,
}


def _encoded(value: Any) -> bytes | None:
    """As PostgreSQL reads it; bytes go as they are, in the binary format."""
    encode = _ENCODERS.get(type(value)) or _encoder_of(value)
    return encode(value)


def _encoder_of(value: object) -> Callable[[Any], bytes | None]:
    """For members of enumerations, which are texts or numbers too."""
    for kind, encode in _ENCODERS.items():
        if isinstance(value, kind):
            return encode
    raise psycopg.ProgrammingError(f"cannot adapt type {type(value).__name__!r}")
