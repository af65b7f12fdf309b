"""A core ledger that keeps each account as a file in the home folder: `ledger/<digest of the number>.json`.

A closed account has a mark of the same name in `ledger/closed`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from bank.simulators.control import SimulatorControl
from bank.simulators.kept_once import is_kept, kept_once
from bank.systems import AccountNotBooked, LedgerClosing, LedgerReceipt


class SimulatedCoreLedger:
    """Books and closes each account number once, whatever the key of the job that asks."""

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

    def close_account(self, account_number: str, *, idempotency_key: str, now: dt.datetime) -> LedgerClosing:
        """The acknowledgement of the first closing; the booking stays as it was. Raises AccountNotBooked."""
        self._control.behave("core_ledger", idempotency_key)
        if not is_kept(self._folder, account_number):
            raise AccountNotBooked
        closed = {"reference": f"GC{account_number}", "closed_at": now.isoformat()}
        kept = kept_once(self._folder / "closed", account_number, closed)
        return LedgerClosing(str(kept["reference"]), dt.datetime.fromisoformat(str(kept["closed_at"])))
