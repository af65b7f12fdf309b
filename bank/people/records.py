"""What the bank knows of a person, a login and a session."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from persistence.errors import KaihuError


@dataclass(frozen=True, kw_only=True)
class Person:
    """A member of staff or an outside reader. Segregation of duties is keyed on `key`."""

    key: int
    name_zh: str
    name_en: str
    department: str
    active: bool
    """False once the person has left: no roles, no sign-in."""

    def name(self, language: str) -> str:
        """The name for a reader of `language` ("zh…" is Chinese, everything else English)."""
        return self.name_zh if language.startswith("zh") else self.name_en


@dataclass(frozen=True, kw_only=True)
class Login:
    """One way for a person to sign in; a person may have several."""

    key: int
    person: int
    name: str
    must_change_password: bool
    failed_attempts: int
    locked_until: dt.datetime | None
    disabled: bool
    session_version: int
    """Moves on when the password changes or the login is disabled: older sessions end."""
    last_signed_in_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class RoleAssignment:
    """A role given to a person, and taken back."""

    key: int
    person: int
    role: str
    granted_by: int | None
    """None for the first administrator, made at set-up."""
    granted_at: dt.datetime
    revoked_by: int | None
    revoked_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Session:
    """Who is signed in, read anew with every request."""

    person: Person
    login: Login
    roles: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Authentication:
    """The answer to an attempt to sign in: a session, or why not.

    A value rather than an error, because the failed attempt itself must be committed.
    """

    session: Session | None = None
    refusal: KaihuError | None = None
    login: int | None = None
    """Key of the login that was named; None for a name nobody has."""
