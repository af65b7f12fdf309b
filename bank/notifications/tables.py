"""Table notification: one row per letter."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from persistence.schema import Key, UtcDateTime, metadata

notification = Table(
    "notification",
    metadata,
    Column("key", Key, primary_key=True),
    Column("business_key", String(100), nullable=False, index=True),
    Column("template", String(50), nullable=False),
    Column("language", String(20), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("address", String(320), nullable=False),  # RFC 5321: 64 octets, the sign @, 255 octets
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("idempotency_key", String(100), nullable=False, unique=True),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("claimed_until", UtcDateTime),  # a worker is sending it until then at the latest
)
