"""What stands in the ledger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

MOST_FEN = 10**15
"""The greatest amount of one posting, ten trillion yuan: a column holds nine thousand of them added up."""


class Side(StrEnum):
    """A posting's side."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


class InternalAccount(StrEnum):
    """Accounts of the bank itself."""

    CASH = "cash"
    SETTLEMENT = "settlement"
    """What goes to and comes from other banks."""
    SUSPENSE = "suspense"
    """Money whose owner is not yet clear."""


class BookingText(StrEnum):
    """Why an entry was made."""

    CASH_DEPOSIT = "cash_deposit"
    INCOMING_PAYMENT = "incoming_payment"
    TRANSFER = "transfer"
    CASH_WITHDRAWAL = "cash_withdrawal"
    REVERSAL = "reversal"


AccountRef: TypeAlias = int | InternalAccount
"""The key of a customer's account (`account.key`), or an account of the bank itself."""


@dataclass(frozen=True, kw_only=True)
class Leg:
    """One side of an entry, before it is posted."""

    account: AccountRef
    side: Side
    amount_fen: int


def debit(account: AccountRef, amount_fen: int) -> Leg:
    """Take from a customer's account, or add to what the bank itself holds."""
    return Leg(account=account, side=Side.DEBIT, amount_fen=amount_fen)


def credit(account: AccountRef, amount_fen: int) -> Leg:
    """Add to a customer's account, or take from what the bank itself holds."""
    return Leg(account=account, side=Side.CREDIT, amount_fen=amount_fen)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry; its postings stand beside it."""

    key: int
    reference: str
    """What makes it once: a second entry under the same reference is the first one."""
    booking_text: BookingText
    business_key: str
    """The case it belongs to; empty without one."""
    posted_at: dt.datetime
    reversal_of: int | None


@dataclass(frozen=True, kw_only=True)
class StatementLine:
    """One posting on a customer's account, as a statement shows it."""

    entry: int
    posted_at: dt.datetime
    booking_text: BookingText
    business_key: str
    change_fen: int
    """Positive when the balance grew."""
    balance_fen: int
    """After the posting."""
