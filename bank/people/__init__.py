"""People of the bank, their logins and their roles."""

from bank.people.door import LoginDoor, SignInDoor
from bank.people.errors import (
    CurrentPasswordWrong,
    LoginNameTaken,
    OwnLoginRefused,
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
    "CurrentPasswordWrong",
    "Login",
    "LoginDoor",
    "LoginNameTaken",
    "OwnLoginRefused",
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
    "SignInDoor",
    "SignInLocked",
    "SignInRefused",
]
