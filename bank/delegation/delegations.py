"""Deputies and absences: who stands in for whom, for how long, in which roles (R082–R083).

A deputy gains the named roles for the time and carries the person's conflicts of duties; roles held as a deputy are
not passed on. Every change is kept in `delegation_event`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Table,
    bindparam,
    insert,
    literal_column,
    null,
    or_,
    select,
    union_all,
    update,
)

from bank.clock import Clock
from bank.delegation.errors import (
    AlreadyEnded,
    DelegationIncomplete,
    DelegationNotYours,
    DelegationTimeWrong,
    DeputyMayNotGive,
    DeputyNotActive,
    OwnDeputyRefused,
    ReasonMissing,
    RoleNotDelegable,
)
from bank.delegation.records import Absence, Change, Delegation, DelegationEvent, Standing
from bank.delegation.tables import absence, delegation, delegation_event, delegation_role
from bank.errors import RecordNotFound
from bank.parameters import Parameters
from bank.people import ROLES, People, Side
from bank.people.tables import person, role_assignment
from bank.terms import Record
from persistence.answers import forget_answers, once
from persistence.prepared import Prepared
from persistence.schema import Key, UtcDateTime

TEAM_LEAD = "team_lead"
_NOT_DELEGABLE = frozenset({"administrator", "internal_auditor"})
"""Technical power and independence are the person's own."""
_LONGEST_REASON = 500
_OWN, _AS_DEPUTY, _ABSENT = "own", "deputy", "absent"

_PERSON: BindParameter[Any] = bindparam("person")
_NOW: BindParameter[Any] = bindparam("now", type_=UtcDateTime())
_deputised, _of_deputy = person.alias(), role_assignment.alias()
_STANDING = Prepared(  # asked at every step of every case: one statement for all that a person stands on
    union_all(
        select(
            literal_column(f"'{_OWN}'").label("kind"),
            role_assignment.c.role,
            null().cast(Key).label("of"),
            null().cast(UtcDateTime()).label("until"),
        )
        .join(person, person.c.key == role_assignment.c.person)
        .where(person.c.key == _PERSON, person.c.active.is_(True), role_assignment.c.revoked_at.is_(None)),
        select(literal_column(f"'{_AS_DEPUTY}'"), _of_deputy.c.role, delegation.c.person, delegation.c.ends_at)
        .select_from(delegation)
        .join(person, person.c.key == delegation.c.deputy)
        .join(_deputised, _deputised.c.key == delegation.c.person)
        .join(delegation_role, delegation_role.c.delegation == delegation.c.key)
        .join(
            _of_deputy,
            (_of_deputy.c.person == delegation.c.person)
            & (_of_deputy.c.role == delegation_role.c.role)
            & _of_deputy.c.revoked_at.is_(None),
            isouter=True,
        )
        .where(
            delegation.c.deputy == _PERSON,
            delegation.c.begins_at <= _NOW,
            delegation.c.ends_at > _NOW,
            delegation.c.ended_at.is_(None),
            person.c.active.is_(True),
            _deputised.c.active.is_(True),
        ),
        select(literal_column(f"'{_ABSENT}'"), null(), absence.c.person, absence.c.ends_at).where(
            absence.c.person == _PERSON,
            absence.c.begins_at <= _NOW,
            absence.c.ends_at > _NOW,
            absence.c.ended_at.is_(None),
        ),
    )
)


def delegable(roles: Collection[str]) -> frozenset[str]:
    """Those of the roles that may be held as a deputy: business roles of the bank."""
    return frozenset(role for role in roles if ROLES[role].side is Side.BANK) - _NOT_DELEGABLE


class Delegations:
    """Deputies and absences of the bank's people."""

    def __init__(self, clock: Clock, people: People, parameters: Parameters) -> None:
        self._clock, self._people, self._parameters = clock, people, parameters

    def standing(self, connection: Connection, key: int) -> Standing:
        """What the person stands on now; nothing for one who has left or is unknown."""
        return once(connection, ("standing", key), lambda: self._standing(connection, key))

    def _standing(self, connection: Connection, key: int) -> Standing:
        own: set[str] = set()
        deputised: dict[int, set[str]] = {}
        absent_until: dt.datetime | None = None
        for row in _STANDING.all(connection, {"person": key, "now": self._clock.now()}):
            if row.kind == _OWN:
                own.add(row.role)
            elif row.kind == _AS_DEPUTY:
                deputised.setdefault(row.of, set()).update([row.role] if row.role else [])
            else:
                absent_until = max(row.until, absent_until or row.until)
        return Standing(
            own=frozenset(own),
            deputised={of: frozenset(deputised[of]) for of in sorted(deputised)},
            absent_until=absent_until,
        )

    def give(
        self,
        connection: Connection,
        *,
        person: int,
        deputy: int,
        roles: Collection[str],
        begins_at: dt.datetime,
        ends_at: dt.datetime,
        reason: str,
        by: int,
    ) -> Delegation:
        """Make `deputy` the deputy of `person` in these roles; what would begin in the past begins now.

        `by` is the person or a team lead in a role of their own, never the deputy. Raises OwnDeputyRefused,
        DeputyMayNotGive, DelegationNotYours, RoleNotDelegable, DelegationIncomplete, DelegationTimeWrong,
        DeputyNotActive, RecordNotFound.
        """
        if person == deputy:
            raise OwnDeputyRefused()
        if by == deputy:
            raise DeputyMayNotGive()
        self._require_concerned(connection, person, by)
        self._require_active(connection, person, deputy)
        if not roles or not _told(reason):
            raise DelegationIncomplete()
        allowed = delegable(self._people.roles(connection, person))
        for role in sorted(set(roles) - allowed):
            raise RoleNotDelegable(role=role)
        begins_at = self._checked_time(connection, begins_at, ends_at)
        values = {
            "person": person,
            "deputy": deputy,
            "begins_at": begins_at,
            "ends_at": ends_at,
            "reason": reason.strip(),
            "given_by": by,
            "given_at": self._clock.now(),
        }
        key = connection.execute(insert(delegation).values(values).returning(delegation.c.key)).scalar_one()
        connection.execute(insert(delegation_role), [{"delegation": key, "role": role} for role in sorted(set(roles))])
        self._keep(connection, Change.GIVEN, by, delegation=key)
        return self.get(connection, key)

    def end(self, connection: Connection, key: int, *, by: int) -> Delegation:
        """End a delegation now. Raises RecordNotFound, DelegationNotYours, AlreadyEnded."""
        found = self.get(connection, key)
        self._require_concerned(connection, found.person, by, deputy=found.deputy)
        self._end(connection, delegation, key, found.stands(self._clock.now()), by)
        self._keep(connection, Change.ENDED, by, delegation=key)
        return self.get(connection, key)

    def enter_absence(
        self, connection: Connection, *, person: int, begins_at: dt.datetime, ends_at: dt.datetime, reason: str, by: int
    ) -> Absence:
        """Put an absence on record; `by` is the person or a team lead.

        Raises DelegationNotYours, ReasonMissing, DelegationTimeWrong, DeputyNotActive, RecordNotFound.
        """
        self._require_concerned(connection, person, by)
        self._require_active(connection, person)
        if not _told(reason):
            raise ReasonMissing()
        values = {
            "person": person,
            "begins_at": self._checked_time(connection, begins_at, ends_at),
            "ends_at": ends_at,
            "reason": reason.strip(),
            "entered_by": by,
            "entered_at": self._clock.now(),
        }
        row = connection.execute(insert(absence).values(values).returning(absence)).one()
        self._keep(connection, Change.ABSENCE_ENTERED, by, absence=row.key)
        return Absence(**row._asdict())

    def end_absence(self, connection: Connection, key: int, *, by: int) -> Absence:
        """The person is back. Raises RecordNotFound, DelegationNotYours, AlreadyEnded."""
        found = self.absence(connection, key)
        self._require_concerned(connection, found.person, by)
        self._end(connection, absence, key, found.stands(self._clock.now()), by)
        self._keep(connection, Change.ABSENCE_ENDED, by, absence=key)
        return self.absence(connection, key)

    def absence(self, connection: Connection, key: int) -> Absence:
        """One absence. Raises RecordNotFound."""
        row = connection.execute(select(absence).where(absence.c.key == key)).first()
        if row is None:
            raise RecordNotFound(what=Record.ABSENCE, key=key)
        return Absence(**row._asdict())

    def get(self, connection: Connection, key: int) -> Delegation:
        """One delegation. Raises RecordNotFound."""
        row = connection.execute(select(delegation).where(delegation.c.key == key)).first()
        if row is None:
            raise RecordNotFound(what=Record.DELEGATION, key=key)
        return self._with_roles(connection, [row])[0]

    def of(self, connection: Connection, person: int | None = None, *, past: bool = False) -> list[Delegation]:
        """Delegations from or to the person (None: everybody's), newest first; `past` adds those that are over."""
        query = select(delegation).order_by(delegation.c.key.desc())
        if person is not None:
            query = query.where(or_(delegation.c.person == person, delegation.c.deputy == person))
        if not past:
            query = query.where(delegation.c.ended_at.is_(None), delegation.c.ends_at > self._clock.now())
        return self._with_roles(connection, list(connection.execute(query)))

    def absences(self, connection: Connection, person: int | None = None, *, past: bool = False) -> list[Absence]:
        """Absences of the person (None: everybody's), newest first; `past` adds those that are over."""
        query = select(absence).order_by(absence.c.key.desc())
        if person is not None:
            query = query.where(absence.c.person == person)
        if not past:
            query = query.where(absence.c.ended_at.is_(None), absence.c.ends_at > self._clock.now())
        return [Absence(**row._asdict()) for row in connection.execute(query)]

    def events(self, connection: Connection) -> list[DelegationEvent]:
        """Every change that was made, oldest first."""
        rows = connection.execute(select(delegation_event).order_by(delegation_event.c.key))
        return [DelegationEvent(**{**row._asdict(), "change": Change(row.change)}) for row in rows]

    def leads(self, connection: Connection, key: int) -> bool:
        """Whether the person is a team lead, in a role of their own."""
        return TEAM_LEAD in self._people.roles(connection, key)

    def _require_concerned(self, connection: Connection, person: int, by: int, *, deputy: int | None = None) -> None:
        if by != person and (by == deputy or not self.leads(connection, by)):
            raise DelegationNotYours()

    def _require_active(self, connection: Connection, *keys: int) -> None:
        if not all(self._people.get(connection, key).active for key in keys):
            raise DeputyNotActive()

    def _checked_time(self, connection: Connection, begins_at: dt.datetime, ends_at: dt.datetime) -> dt.datetime:
        """When it begins: not before now."""
        begins_at = max(begins_at, self._clock.now())
        longest = self._parameters.integer(connection, "delegation_longest_days")
        if not begins_at < ends_at <= begins_at + dt.timedelta(days=longest):
            raise DelegationTimeWrong(maximum=longest)
        return begins_at

    def _end(self, connection: Connection, table: Table, key: int, stands: bool, by: int) -> None:
        standing = table.c.ended_at.is_(None)
        changed = connection.execute(
            update(table).where(table.c.key == key, standing).values(ended_by=by, ended_at=self._clock.now())
        )
        if not stands or changed.rowcount == 0:
            raise AlreadyEnded()

    def _keep(self, connection: Connection, change: Change, by: int, **record: int) -> None:
        values = {"time": self._clock.now(), "change": change.value, "by_person": by, **record}
        connection.execute(insert(delegation_event).values(values))
        forget_answers(connection)

    def _with_roles(self, connection: Connection, rows: list[Row[Any]]) -> list[Delegation]:
        roles: dict[int, set[str]] = {row.key: set() for row in rows}
        query = select(delegation_role).where(delegation_role.c.delegation.in_(roles))
        for row in connection.execute(query):
            roles[row.delegation].add(row.role)
        return [Delegation(**row._asdict(), roles=frozenset(roles[row.key])) for row in rows]


def _told(reason: str) -> bool:
    return 0 < len(reason.strip()) <= _LONGEST_REASON
