"""People of the bank, their logins and their roles."""

from bank.people.errors import (
    LoginNameTaken,
    PasswordTooWeak,
    RoleNotForStaff,
    RoleUnknown,
    SelfGrantRefused,
    SignInDisabled,
    SignInLocked,
    SignInRefused,
)
from bank.people.people import People
from bank.people.records import Authentication, Login, Person, RoleAssignment, Session
from bank.people.roles import ROLES, Role, Side

__all__ = [
    "ROLES",
    "Authentication",
    "Login",
    "LoginNameTaken",
    "PasswordTooWeak",
    "People",
    "Person",
    "Role",
    "RoleAssignment",
    "RoleNotForStaff",
    "RoleUnknown",
    "SelfGrantRefused",
    "Session",
    "Side",
    "SignInDisabled",
    "SignInLocked",
    "SignInRefused",
]
