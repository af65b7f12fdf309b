"""The bank's general ledger: double entry, in fen, never edited."""

from bank.ledger.errors import (
    AmountOutOfRange,
    BalanceInsufficient,
    EntryAlreadyReversed,
    EntryUnbalanced,
    ReferenceUsedOtherwise,
)
from bank.ledger.ledger import Ledger
from bank.ledger.records import (
    MOST_FEN,
    BookingText,
    Entry,
    InternalAccount,
    Leg,
    Side,
    StatementLine,
    credit,
    debit,
)
from bank.ledger.verification import LedgerReport, verify_ledger

__all__ = [
    "MOST_FEN",
    "AmountOutOfRange",
    "BalanceInsufficient",
    "BookingText",
    "Entry",
    "EntryAlreadyReversed",
    "EntryUnbalanced",
    "InternalAccount",
    "Ledger",
    "LedgerReport",
    "Leg",
    "ReferenceUsedOtherwise",
    "Side",
    "StatementLine",
    "credit",
    "debit",
    "verify_ledger",
]
