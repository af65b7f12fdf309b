"""Who is signed in: read anew with every request, so that a disabled login ends at once (R082)."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from flask import Flask
from flask_login import LoginManager, UserMixin, current_user, login_required

from bank.people import Authentication, Session
from engine.model.actor import Actor
from web.languages import language
from web.services import services

P = ParamSpec("P")
R = TypeVar("R")


def for_signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """A view only for people who have signed in; others are led to the sign-in page."""
    return cast("Callable[P, R]", login_required(view))


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """The person behind the browser's session. Its id names the login and the login's session version."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get_id(self) -> str:
        """What the cookie holds: login and version; a changed password makes it worthless."""
        return f"{self.session.login.key}:{self.session.login.session_version}"

    @property
    def name(self) -> str:
        """The person's name for the reader."""
        return self.session.person.name(language())


def authenticate(name: str, password: str) -> Authentication:
    """Check a sign-in; the attempt is committed whatever the answer, so that failures count."""
    with services().database.transaction() as transaction:
        return services().bank.people.authenticate(transaction.connection, name, password)


def acting() -> Actor:
    """The signed-in person as the one who gives a command."""
    session: Session = current_user.session
    return Actor.staff(session.person.key, session.login.key)


def person_name(key: int | None) -> str:
    """The name of a person for the reader; a dash for nobody and for the unknown."""
    if key is None:
        return "–"
    with services().database.reading() as connection:
        found = services().bank.people.by_keys(connection, [key])
    return found[key].name(language()) if key in found else "–"


def _load(identifier: str) -> SignedIn | None:
    login, _, version = identifier.partition(":")
    if not (login.isdecimal() and version.isdecimal()):
        return None
    with services().database.reading() as connection:
        session = services().bank.people.session(connection, int(login), int(version))
    return SignedIn(session) if session else None


def know_people(app: Flask) -> None:
    """Install the sign-in on `app`."""
    manager = LoginManager(app)
    manager.login_view = "sign_in.enter"
    manager.login_message = None
    manager.session_protection = "basic"
    manager.user_loader(_load)
    app.jinja_env.globals["person_name"] = person_name
