"""Table: agreement_consent."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table, Text, UniqueConstraint

from persistence.append_only import append_only
from persistence.schema import Key, UtcDateTime, metadata

# A consent is evidence (R024).
agreement_consent = Table(
    "agreement_consent",
    metadata,
    Column("key", Key, primary_key=True),
    Column("business_key", String(100), nullable=False),
    Column("version", String(40), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("terms_digest", String(64), nullable=False),
    Column("signed_by", Text, nullable=False),
    Column("read_seconds", BigInteger, nullable=False),
    Column("consented_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("business_key", "version", "digest", "terms_digest"),
)
append_only(agreement_consent)
