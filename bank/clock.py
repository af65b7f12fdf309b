"""The bank's source of time; the engine's clock fits it."""

from __future__ import annotations

import datetime as dt
from typing import Protocol
from zoneinfo import ZoneInfo

BANK_ZONE = ZoneInfo("Asia/Shanghai")
"""Business days, numbers of the day and deadlines are the bank's local ones."""


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> dt.datetime:
        """The present, in UTC with zone."""
        ...


def local_date(moment: dt.datetime) -> dt.date:
    """The bank's calendar date at `moment`."""
    return moment.astimezone(BANK_ZONE).date()
