"""Tables: person, login, role_assignment."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from persistence.schema import Key, UtcDateTime, metadata

person = Table(
    "person",
    metadata,
    Column("key", Key, primary_key=True),
    Column("name_zh", String(100), nullable=False),
    Column("name_en", String(100), nullable=False),
    Column("department", String(100), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

login = Table(
    "login",
    metadata,
    Column("key", Key, primary_key=True),
    Column("person", Key, ForeignKey("person.key"), nullable=False, index=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("failed_attempts", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    Column("disabled", Boolean, nullable=False),
    Column("session_version", Integer, nullable=False),
    Column("last_signed_in_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
)

role_assignment = Table(
    "role_assignment",
    metadata,
    Column("key", Key, primary_key=True),
    Column("person", Key, ForeignKey("person.key"), nullable=False, index=True),
    Column("role", String(50), nullable=False, index=True),
    Column("granted_by", Key, ForeignKey("person.key")),
    Column("granted_at", UtcDateTime, nullable=False),
    Column("revoked_by", Key, ForeignKey("person.key")),
    Column("revoked_at", UtcDateTime),
)

_standing = text("revoked_at IS NULL")  # history stays; only one standing assignment per person and role
Index(
    "uq_role_assignment_standing",
    role_assignment.c.person,
    role_assignment.c.role,
    unique=True,
    sqlite_where=_standing,
    postgresql_where=_standing,
)
