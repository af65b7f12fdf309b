"""Tables: transfer, limit_reservation, incoming_payment."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, ForeignKey, Index, String, Table, UniqueConstraint

from persistence.schema import Key, UtcDateTime, metadata

transfer = Table(
    "transfer",
    metadata,
    Column("key", Key, primary_key=True),
    Column("business_key", String(100), nullable=False, unique=True),
    Column("account", Key, ForeignKey("account.key"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("counter_name", String(200), nullable=False),
    Column("counter_match", String(200), nullable=False),  # the name as payments to one counterparty are summed by
    Column("counter_number", String(64), nullable=False),
    Column("counter_bank", String(200), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("purpose", String(200), nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("status", String(20), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("entry", Key, ForeignKey("ledger_entry.key"), unique=True),
    CheckConstraint("amount_fen > 0", name="ck_transfer_positive"),
    CheckConstraint("(status = 'posted') = (entry IS NOT NULL)", name="ck_transfer_posted_with_entry"),
)

limit_reservation = Table(
    "limit_reservation",
    metadata,
    Column("key", Key, primary_key=True),
    Column("transfer", Key, ForeignKey("transfer.key"), nullable=False),
    Column("account", Key, ForeignKey("account.key"), nullable=False),
    Column("period", String(10), nullable=False),
    Column("window_start", Date, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    UniqueConstraint("transfer", "period"),
    Index("ix_limit_reservation_window", "account", "period", "window_start"),
)

incoming_payment = Table(
    "incoming_payment",
    metadata,
    Column("key", Key, primary_key=True),
    Column("reference", String(120), nullable=False, unique=True),
    Column("account", Key, ForeignKey("account.key"), nullable=False),
    Column("source", String(20), nullable=False),
    Column("payer_name", String(200), nullable=False),
    Column("payer_number", String(64), nullable=False),
    Column("payer_bank", String(200), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("entry", Key, ForeignKey("ledger_entry.key"), nullable=False),
    CheckConstraint("amount_fen > 0", name="ck_incoming_payment_positive"),
    Index("ix_incoming_payment_day", "account", "received_on"),
)
