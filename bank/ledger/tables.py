"""Tables: ledger_account, ledger_entry, posting."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, String, Table

from persistence.append_only import append_only
from persistence.schema import Key, UtcDateTime, metadata

# A customer's account keeps its balance beside its postings; an account of the bank itself does not: every
# payment touches one, and a row that all must lock would let one payment through at a time.
ledger_account = Table(
    "ledger_account",
    metadata,
    Column("key", Key, primary_key=True),
    Column("account", Key, ForeignKey("account.key"), unique=True),
    Column("internal", String(20), unique=True),
    Column("balance_fen", BigInteger),
    CheckConstraint("(account IS NULL) <> (internal IS NULL)", name="ck_ledger_account_one_owner"),
    CheckConstraint("(account IS NULL) = (balance_fen IS NULL)", name="ck_ledger_account_kept_balance"),
    CheckConstraint("balance_fen >= 0", name="ck_ledger_account_not_overdrawn"),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("key", Key, primary_key=True),
    Column("reference", String(120), nullable=False, unique=True),
    Column("booking_text", String(30), nullable=False),
    Column("business_key", String(100), nullable=False, index=True),
    Column("posted_at", UtcDateTime, nullable=False),
    Column("reversal_of", Key, ForeignKey("ledger_entry.key"), unique=True),
)
append_only(ledger_entry)

posting = Table(
    "posting",
    metadata,
    Column("key", Key, primary_key=True),
    Column("entry", Key, ForeignKey("ledger_entry.key"), nullable=False, index=True),
    Column("ledger_account", Key, ForeignKey("ledger_account.key"), nullable=False, index=True),
    Column("side", String(6), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    CheckConstraint("amount_fen > 0", name="ck_posting_positive"),
    CheckConstraint("side IN ('debit', 'credit')", name="ck_posting_side"),
)
append_only(posting)
