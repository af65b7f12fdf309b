"""What every handler receives besides its job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bank.notifications import Outbox
from bank.systems import Systems
from persistence.settings import Settings

if TYPE_CHECKING:
    from bank.bank import Bank


class Cases(Protocol):
    """What remote handlers may do to other cases; a local one has a transaction open, and is refused."""

    def start(self, process_id: str, business_key: str, variables: Mapping[str, object], idempotency_key: str) -> int:
        """Begin a case as the system, once; its key."""
        ...

    def correlate(self, name: str, key: str, variables: Mapping[str, object], message_id: str) -> None:
        """Send a message as the system, once."""
        ...


@dataclass(frozen=True, kw_only=True)
class WorkerContext:
    """The bank's records, the systems outside, and the settings of this process; wired in `app.py`."""

    bank: Bank
    systems: Systems
    outbox: Outbox
    settings: Settings
    cases: Cases
