"""People of the bank: who they are, how they sign in, which roles they hold."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, func, insert, select, update

from bank.clock import Clock
from bank.errors import ActionNotAuthorised, RecordNotFound
from bank.parameters import Parameters
from bank.people.errors import OwnLoginRefused, RoleNotForStaff, RoleUnknown, SelfGrantRefused
from bank.people.logins import Logins
from bank.people.records import Authentication, Login, Person, RoleAssignment, Session
from bank.people.roles import ROLES, Side
from bank.people.tables import person, role_assignment
from bank.terms import Record
from persistence.answers import forget_answers, once
from persistence.prepared import Prepared

ADMINISTRATOR = "administrator"

_PERSON = tuple(column for column in person.c if column.name != "created_at")
_BY_KEY = Prepared(select(*_PERSON).where(person.c.key == bindparam("key")))  # asked with every request

_ROLES = Prepared(  # asked at every step of every case
    select(role_assignment.c.role)
    .join(person, person.c.key == role_assignment.c.person)
    .where(person.c.key == bindparam("person"), person.c.active.is_(True), role_assignment.c.revoked_at.is_(None))
)


class People:
    """Persons and roles; `logins` are their own service, since one person may have several."""

    def __init__(self, clock: Clock, parameters: Parameters) -> None:
        self._clock = clock
        self.logins = Logins(clock, parameters)

    def add(self, connection: Connection, *, name_zh: str, name_en: str, department: str = "") -> Person:
        """A new person, with no login and no role yet."""
        values = {"name_zh": name_zh, "name_en": name_en, "department": department, "active": True}
        statement = insert(person).values(**values, created_at=self._clock.now()).returning(*_PERSON)
        return Person(**connection.execute(statement).one()._asdict())

    def get(self, connection: Connection, key: int) -> Person:
        """The person with this key. Raises RecordNotFound."""
        row = _BY_KEY.first(connection, {"key": key})
        if row is None:
            raise RecordNotFound(what=Record.PERSON, key=key)
        return Person(**row._asdict())

    def by_keys(self, connection: Connection, keys: Iterable[int]) -> dict[int, Person]:
        """The persons with these keys, for names on a page; unknown keys are left out."""
        rows = connection.execute(select(*_PERSON).where(person.c.key.in_(set(keys))))
        return {row.key: Person(**row._asdict()) for row in rows}

    def all(self, connection: Connection) -> list[Person]:
        """Every person, oldest first."""
        return [Person(**row._asdict()) for row in connection.execute(select(*_PERSON).order_by(person.c.key))]

    def deactivate(self, connection: Connection, key: int) -> None:
        """The person has left: no sign-in, no roles; records keep the name."""
        self.get(connection, key)
        connection.execute(update(person).where(person.c.key == key).values(active=False))
        forget_answers(connection)

    def authenticate(self, connection: Connection, login_name: str, password: str) -> Authentication:
        """Check a sign-in. The caller commits whatever the answer, so that failures count towards the lock-out."""
        found = self.logins.by_name(connection, login_name)
        owner = None if found is None else self.get(connection, found.person)
        refusal = self.logins.check(connection, found, owner, password)
        if refusal is not None or found is None or owner is None:
            return Authentication(refusal=refusal, login=None if found is None else found.key)
        signed_in = self.logins.signed_in(connection, found.key)
        return Authentication(
            session=Session(person=owner, login=signed_in, roles=self.roles(connection, owner.key)),
            login=found.key,
        )

    def session(self, connection: Connection, login_key: int, session_version: int) -> Session | None:
        """The session of a login as of now, or None when it has ended (disabled, left, password changed)."""
        found = self.logins.find(connection, login_key)
        if found is None or found.disabled or found.session_version != session_version:
            return None
        owner = self.get(connection, found.person)
        if not owner.active:
            return None
        return Session(person=owner, login=found, roles=self.roles(connection, owner.key))

    def roles(self, connection: Connection, key: int) -> frozenset[str]:
        """The ids of the roles a person holds now; none for a person who has left or is unknown."""
        return once(
            connection,
            ("roles", key),
            lambda: frozenset(row.role for row in _ROLES.all(connection, {"person": key})),
        )

    def holders(self, connection: Connection, role: str) -> list[Person]:
        """The active persons who hold a role now, oldest first."""
        rows = connection.execute(
            select(*_PERSON)
            .join(role_assignment, person.c.key == role_assignment.c.person)
            .where(role_assignment.c.role == role, role_assignment.c.revoked_at.is_(None), person.c.active.is_(True))
            .order_by(person.c.key)
        )
        return [Person(**row._asdict()) for row in rows]

    def assignments(self, connection: Connection, key: int) -> list[RoleAssignment]:
        """All assignments a person has and had, oldest first: what the periodic check of permissions reads."""
        rows = connection.execute(
            select(role_assignment).where(role_assignment.c.person == key).order_by(role_assignment.c.key)
        )
        return [RoleAssignment(**row._asdict()) for row in rows]

    def grant(self, connection: Connection, key: int, role: str, *, by: int | None) -> None:
        """Give a person a role; nothing happens when they hold it already.

        `by` is the granting administrator's person key; None only for the very first administrator, at
        set-up. Raises RoleUnknown, RoleNotForStaff, SelfGrantRefused, ActionNotAuthorised (R082–R083).
        """
        if role not in ROLES:
            raise RoleUnknown(role=role)
        if ROLES[role].side is Side.CUSTOMER:
            raise RoleNotForStaff(role=role)
        self._check_granter(connection, key, role, by)
        if role in self.roles(connection, self.get(connection, key).key):
            return
        connection.execute(
            insert(role_assignment).values(person=key, role=role, granted_by=by, granted_at=self._clock.now())
        )
        forget_answers(connection)

    def revoke(self, connection: Connection, key: int, role: str, *, by: int) -> None:
        """Take a role back. Raises SelfGrantRefused, ActionNotAuthorised, RecordNotFound when it is not held."""
        self._check_granter(connection, key, role, by)
        changed = connection.execute(
            update(role_assignment)
            .where(
                role_assignment.c.person == key,
                role_assignment.c.role == role,
                role_assignment.c.revoked_at.is_(None),
            )
            .values(revoked_by=by, revoked_at=self._clock.now())
        )
        forget_answers(connection)
        if changed.rowcount == 0:
            raise RecordNotFound(what=Record.ROLE_ASSIGNMENT, key=role)

    def administered_login(self, connection: Connection, login_name: str, *, by: int) -> Login:
        """The login an administrator is about to change.

        Raises RecordNotFound, ActionNotAuthorised, OwnLoginRefused (R082).
        """
        if ADMINISTRATOR not in self.roles(connection, by):
            raise ActionNotAuthorised(action="administer_login")
        found = self.logins.by_name(connection, login_name)
        if found is None:
            raise RecordNotFound(what=Record.LOGIN)
        if found.person == by:
            raise OwnLoginRefused()
        return found

    def _check_granter(self, connection: Connection, key: int, role: str, by: int | None) -> None:
        if by is None:
            ever = select(func.count()).select_from(role_assignment).where(role_assignment.c.role == ADMINISTRATOR)
            if role != ADMINISTRATOR or connection.execute(ever).scalar_one():
                raise ActionNotAuthorised(action="grant_role")
            return
        if by == key:
            raise SelfGrantRefused()
        if ADMINISTRATOR not in self.roles(connection, by):
            raise ActionNotAuthorised(action="grant_role")
