"""A core ledger that keeps each account as a file in the home folder: `ledger/<digest of the number>.json`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from bank.simulators.control import SimulatorControl
from bank.simulators.kept_once import kept_once
from bank.systems import LedgerReceipt


class SimulatedCoreLedger:
    """Books each account number once, whatever the key of the job that asks."""

    def __init__(self, home: Path, control: SimulatorControl) -> None:
        self._folder = home / "ledger"
        self._control = control

    def book_account(self, record: Mapping[str, object], *, idempotency_key: str, now: dt.datetime) -> LedgerReceipt:
        """The receipt of the first booking of this account number."""
        self._control.behave("core_ledger", idempotency_key)
        number = str(record["account_number"])
        booked = {"reference": f"GL{number}", "booked_at": now.isoformat(), "record": dict(record)}
        kept = kept_once(self._folder, number, booked)
        return LedgerReceipt(str(kept["reference"]), dt.datetime.fromisoformat(str(kept["booked_at"])))
