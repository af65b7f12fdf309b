"""Tables: parameter_set, parameter_version, calendar_day, append-only: a change is a new version; calendar_override."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table, Text

from persistence.append_only import append_only
from persistence.schema import Key, UtcDateTime, metadata

# Version 1 is the file that ships and has no row. Persons are unknown only for days kept before there were versions.
parameter_set = Table(
    "parameter_set",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("name", String(100), nullable=False),
    Column("business_key", String(100), nullable=False, unique=True),
    Column("proposed_by", Key, ForeignKey("person.key")),
    Column("checked_by", Key, ForeignKey("person.key")),
    Column("agreed_by", Key, ForeignKey("person.key")),
    Column("reason", Text, nullable=False),
    Column("adopted_at", UtcDateTime, nullable=False),
)

parameter_version = Table(
    "parameter_version",
    metadata,
    Column("version", Integer, ForeignKey("parameter_set.version"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("value", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("certainty", String(1), nullable=False),
)

# `business_day` is null where the public calendar holds again.
calendar_day = Table(
    "calendar_day",
    metadata,
    Column("version", Integer, ForeignKey("parameter_set.version"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("business_day", Boolean),
    Column("source", Text, nullable=False),
)

# Read by programs of the release before this one, by nobody here; the next release drops it.
calendar_override = Table(
    "calendar_override",
    metadata,
    Column("day", Date, primary_key=True),
    Column("business_day", Boolean, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

for _table in (parameter_set, parameter_version, calendar_day):
    append_only(_table)
