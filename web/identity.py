"""Who is signed in: read anew with every request, so that a disabled login ends at once (R082)."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from flask import Flask, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user, login_required
from werkzeug.wrappers import Response

from bank.people import Person, Session, SignInDoor
from engine.model.actor import Actor
from web.languages import language
from web.services import services

P = ParamSpec("P")
R = TypeVar("R")

_OPEN_TO_GENERATED_PASSWORDS = frozenset(
    {
        "sign_in.choose_password",
        "sign_in.change_password",
        "sign_in.leave",
        "languages.choose",
        "health.live",
        "health.ready",
        "static",
    }
)
"""All a person reaches before they have a password of their own."""


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


def sign_in_door() -> SignInDoor:
    """Where people are asked for."""
    return SignInDoor(services().database, services().bank.people)


def acting() -> Actor:
    """The signed-in person as the one who gives a command."""
    session: Session = current_user.session
    return Actor.staff(session.person.key, session.login.key)


def person_name(key: int | None) -> str:
    """The name of a person for the reader; a dash for nobody and for the unknown."""
    if key is None:
        return "–"
    known: dict[int, Person] = g.setdefault("persons", {})
    if current_user.is_authenticated and key == current_user.session.person.key:
        return str(current_user.name)
    if key not in known:
        known.update(sign_in_door().persons([key]))
    return known[key].name(language()) if key in known else "–"


def _load(identifier: str) -> SignedIn | None:
    login, _, version = identifier.partition(":")
    if not (login.isdecimal() and version.isdecimal()):
        return None
    session = sign_in_door().session(int(login), int(version))
    return SignedIn(session) if session else None


def _own_password_first() -> Response | None:
    if request.endpoint in _OPEN_TO_GENERATED_PASSWORDS or not current_user.is_authenticated:
        return None
    session: Session = current_user.session
    return redirect(url_for("sign_in.choose_password")) if session.login.must_change_password else None


def know_people(app: Flask) -> None:
    """Install the sign-in on `app`."""
    manager = LoginManager(app)
    manager.login_view = "sign_in.enter"
    manager.login_message = None
    manager.session_protection = "basic"
    manager.user_loader(_load)
    app.before_request(_own_password_first)
    app.jinja_env.globals.update(person_name=person_name, holders=lambda roles: sign_in_door().holders(roles))
