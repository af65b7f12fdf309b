"""One database, SQLite or PostgreSQL, and the one place where a transaction begins and ends.

Services open `transaction()`; everything below them receives the open `Transaction` and never commits.
On SQLite one connection writes (`BEGIN IMMEDIATE`, one thread at a time) and any number read; two writers
waiting for each other's lock would cost seconds, a lock of our own costs nothing.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import structlog
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.pool import NullPool, StaticPool

from persistence.answers import forget_answers
from persistence.errors import ErrorKind, KaihuError
from persistence.sqlite_loss import refuse_if_lost
from persistence.sqlite_readers import SqliteReaders
from persistence.sqlite_writer import SqliteWriter, TransactionLost
from persistence.telemetry.observation import happened

log = structlog.get_logger()

_ADDRESSES = "sqlite:///…, postgresql://…"
_SILENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""libpq's parameters, where the address has none: a server that has gone without a word is noticed within 30 s."""
_PAGES_BETWEEN_CHECKPOINTS = 4_000  # of 4 KiB: pages that change with every case are copied back less often
_BUSY_MILLISECONDS = 5_000  # another process may write to the same SQLite file; wait this long for its commit


class DatabaseUnavailable(KaihuError):
    """The database does not answer; nothing was written."""

    code = "database_unavailable"
    kind = ErrorKind.UNAVAILABLE
    en = "The database does not answer. Nothing was saved; please try again in a moment."
    zh = "数据库暂时没有响应，本次操作未保存，请稍后重试。"


class OutcomeUnknown(DatabaseUnavailable):
    """The database went away during the COMMIT: everything was written, or nothing was."""

    code = "outcome_unknown"
    en = (
        "The database went away while this was being saved, and nobody can tell yet whether it was. Please look "
        "whether your step is done before you repeat it; sending the same form once more is safe."
    )
    zh = (
        "保存时数据库连接中断，暂时无法确认是否已保存。请先查看该步骤是否已完成，再决定是否重办；原表单可放心再次提交。"
    )


class DatabaseNotSupported(KaihuError):
    """The address names no SQLite or PostgreSQL database. Fields: `allowed`."""

    code = "database_not_supported"
    en = "The database address cannot be used. Allowed: {allowed}."
    zh = "数据库地址无效，允许的格式：{allowed}。"


class DatabaseUnreadable(KaihuError):
    """The file is no SQLite database, or a damaged one."""

    code = "database_unreadable"
    kind = ErrorKind.UNAVAILABLE
    en = "The database file is damaged or not a database. Nothing was changed; restore it from a backup."
    zh = "数据库文件已损坏或不是数据库文件，未作任何改动，请从备份恢复。"


class NestedTransaction(KaihuError):
    """A command was started inside another one in the same thread: a programming error, refused loudly."""

    code = "nested_transaction"
    en = "A transaction is already open in this thread."
    zh = "当前线程已有未结束的事务。"


class Transaction:
    """An open transaction: its connection, and what to do once it has been committed."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._after_commit: list[Callable[[], None]] = []

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` after a successful commit (a wake-up of the queue, say). It must not fail or write."""
        self._after_commit.append(action)


class Database:
    """A database by URL: `sqlite:///path/to/file.db` or `postgresql://user@host/name`. Raises DatabaseNotSupported."""

    def __init__(self, url: str) -> None:
        self.url = _supported(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite(self.url, poolclass=StaticPool)
            self._reader = _sqlite(self.url, poolclass=NullPool)
            self._readers: SqliteReaders | None = SqliteReaders(self._reader)
            self._turns: SqliteWriter | None = SqliteWriter(self._writer)
        else:
            from persistence.postgresql import looking, postgresql_engine  # noqa: PLC0415  SQLite needs no driver of it

            self._looking = looking
            self._writer = self._reader = postgresql_engine(self.url)
            self._readers = self._turns = None
        self._open = threading.local()

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine that writes; for migrations and backups only."""
        return self._writer

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A write transaction: committed when the block ends, rolled back when it raises.

        Raises DatabaseUnavailable when the database is gone, OutcomeUnknown when it went during the COMMIT,
        NestedTransaction inside another one.
        """
        if getattr(self._open, "yes", False):
            raise NestedTransaction()
        self._open.yes = True
        at_commit = False
        try:
            begin = self._turns.transaction if self._turns else self._writer.begin
            with _translated(), begin() as connection:
                forget_answers(connection)
                transaction = Transaction(connection)
                yield transaction
                at_commit = self.is_sqlite or not connection.connection.driver_connection.closed  # type: ignore[union-attr]
        except DatabaseUnavailable as error:
            if at_commit and _may_have_arrived(error.__cause__):
                raise OutcomeUnknown() from error.__cause__
            raise
        finally:
            self._open.yes = False
        for action in transaction._after_commit:
            action()

    @contextmanager
    def reading(self, *, one_view: bool = False) -> Iterator[Connection]:
        """A connection for queries; whatever is written through it is rolled back.

        On PostgreSQL each query sees what is committed when it begins; with `one_view` all see the same, as on
        SQLite they always do.
        """
        if self._readers:
            with _translated(), self._readers.reading() as connection:
                forget_answers(connection)
                yield connection
            return
        with _translated(), self._looking(self._reader, one_view=one_view) as connection:
            forget_answers(connection)
            yield connection

    def close(self) -> None:
        """Close every connection."""
        if self._turns:
            self._turns.close()
        if self._readers:
            self._readers.close()
        self._writer.dispose()
        self._reader.dispose()


def _supported(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseNotSupported(allowed=_ADDRESSES) from error
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise DatabaseNotSupported(allowed=_ADDRESSES)
    if parsed.get_backend_name() == "postgresql":
        return parsed.update_query_dict({name: value for name, value in _SILENCE.items() if name not in parsed.query})
    return parsed


def _sqlite(url: Any, **pool: Any) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False}, hide_parameters=True, **pool)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions on its own
        with closing(connection.cursor()) as cursor:
            cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
            _write_ahead(cursor)
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute(f"PRAGMA wal_autocheckpoint={_PAGES_BETWEEN_CHECKPOINTS}")
            cursor.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        if context.connection is not None:
            refuse_if_lost(context.connection)

    return engine


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Keep the journal beside the file (WAL). Programs that open a new file at once wait for each other.

    The first change of the mode asks for the whole file while holding a part of it, so SQLite calls it busy
    without waiting `busy_timeout`; the one who comes second finds it done.
    """
    patience = time.monotonic() + _BUSY_MILLISECONDS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.01)
        else:
            return


def _may_have_arrived(error: BaseException | None) -> bool:
    """Whether a COMMIT that failed so may have been done: its answer got lost, or the disk failed under it.

    Every other failure is an answer: SQLite and PostgreSQL have rolled back.
    """
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    return error.connection_invalidated if code is None else code & 0xFF == sqlite3.SQLITE_IOERR


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (TransactionLost, PendingRollbackError) as error:  # the latter: whoever saw the connection lost went on
        happened("database_unavailable")
        log.error("database.unavailable", error=type(error).__name__)
        raise DatabaseUnavailable() from error
    except (OperationalError, InterfaceError) as error:
        happened("database_unavailable")
        log.error("database.unavailable", error=type(error.orig).__name__)
        raise DatabaseUnavailable() from error
    except DBAPIError as error:
        if error.connection_invalidated:
            happened("database_unavailable")
            raise DatabaseUnavailable() from error
        if type(error.orig) is sqlite3.DatabaseError:  # its subclasses say more; the bare class means the file itself
            happened("database_unreadable")
            log.error("database.unreadable")
            raise DatabaseUnreadable() from error
        raise
