"""Table customer: one row per subject."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from persistence.schema import Key, UtcDateTime, metadata

customer = Table(
    "customer",
    metadata,
    Column("key", Key, primary_key=True),
    Column("subject", String(100), unique=True),  # NULL where nobody gave a number: such rows never coincide
    Column("kind", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)
