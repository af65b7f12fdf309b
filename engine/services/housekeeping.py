"""What the job executor clears away: messages past their time, and the memory of repetitions."""

from __future__ import annotations

import datetime as dt

from engine.services.parts import EngineParts
from engine.store.retention import expire_messages, forget_messages, forget_receipts

RETENTION = dt.timedelta(days=30)
"""How long a repetition is recognised by its message id or idempotency key: longer than any sender repeats."""


class Housekeeping:
    """A command that touches no case, so it has no journal entry."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    def tidy(self) -> int:
        """Expire and remove what is past its time; how many rows that was."""
        now = self._parts.clock.now()
        with self._parts.database.transaction() as transaction:
            connection = transaction.connection
            return (
                expire_messages(connection, now)
                + forget_messages(connection, now, now - RETENTION)
                + forget_receipts(connection, now - RETENTION)
            )
