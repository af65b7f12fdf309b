"""Logins: signing in, locking out, changing passwords."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from bank.clock import Clock
from bank.errors import RecordNotFound
from bank.parameters import Parameters
from bank.people import passwords
from bank.people.errors import (
    CurrentPasswordWrong,
    LoginNameTaken,
    PasswordTooWeak,
    SignInDisabled,
    SignInLocked,
    SignInRefused,
)
from bank.people.records import Login, Person
from bank.people.tables import login
from bank.terms import Record
from persistence.errors import KaihuError
from persistence.prepared import Prepared

_COLUMNS = tuple(column for column in login.c if column.name not in ("password_hash", "created_at"))
_BY_KEY = Prepared(select(*_COLUMNS).where(login.c.key == bindparam("key")))  # asked with every request


class Logins:
    """The logins of the bank's people."""

    def __init__(self, clock: Clock, parameters: Parameters) -> None:
        self._clock = clock
        self._parameters = parameters

    def add(
        self, connection: Connection, person: int, name: str, *, must_change_password: bool = True
    ) -> tuple[Login, str]:
        """A further login for a person, and its generated password, which is kept nowhere.

        The person must change it at the first sign-in, except in a demo. Raises LoginNameTaken.
        """
        password = passwords.generate()
        values = {
            "person": person,
            "name": canonical(name),
            "password_hash": passwords.hash_of(password),
            "must_change_password": must_change_password,
            "failed_attempts": 0,
            "disabled": False,
            "session_version": 1,
            "created_at": self._clock.now(),
        }
        try:
            with connection.begin_nested():
                row = connection.execute(insert(login).values(values).returning(*_COLUMNS)).one()
        except IntegrityError as error:
            raise LoginNameTaken() from error
        return Login(**row._asdict()), password

    def get(self, connection: Connection, key: int) -> Login:
        """The login with this key. Raises RecordNotFound."""
        found = self.find(connection, key)
        if found is None:
            raise RecordNotFound(what=Record.LOGIN, key=key)
        return found

    def find(self, connection: Connection, key: int) -> Login | None:
        """The login with this key, or None."""
        row = _BY_KEY.first(connection, {"key": key})
        return None if row is None else Login(**row._asdict())

    def by_name(self, connection: Connection, name: str) -> Login | None:
        """The login with this name, whatever the letters' case, or None."""
        row = connection.execute(select(*_COLUMNS).where(login.c.name == canonical(name))).first()
        return None if row is None else Login(**row._asdict())

    def of_person(self, connection: Connection, person: int) -> list[Login]:
        """All logins of a person, oldest first."""
        rows = connection.execute(select(*_COLUMNS).where(login.c.person == person).order_by(login.c.key))
        return [Login(**row._asdict()) for row in rows]

    def check(
        self, connection: Connection, found: Login | None, person: Person | None, password: str
    ) -> KaihuError | None:
        """Why this attempt to sign in fails, or None; counts failures and locks out (R082)."""
        if found is not None and found.locked_until is not None and found.locked_until > self._clock.now():
            minutes = math.ceil((found.locked_until - self._clock.now()) / dt.timedelta(minutes=1))
            return SignInLocked(minutes=minutes)
        if not passwords.matches(password, self._hash(connection, found)) or found is None:
            return SignInRefused() if found is None else self._count_failure(connection, found)
        if found.disabled or person is None or not person.active:
            return SignInDisabled()
        return None

    def _count_failure(self, connection: Connection, found: Login) -> KaihuError:
        limit = self._parameters.integer(connection, "sign_in_attempts")
        minutes = self._parameters.integer(connection, "sign_in_lock_minutes")
        count = connection.execute(
            update(login)
            .where(login.c.key == found.key)
            .values(failed_attempts=login.c.failed_attempts + 1)
            .returning(login.c.failed_attempts)
        ).scalar_one()
        if count < limit:
            return SignInRefused()
        until = self._clock.now() + dt.timedelta(minutes=minutes)
        self._set(connection, found.key, failed_attempts=0, locked_until=until)
        return SignInLocked(minutes=minutes)

    def signed_in(self, connection: Connection, key: int) -> Login:
        """Note a successful sign-in: the count of failures starts anew."""
        self._set(connection, key, failed_attempts=0, locked_until=None, last_signed_in_at=self._clock.now())
        return self.get(connection, key)

    def minimum_length(self, connection: Connection) -> int:
        """How many characters a password needs."""
        return self._parameters.integer(connection, "password_minimum_length")

    def change_password(self, connection: Connection, key: int, current: str, new: str) -> Login:
        """The person's own change of password; all other sessions of the login end.

        Raises CurrentPasswordWrong, or PasswordTooWeak when `new` breaks the rule.
        """
        found = self.get(connection, key)
        if not passwords.matches(current, self._hash(connection, found)):
            raise CurrentPasswordWrong()
        minimum = self.minimum_length(connection)
        if len(new) < minimum or found.name in canonical(new) or new == current:
            raise PasswordTooWeak(minimum=minimum)
        return self._replace_password(connection, found, new, must_change=False)

    def reset_password(self, connection: Connection, key: int) -> str:
        """A new generated password for a login, unlocking it; to be changed at the next sign-in."""
        password = passwords.generate()
        self._replace_password(connection, self.get(connection, key), password, must_change=True)
        return password

    def disable(self, connection: Connection, key: int) -> None:
        """Bar a login and end its sessions."""
        found = self.get(connection, key)
        self._set(connection, key, disabled=True, session_version=found.session_version + 1)

    def end_sessions(self, connection: Connection, key: int) -> None:
        """End every session of a login, wherever its cookie was copied to (OWASP ASVS 5.0, V7.4.1)."""
        self._set(connection, key, session_version=login.c.session_version + 1)

    def enable(self, connection: Connection, key: int) -> None:
        """Let a disabled or locked login sign in again."""
        self._set(connection, key, disabled=False, failed_attempts=0, locked_until=None)

    def _replace_password(self, connection: Connection, found: Login, password: str, *, must_change: bool) -> Login:
        self._set(
            connection,
            found.key,
            password_hash=passwords.hash_of(password),
            must_change_password=must_change,
            failed_attempts=0,
            locked_until=None,
            session_version=found.session_version + 1,
        )
        return self.get(connection, found.key)

    def _hash(self, connection: Connection, found: Login | None) -> str | None:
        if found is None:
            return None
        stored = connection.execute(select(login.c.password_hash).where(login.c.key == found.key))
        return str(stored.scalar_one())

    def _set(self, connection: Connection, key: int, **values: object) -> None:
        changed = connection.execute(update(login).where(login.c.key == key).values(**values))
        if changed.rowcount != 1:
            raise RecordNotFound(what=Record.LOGIN, key=key)


def canonical(name: str) -> str:
    """The one spelling of a login name: NFKC, no surrounding space, lower case."""
    return unicodedata.normalize("NFKC", name).strip().casefold()
