"""The door people come in by: each method is one transaction, so that pages and commands open none."""

from __future__ import annotations

from collections.abc import Iterable

from bank.people.people import People
from bank.people.records import Authentication, Login, Person, Session
from persistence.database import Database


class SignInDoor:
    """Signing in, and changing one's own password (R082)."""

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people

    def minimum_length(self) -> int:
        """How many characters a password needs."""
        with self._database.reading() as connection:
            return self._people.logins.minimum_length(connection)

    def authenticate(self, login_name: str, password: str) -> Authentication:
        """Check an attempt; it is committed whatever the answer, so that failures count towards the lock-out."""
        with self._database.transaction() as transaction:
            return self._people.authenticate(transaction.connection, login_name, password)

    def session(self, login_key: int, session_version: int) -> Session | None:
        """The session as of now, or None when it has ended."""
        with self._database.reading() as connection:
            return self._people.session(connection, login_key, session_version)

    def sign_out(self, session: Session) -> None:
        """End every session of the login: a copy of this browser's cookie is worth nothing from now on."""
        with self._database.transaction() as transaction:
            self._people.logins.end_sessions(transaction.connection, session.login.key)

    def change_password(self, session: Session, current: str, new: str) -> Session:
        """Replace the person's own password; every session of the login ends but the one returned.

        Raises CurrentPasswordWrong, PasswordTooWeak.
        """
        with self._database.transaction() as transaction:
            login = self._people.logins.change_password(transaction.connection, session.login.key, current, new)
        return Session(person=session.person, login=login, roles=session.roles)

    def persons(self, keys: Iterable[int]) -> dict[int, Person]:
        """The persons with these keys, for names on a page; unknown keys are left out."""
        with self._database.reading() as connection:
            return self._people.by_keys(connection, keys)

    def roles(self, person: int) -> frozenset[str]:
        """The roles a person holds now."""
        with self._database.reading() as connection:
            return self._people.roles(connection, person)

    def holders(self, roles: Iterable[str]) -> list[Person]:
        """The active persons who hold one of `roles` now, oldest first."""
        with self._database.reading() as connection:
            found = {person.key: person for role in roles for person in self._people.holders(connection, role)}
        return [found[key] for key in sorted(found)]


class LoginDoor:
    """What an administrator does with other people's logins (R082).

    Every method raises RecordNotFound for an unknown login name, ActionNotAuthorised unless the person `by` is an
    administrator, OwnLoginRefused for a login of their own.
    """

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people

    def reset_password(self, login_name: str, *, by: int) -> tuple[Login, str]:
        """The login, unlocked, and its new generated password, to be changed at the next sign-in."""
        with self._database.transaction() as transaction:
            login = self._people.administered_login(transaction.connection, login_name, by=by)
            return login, self._people.logins.reset_password(transaction.connection, login.key)

    def disable(self, login_name: str, *, by: int) -> Login:
        """Bar the login and end its sessions."""
        with self._database.transaction() as transaction:
            login = self._people.administered_login(transaction.connection, login_name, by=by)
            self._people.logins.disable(transaction.connection, login.key)
            return login

    def enable(self, login_name: str, *, by: int) -> Login:
        """Let a disabled or locked login sign in again."""
        with self._database.transaction() as transaction:
            login = self._people.administered_login(transaction.connection, login_name, by=by)
            self._people.logins.enable(transaction.connection, login.key)
            return login
