"""What the bank knows of an application, and the steps it may take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Status(StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    ASSESSED = "assessed"
    """Risk band and limits are stored (R022)."""
    OPENED = "opened"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    """The bank ended the case outside the procedure."""


_ENDS_WITHOUT_ACCOUNT = frozenset({Status.REJECTED, Status.WITHDRAWN, Status.EXPIRED, Status.CANCELLED})

TRANSITIONS: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        # A corrected application is submitted anew, and one may be assessed again; no account opens
        # on an application nobody assessed.
        Status.SUBMITTED: _ENDS_WITHOUT_ACCOUNT | {Status.SUBMITTED, Status.ASSESSED},
        Status.ASSESSED: _ENDS_WITHOUT_ACCOUNT | {Status.SUBMITTED, Status.ASSESSED, Status.OPENED},
        Status.OPENED: frozenset(),
        Status.REJECTED: frozenset(),
        Status.WITHDRAWN: frozenset(),
        Status.EXPIRED: frozenset(),
        Status.CANCELLED: frozenset(),
    }
)
"""Which status may follow which; the outcomes are final."""

OPEN = frozenset(status for status, following in TRANSITIONS.items() if following)
"""The statuses of applications still under way."""


@dataclass(frozen=True, kw_only=True)
class Application:
    """One application; `business_key` is its case number. Limits are fen, None until assessed."""

    key: int
    business_key: str
    customer_key: int
    turn: int
    """Its place among the applications of its customer, in the order in which they became that customer's."""
    channel: str
    account_type: str
    status: Status
    risk_band: str | None
    single_fen: int | None
    daily_fen: int | None
    yearly_fen: int | None
    reason: str
    """Why it was closed; empty while open, or when nobody gave a reason."""
    submitted_at: dt.datetime
    changed_at: dt.datetime
    closed_at: dt.datetime | None
