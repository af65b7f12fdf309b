"""The door of pages and commands to deputies and absences: each method is one transaction.

Days are the bank's own; the last day counts in full.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from bank.clock import BANK_ZONE
from bank.delegation.delegations import Delegations, delegable
from bank.delegation.errors import DelegationTimeWrong
from bank.delegation.records import Absence, Delegation
from bank.people import ROLES, People, Person
from persistence.database import Database


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What one person may see and do about deputies and absences."""

    leads: bool
    """A team lead sees everybody's and may enter them for everybody."""
    delegations: tuple[Delegation, ...]
    absences: tuple[Absence, ...]
    delegable: tuple[str, ...]
    """Roles that may be named: the person's own; for a team lead every one that can be delegated."""
    colleagues: tuple[Person, ...]
    """Active members of staff, by key."""


class DelegationDoor:
    """Entering, ending and looking; raises what `Delegations` raises."""

    def __init__(self, database: Database, delegations: Delegations, people: People) -> None:
        self._database, self._delegations, self._people = database, delegations, people

    def overview(self, person: int) -> Overview:
        """What stands or will stand, newest first."""
        with self._database.reading() as connection:
            leads = self._delegations.leads(connection, person)
            whose = None if leads else person
            roles = ROLES if leads else self._people.roles(connection, person)
            return Overview(
                leads=leads,
                delegations=tuple(self._delegations.of(connection, whose)),
                absences=tuple(self._delegations.absences(connection, whose)),
                delegable=tuple(role for role in ROLES if role in delegable(roles)),
                colleagues=tuple(each for each in self._people.all(connection) if each.active),
            )

    def give(
        self,
        *,
        person: int,
        deputy: int,
        roles: Collection[str],
        first: dt.date,
        last: dt.date,
        reason: str,
        by: int,
    ) -> Delegation:
        """Make `deputy` a deputy from the first to the last day."""
        begins_at, ends_at = _bounds(first, last)
        with self._database.transaction() as transaction:
            return self._delegations.give(
                transaction.connection,
                person=person,
                deputy=deputy,
                roles=roles,
                begins_at=begins_at,
                ends_at=ends_at,
                reason=reason,
                by=by,
            )

    def end(self, key: int, *, by: int) -> int:
        """End a delegation now; its key."""
        with self._database.transaction() as transaction:
            return self._delegations.end(transaction.connection, key, by=by).key

    def enter_absence(self, *, person: int, first: dt.date, last: dt.date, reason: str, by: int) -> Absence:
        """Put an absence from the first to the last day on record."""
        begins_at, ends_at = _bounds(first, last)
        with self._database.transaction() as transaction:
            return self._delegations.enter_absence(
                transaction.connection, person=person, begins_at=begins_at, ends_at=ends_at, reason=reason, by=by
            )

    def end_absence(self, key: int, *, by: int) -> int:
        """The person is back; the key of the absence."""
        with self._database.transaction() as transaction:
            return self._delegations.end_absence(transaction.connection, key, by=by).key

    def person_of(self, login_name: str) -> int | None:
        """The person behind a login name, or None."""
        with self._database.reading() as connection:
            found = self._people.logins.by_name(connection, login_name)
            return None if found is None else found.person


def _bounds(first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """From midnight to midnight in the bank's zone, in UTC. Raises DelegationTimeWrong beyond the calendar."""
    try:
        days = first, last + dt.timedelta(days=1)
        begins_at, ends_at = (dt.datetime.combine(day, dt.time(), BANK_ZONE).astimezone(dt.UTC) for day in days)
    except OverflowError as error:
        raise DelegationTimeWrong(maximum=0) from error
    return begins_at, ends_at
