"""What the bank knows of an account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class AccountStatus(StrEnum):
    """Where an account stands in its life."""

    PENDING_ACTIVATION = "pending_activation"
    ACTIVE = "active"
    EXPIRED = "expired"
    """The customer did not activate it in time."""
    CLOSED = "closed"


TRANSITIONS: Mapping[AccountStatus, frozenset[AccountStatus]] = MappingProxyType(
    {
        AccountStatus.PENDING_ACTIVATION: frozenset(
            {AccountStatus.ACTIVE, AccountStatus.EXPIRED, AccountStatus.CLOSED}
        ),
        AccountStatus.ACTIVE: frozenset({AccountStatus.CLOSED}),
        AccountStatus.EXPIRED: frozenset({AccountStatus.CLOSED}),
        AccountStatus.CLOSED: frozenset(),
    }
)
"""Every status with those that may follow it; nothing else changes a status."""


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
class Activation:
    """One issue of an activation link; its token is not kept."""

    key: int
    account: int
    issued_at: dt.datetime
    expires_at: dt.datetime
    ended_at: dt.datetime | None
    """When it was used, replaced by a newer one, or declared expired."""
