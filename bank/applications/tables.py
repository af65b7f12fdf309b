"""Tables: application, application_access, application_request."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from persistence.schema import Key, UtcDateTime, metadata

application = Table(
    "application",
    metadata,
    Column("key", Key, primary_key=True),
    Column("business_key", String(100), nullable=False, unique=True),
    Column("customer_key", Key, ForeignKey("customer.key"), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("account_type", String(30), nullable=False),
    Column("status", String(20), nullable=False, index=True),
    Column("risk_band", String(20)),
    Column("single_fen", BigInteger),
    Column("daily_fen", BigInteger),
    Column("yearly_fen", BigInteger),
    Column("reason", Text, nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    UniqueConstraint("customer_key", "turn"),
)

# Apart from the application: the customer gets the code at once, the case registers the application later.
application_access = Table(
    "application_access",
    metadata,
    Column("business_key", String(100), primary_key=True),
    Column("code_hash", String(64), nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
)

# A request sent twice (a double click, a lost answer) must not become two applications.
application_request = Table(
    "application_request",
    metadata,
    Column("request_hash", String(64), primary_key=True),
    Column("business_key", String(100), nullable=False, unique=True),
    Column("received_at", UtcDateTime, nullable=False),
)
