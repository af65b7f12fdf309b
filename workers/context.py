"""What every handler receives besides its job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bank.notifications import Outbox
from bank.systems import Systems
from persistence.settings import Settings

if TYPE_CHECKING:
    from bank.bank import Bank


@dataclass(frozen=True, kw_only=True)
class WorkerContext:
    """The bank's records, the systems outside, and the settings of this process; wired in `app.py`."""

    bank: Bank
    systems: Systems
    outbox: Outbox
    settings: Settings
