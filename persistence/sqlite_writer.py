"""The one connection that writes to a SQLite file, and the commits that several transactions share.

SQLite has one writer, and a commit waits for the disk. Threads take turns; when the one whose turn ends sees
others waiting, it leaves the commit to them: the last of the group commits for all, and only then does any of
them return. Each but the first runs in a savepoint, so that one that fails takes nothing of the others with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine

from persistence.prepared import end_transaction, run_text
from persistence.sqlite_loss import in_transaction, write_again

MAX_GROUP = 32
"""Transactions that share a commit at most, so that the first does not wait for ever."""


class TransactionLost(Exception):
    """SQLite rolled everything back in the middle of a transaction, and whoever saw the error went on."""


class _Group:
    """Transactions that will be committed together."""

    def __init__(self) -> None:
        self.members = 0
        self.error: Exception | None = None
        self.under_way = threading.Lock()  # held until they are over: an Event costs ten times as much to make
        self.under_way.acquire()

    def wait(self) -> None:
        """Until they are over."""
        with self.under_way:
            pass


class SqliteWriter:
    """Of one process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._group: _Group | None = None
        self._connection: Connection | None = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Write in the block; committed, with others or alone, when this returns. Raises what the commit raises."""
        group = self._take_turn()
        failed = True
        try:
            assert self._connection is not None
            yield self._connection
            failed = False
        finally:
            self._end_turn(group, failed)
        group.wait()
        if group.error is not None:
            raise group.error

    def close(self) -> None:
        """Give the connection back; nobody may be writing."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _take_turn(self) -> _Group:
        with self._counting:
            self._waiting += 1
        try:
            self._turn.acquire()
        except BaseException:  # interrupted: whoever left the commit to this thread must not wait for ever
            self._turn.acquire()
            self._left_waiting()
            self._pass_on()
            raise
        self._left_waiting()
        try:
            if self._group is None:
                write_again(self._open())
                run_text(self._open(), "BEGIN IMMEDIATE")
                self._group = _Group()
            else:
                run_text(self._open(), "SAVEPOINT member")
        except BaseException:
            self._pass_on()
            raise
        self._group.members += 1
        return self._group

    def _left_waiting(self) -> None:
        with self._counting:
            self._waiting -= 1

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _end_turn(self, group: _Group, failed: bool) -> None:
        try:
            if failed and group.members == 1:
                self._finish(lambda: end_transaction(self._open(), "rollback"))
            elif not in_transaction(self._open()):
                raise TransactionLost
            elif failed:
                self._undo_last()
            elif group.members > 1:
                run_text(self._open(), "RELEASE SAVEPOINT member")
        except Exception as error:  # SQLite itself has rolled back everything, a full disk being one reason
            self._give_up(error)
            if not failed:
                raise
        finally:
            self._pass_on()

    def _undo_last(self) -> None:
        run_text(self._open(), "ROLLBACK TO SAVEPOINT member")
        run_text(self._open(), "RELEASE SAVEPOINT member")

    def _pass_on(self) -> None:
        """End the turn: leave the commit to the next who waits, or commit for all."""
        try:
            if self._group is not None and (self._waiting == 0 or self._group.members >= MAX_GROUP):
                self._finish(self._commit)
        finally:
            self._turn.release()

    def _commit(self) -> None:
        if not in_transaction(self._open()):
            raise TransactionLost
        end_transaction(self._open(), "commit")

    def _finish(self, how: Callable[[], None]) -> None:
        try:
            how()
        except Exception as error:
            self._give_up(error)
        else:
            self._over(None)

    def _give_up(self, error: Exception) -> None:
        with suppress(Exception):  # there may be nothing left to roll back
            end_transaction(self._open(), "rollback")
        self._over(error)

    def _over(self, error: Exception | None) -> None:
        group, self._group = self._group, None
        if group is not None:
            group.error = error
            group.under_way.release()
