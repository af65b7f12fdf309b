"""A filing office that keeps each report as a file in the home folder: `filings/<digest of the key>.json`."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path

from bank.simulators.control import SimulatorControl
from bank.simulators.kept_once import kept_once
from bank.systems import FilingReceipt


class SimulatedFilingOffice:
    """Files each opening once; a repeated key gets the first receipt."""

    def __init__(self, home: Path, control: SimulatorControl) -> None:
        self._folder = home / "filings"
        self._control = control

    def file_opening(self, record: Mapping[str, str], *, idempotency_key: str, now: dt.datetime) -> FilingReceipt:
        """A reference made from the key, so that it is the same on every try."""
        self._control.behave("filing_office", idempotency_key)
        digest = hashlib.sha256(idempotency_key.encode()).hexdigest()
        reference = f"RPT{now:%Y}{int(digest[:12], 16) % 10**10:010d}"
        filed = {"reference": reference, "filed_at": now.isoformat(), "record": dict(record)}
        kept = kept_once(self._folder, idempotency_key, filed)
        return FilingReceipt(str(kept["reference"]), dt.datetime.fromisoformat(str(kept["filed_at"])))
