"""Tables: document."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, UniqueConstraint

from persistence.schema import Key, UtcDateTime, metadata

document = Table(
    "document",
    metadata,
    Column("key", Key, primary_key=True),
    Column("business_key", String(100), nullable=False),
    Column("file_name", String(200), nullable=False),
    Column("media_type", String(50), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("uploaded_by", Key, ForeignKey("person.key")),
    Column("uploaded_at", UtcDateTime, nullable=False),
    # The same file again in the same case is the same document; the index also finds those of a case.
    UniqueConstraint("business_key", "sha256"),
)
