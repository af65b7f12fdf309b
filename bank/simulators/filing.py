"""A filing office that keeps each report as a file in the home folder: `filings/<idempotency key>.json`."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from bank.simulators.control import SimulatorControl
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
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{digest[:32]}.json"
        reference = f"RPT{now:%Y}{int(digest[:12], 16) % 10**10:010d}"
        content = {"reference": reference, "filed_at": now.isoformat(), "record": dict(record)}
        try:
            with path.open("x", encoding="utf-8") as file:
                json.dump(content, file, ensure_ascii=False)
        except FileExistsError:
            content = json.loads(path.read_text(encoding="utf-8"))
        return FilingReceipt(str(content["reference"]), dt.datetime.fromisoformat(str(content["filed_at"])))
