"""Table: qualification."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, UniqueConstraint

from persistence.schema import Key, UtcDateTime, metadata

qualification = Table(
    "qualification",
    metadata,
    Column("key", Key, primary_key=True),
    Column("person", Key, ForeignKey("person.key"), nullable=False),
    Column("id", String(50), nullable=False),  # of the register
    Column("granted_at", UtcDateTime, nullable=False),
    Column("valid_until", UtcDateTime, nullable=False),
    Column("exam_score", Integer, nullable=False),
    Column("case", String(100), nullable=False),  # business key of the certification
    Column("withdrawn_by", Key, ForeignKey("person.key")),
    Column("withdrawn_at", UtcDateTime),
    CheckConstraint("exam_score BETWEEN 0 AND 100", name="ck_qualification_exam_score"),
    UniqueConstraint("person", "id", "case"),
)
