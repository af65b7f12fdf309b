"""What the bank knows of a payment out of an account, of its check, and of a payment in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from bank.checks.findings import Finding


class TransferKind(StrEnum):
    """How the money leaves."""

    TRANSFER = "transfer"
    CASH_WITHDRAWAL = "cash_withdrawal"


class Channel(StrEnum):
    """Where the customer asked."""

    COUNTER = "counter"
    ONLINE = "online"
    MOBILE = "mobile"


class IncomingSource(StrEnum):
    """How the money comes."""

    CASH = "cash"
    OTHER_BANK = "other_bank"
    THIS_BANK = "this_bank"


class TransferStatus(StrEnum):
    """Where a transfer stands."""

    REQUESTED = "requested"
    RESERVED = "reserved"
    """Its amount is held and counts against the limits."""
    POSTED = "posted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    """Nobody decided in time."""
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    """The bank ended the case outside the procedure."""


_ENDS_UNPAID = frozenset(
    {TransferStatus.REFUSED, TransferStatus.LAPSED, TransferStatus.WITHDRAWN, TransferStatus.CANCELLED}
)

TRANSITIONS: Mapping[TransferStatus, frozenset[TransferStatus]] = MappingProxyType(
    {
        TransferStatus.REQUESTED: _ENDS_UNPAID | {TransferStatus.RESERVED},
        TransferStatus.RESERVED: _ENDS_UNPAID | {TransferStatus.RESERVED, TransferStatus.POSTED},
        TransferStatus.POSTED: frozenset(),
        TransferStatus.REFUSED: frozenset(),
        TransferStatus.LAPSED: frozenset(),
        TransferStatus.WITHDRAWN: frozenset(),
        TransferStatus.CANCELLED: frozenset(),
    }
)
"""Which status may follow which; nothing is posted that was not reserved."""

OPEN = frozenset(status for status, following in TRANSITIONS.items() if following)
"""The statuses of transfers still under way."""


class Window(StrEnum):
    """What a reservation counts in."""

    FUNDS = "funds"
    """The balance; every transfer holds its amount there, and one a day is one payment of the day's count."""
    DAILY = "daily"
    YEARLY = "yearly"


class ReservationState(StrEnum):
    """What became of a reservation."""

    HELD = "held"
    USED = "used"
    RELEASED = "released"


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """One payment out of an account, asked for by exactly one case. Names and numbers stay out of `repr`."""

    key: int
    business_key: str
    account: int
    kind: TransferKind
    counter_name: str = field(repr=False)
    counter_number: str = field(repr=False)
    counter_bank: str
    amount_fen: int
    channel: Channel
    purpose: str = field(repr=False)
    requested_at: dt.datetime
    status: TransferStatus
    reason: str
    """The code of why it was not paid; empty otherwise."""
    changed_at: dt.datetime
    entry: int | None
    """The ledger entry that posted it."""


@dataclass(frozen=True, kw_only=True)
class TransferRules:
    """What the decision table says of this account and channel."""

    limits_apply: bool
    """Whether the account's single, daily and yearly limits bind on this channel."""
    daily_count: int | None
    """Payments in a day without special approval; None without such a limit."""


@dataclass(frozen=True, kw_only=True)
class LimitLine:
    """One limit, and what would count against it with this transfer."""

    code: str
    total: int
    """Fen, or payments for `daily_count`; this transfer included."""
    limit: int
    approvable: bool
    """Whether special approval may go beyond it; a statutory one never."""

    @property
    def exceeded(self) -> bool:
        """Exactly at the limit passes."""
        return self.total > self.limit


@dataclass(frozen=True, kw_only=True)
class LimitCheck:
    """What the check found: why the transfer may never be paid, and the limits it keeps or exceeds."""

    refusals: tuple[Finding, ...]
    lines: tuple[LimitLine, ...]

    @property
    def exceeded(self) -> tuple[LimitLine, ...]:
        """The limits that special approval would have to go beyond."""
        return tuple(line for line in self.lines if line.exceeded and line.approvable)

    @property
    def within(self) -> bool:
        """Whether it may be paid without special approval."""
        return not self.refusals and not self.exceeded

    @property
    def worst(self) -> LimitLine | None:
        """The limit exceeded by the greatest multiple; it decides who approves."""
        return max(self.exceeded, key=lambda line: Fraction(line.total, line.limit), default=None)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What an account has used of its limits, and what it could pay."""

    today_fen: int
    this_year_fen: int
    today_count: int
    held_fen: int
    """Reserved by transfers that are not yet posted."""
    balance_fen: int

    @property
    def available_fen(self) -> int:
        """The balance without what is held."""
        return self.balance_fen - self.held_fen


@dataclass(frozen=True, kw_only=True)
class IncomingPayment:
    """One payment into an account."""

    key: int
    reference: str
    account: int
    source: IncomingSource
    payer_name: str = field(repr=False)
    payer_number: str = field(repr=False)
    payer_bank: str
    amount_fen: int
    received_on: dt.date
    """By the bank's calendar."""
    received_at: dt.datetime
    entry: int
