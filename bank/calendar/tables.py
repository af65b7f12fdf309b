"""Table calendar_override: days on which the bank departs from the public calendar."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, String, Table

from persistence.schema import UtcDateTime, metadata

calendar_override = Table(
    "calendar_override",
    metadata,
    Column("day", Date, primary_key=True),
    Column("business_day", Boolean, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)
