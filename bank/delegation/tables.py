"""Tables: delegation, delegation_role, absence, delegation_event."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, PrimaryKeyConstraint, String, Table

from persistence.append_only import append_only
from persistence.schema import Key, UtcDateTime, metadata


def _person(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, Key, ForeignKey("person.key"), nullable=nullable)


delegation = Table(
    "delegation",
    metadata,
    Column("key", Key, primary_key=True),
    _person("person"),
    _person("deputy"),
    Column("begins_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("reason", String(500), nullable=False),
    _person("given_by"),
    Column("given_at", UtcDateTime, nullable=False),
    _person("ended_by", nullable=True),
    Column("ended_at", UtcDateTime),
    CheckConstraint("person <> deputy", name="ck_delegation_another_person"),
    CheckConstraint("given_by <> deputy", name="ck_delegation_not_taken"),
    CheckConstraint("begins_at < ends_at", name="ck_delegation_time"),
    Index("ix_delegation_deputy", "deputy", "ends_at"),
    Index("ix_delegation_person", "person"),
)

delegation_role = Table(
    "delegation_role",
    metadata,
    Column("delegation", Key, ForeignKey("delegation.key"), nullable=False),
    Column("role", String(50), nullable=False),
    PrimaryKeyConstraint("delegation", "role"),
)

absence = Table(
    "absence",
    metadata,
    Column("key", Key, primary_key=True),
    _person("person"),
    Column("begins_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("reason", String(500), nullable=False),
    _person("entered_by"),
    Column("entered_at", UtcDateTime, nullable=False),
    _person("ended_by", nullable=True),
    Column("ended_at", UtcDateTime),
    CheckConstraint("begins_at < ends_at", name="ck_absence_time"),
    Index("ix_absence_person", "person", "ends_at"),
)

delegation_event = Table(
    "delegation_event",
    metadata,
    Column("key", Key, primary_key=True),
    Column("time", UtcDateTime, nullable=False),
    Column("change", String(20), nullable=False),  # Change
    Column("delegation", Key, ForeignKey("delegation.key")),
    Column("absence", Key, ForeignKey("absence.key")),
    _person("by_person"),
    CheckConstraint("(delegation IS NULL) <> (absence IS NULL)", name="ck_delegation_event_one_record"),
)
"""Every change of the two, in order: who made it and when."""
append_only(delegation_event)
