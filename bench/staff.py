"""The bank the measured cases run in: real people, roles and authority, as a set-up bank has them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from bank.bank import Bank, build
from bank.people import People
from bench.diagrams import CLERK
from engine.model.actor import Actor
from engine.model.ports import SystemClock
from persistence.database import Database

_COLLEAGUES = (
    "administrator",
    "process_owner",
    "process_analyst",
    "reviewer",
    "reviewer",
    "supervisor",
    "risk_officer",
    "account_operator",
    "internal_auditor",
    "team_lead",
)
"""Ten people come before the clerk, whose key the diagram names; the clerk alone has a login."""
LOGIN = "clerk"
PASSWORD_FILE = "clerk-password"  # noqa: S105  a file's name


def staffed_bank(database: Database, home: Path) -> Bank:
    """The bank on this database, staffed if nobody is there yet; the clerk's password is left in the home."""
    bank = build(SystemClock(), home)
    with database.transaction() as transaction:
        connection = transaction.connection
        if not bank.people.all(connection):
            _hire(connection, bank.people, home)
    return bank


def process_owner(database: Database, bank: Bank) -> Actor:
    """Who may deploy."""
    with database.reading() as connection:
        person = bank.people.holders(connection, "process_owner")[0].key
        return Actor.staff(person, person)


def _hire(connection: Connection, people: People, home: Path) -> None:
    administrator = None
    for number, role in enumerate((*_COLLEAGUES, "relationship_manager"), start=1):
        person = people.add(connection, name_zh=f"职员{number}", name_en=f"Clerk {number}").key
        people.grant(connection, person, role, by=administrator)
        administrator = administrator or person
    assert person == CLERK, "the diagram assigns its tasks to another person"
    _, password = people.logins.add(connection, person, LOGIN, must_change_password=False)
    (home / PASSWORD_FILE).write_text(password)
