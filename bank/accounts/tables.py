"""Tables: account, account_profile, account_limit, account_status_change, account_activation, service_file."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, String, Table

from persistence.append_only import append_only
from persistence.schema import Key, UtcDateTime, metadata

account = Table(
    "account",
    metadata,
    Column("key", Key, primary_key=True),
    Column("business_key", String(100), nullable=False, unique=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("account_type", String(50), nullable=False),
    Column("status", String(30), nullable=False, index=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("status_changed_at", UtcDateTime, nullable=False),
)

account_profile = Table(
    "account_profile",
    metadata,
    Column("account", Key, ForeignKey("account.key"), primary_key=True),
    Column("holder", String(20), nullable=False),
    Column("holder_name", String(200), nullable=False),
    Column("risk_band", String(20), nullable=False),
    Column("minor", Boolean, nullable=False),
    Column("bound_account", String(64), nullable=False),
    Column("ends_on", Date),
    Column("email", String(200), nullable=False),
    Column("language", String(20), nullable=False),
)

account_limit = Table(
    "account_limit",
    metadata,
    Column("account", Key, ForeignKey("account.key"), primary_key=True),
    Column("period", String(10), primary_key=True),
    Column("amount_fen", BigInteger, nullable=False),
)

account_status_change = Table(
    "account_status_change",
    metadata,
    Column("key", Key, primary_key=True),
    Column("account", Key, ForeignKey("account.key"), nullable=False, index=True),
    Column("before", String(30), nullable=False),
    Column("after", String(30), nullable=False),
    Column("reason", String(30), nullable=False),
    Column("reference", String(120), nullable=False),
    Column("person", Key),
    Column("changed_at", UtcDateTime, nullable=False),
)
append_only(account_status_change)

account_activation = Table(
    "account_activation",
    metadata,
    Column("key", Key, primary_key=True),
    Column("account", Key, ForeignKey("account.key"), nullable=False, index=True),
    Column("token_sha256", String(64), nullable=False, unique=True),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

service_file = Table(
    "service_file",
    metadata,
    Column("key", Key, primary_key=True),
    Column("account", Key, ForeignKey("account.key"), nullable=False, unique=True),
    Column("next_review_on", Date, nullable=False, index=True),
    Column("opened_at", UtcDateTime, nullable=False),
)
