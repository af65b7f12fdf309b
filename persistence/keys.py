"""int64 keys, unique across processes without a round trip to the database.

A key is 41 bits of milliseconds since 2025, 10 bits of node and 12 bits of counter: time-ordered, so that
new rows land at the end of every index. Each process takes the next node number from the database when it
starts; two processes share one only after 1,024 starts, and then only if they work in the same millisecond.
"""

from __future__ import annotations

import threading
import time

from sqlalchemy import Column, Integer, Table, insert, update

from persistence.database import Database
from persistence.schema import metadata

HIGHEST = 2**63 - 1
"""The greatest key a column holds."""

_EPOCH_MILLISECONDS = 1_735_689_600_000  # 2025-01-01T00:00:00Z
_NODES = 1 << 10
_PER_MILLISECOND = 1 << 12

key_node = Table("key_node", metadata, Column("id", Integer, primary_key=True), Column("last", Integer, nullable=False))


def key_in(text: str | None) -> int | None:
    """The key that a text from outside writes in decimal digits; None for any other text and for greater numbers."""
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > len(str(HIGHEST)):
        return None
    return key if (key := int(text)) <= HIGHEST else None


class Keys:
    """A source of unique, increasing int64 keys for one process; safe between threads."""

    def __init__(self, node: int) -> None:
        self._node = node % _NODES
        self._lock = threading.Lock()
        self._millisecond = 0
        self._counter = 0

    @classmethod
    def of(cls, database: Database) -> Keys:
        """Keys under a node number of this process's own, taken from the database in a short transaction."""
        with database.transaction() as transaction:
            row = transaction.connection.execute(
                update(key_node).where(key_node.c.id == 1).values(last=key_node.c.last + 1).returning(key_node.c.last)
            ).first()
            if row is None:
                transaction.connection.execute(insert(key_node).values(id=1, last=0))
            return cls(0 if row is None else int(row[0]))

    def next(self) -> int:
        """The next key: positive, greater than every key this process gave before."""
        with self._lock:
            now = time.time_ns() // 1_000_000 - _EPOCH_MILLISECONDS
            if now > self._millisecond:  # a clock set back must not repeat keys, so time only moves on
                self._millisecond, self._counter = now, 0
            else:
                self._counter += 1
                if self._counter == _PER_MILLISECOND:
                    self._millisecond, self._counter = self._millisecond + 1, 0
            return (self._millisecond * _NODES + self._node) * _PER_MILLISECOND + self._counter
