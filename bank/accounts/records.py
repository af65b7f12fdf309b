"""What the bank knows of an account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class AccountStatus(StrEnum):
    """Where an account stands in its life."""

    PENDING_ACTIVATION = "pending_activation"
    ACTIVE = "active"
    RESTRICTED = "restricted"
    """It may receive and not pay (只收不付)."""
    FROZEN = "frozen"
    """It may neither receive nor pay (不收不付)."""
    EXPIRED = "expired"
    """The customer did not activate it in time."""
    CLOSED = "closed"


TRANSITIONS: Mapping[AccountStatus, frozenset[AccountStatus]] = MappingProxyType(
    {
        AccountStatus.PENDING_ACTIVATION: frozenset(
            {AccountStatus.ACTIVE, AccountStatus.EXPIRED, AccountStatus.CLOSED}
        ),
        AccountStatus.ACTIVE: frozenset({AccountStatus.RESTRICTED, AccountStatus.FROZEN, AccountStatus.CLOSED}),
        # Neither can be closed: what holds the money back must be lifted first.
        AccountStatus.RESTRICTED: frozenset({AccountStatus.ACTIVE, AccountStatus.FROZEN}),
        AccountStatus.FROZEN: frozenset({AccountStatus.ACTIVE, AccountStatus.RESTRICTED}),
        AccountStatus.EXPIRED: frozenset({AccountStatus.CLOSED}),
        AccountStatus.CLOSED: frozenset(),
    }
)
"""Every status with those that may follow it; nothing else changes a status."""


class StatusReason(StrEnum):
    """Why an account was restricted, frozen or released."""

    COURT_ORDER = "court_order"
    SUSPICION = "suspicion"
    DOCUMENT_EXPIRED = "document_expired"
    DORMANT = "dormant"
    LOSS_REPORTED = "loss_reported"
    RISK_CONTROL = "risk_control"
    CLEARED = "cleared"
    """What it was restricted or frozen for is settled."""


class LimitPeriod(StrEnum):
    """What a limit holds for."""

    SINGLE = "single"
    DAILY = "daily"
    YEARLY = "yearly"


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account; opened by exactly one case."""

    key: int
    business_key: str
    number: str
    account_type: str
    status: AccountStatus
    opened_at: dt.datetime
    status_changed_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What the rules of payments ask of an account. What is personal stays out of `repr`."""

    holder: str = ""
    """`individual`, or the kind of organisation: company, sole_trader, public_body, foreign; empty when unknown."""
    holder_name: str = field(default="", repr=False)
    risk_band: str = ""
    """low, medium or high; empty when unknown, which counts as high."""
    minor: bool = False
    bound_account: str = field(default="", repr=False)
    """The number of the holder's own account that a Class II or III account is bound to."""
    ends_on: dt.date | None = None
    """Last day of a temporary account."""
    email: str = field(default="", repr=False)
    language: str = "zh"


@dataclass(frozen=True, kw_only=True)
class StatusChange:
    """One restriction, freeze or release."""

    key: int
    account: int
    before: AccountStatus
    after: AccountStatus
    reason: StatusReason
    reference: str
    """The order, alert or case it stands on."""
    person: int | None
    """Who did it; None for the system."""
    changed_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Activation:
    """One issue of an activation link; its token is not kept."""

    key: int
    account: int
    issued_at: dt.datetime
    expires_at: dt.datetime
    ended_at: dt.datetime | None
    """When it was used, replaced by a newer one, or declared expired."""
