"""Signing in on the command line: the same check as on the page, and the same line in the operations log."""

from __future__ import annotations

import os

import click

from bank.people import Authentication, Session, SignInDoor
from cli.parts import Parts
from cli.wording import in_language
from engine.journal import Outcome
from engine.model.actor import Actor
from persistence.errors import ErrorKind, KaihuError
from persistence.settings import Settings

_SIGN_IN = "sign_in"


class OwnPasswordNeeded(KaihuError):
    """Whoever made the login knows its generated password. Fields: `login`."""

    code = "own_password_needed"
    kind = ErrorKind.FORBIDDEN
    en = "Choose a password of your own first: kaihu password {login}"
    zh = "请先设置本人密码：kaihu password {login}"


def sign_in(parts: Parts, login_name: str) -> Actor:
    """The person behind a login, after its password was given (asked for, or KAIHU_PASSWORD).

    Raises SignInRefused, SignInLocked, SignInDisabled, OwnPasswordNeeded.
    """
    session, _ = session_of(parts, login_name)
    if session.login.must_change_password:
        raise OwnPasswordNeeded(login=login_name)
    return _actor(session)


def session_of(parts: Parts, login_name: str) -> tuple[Session, str]:
    """The session and the password given for it. The attempt is committed and on record whatever its answer.

    Raises SignInRefused, SignInLocked, SignInDisabled.
    """
    password = os.environ.get("KAIHU_PASSWORD") or click.prompt(
        in_language(parts.settings, zh="密码", en="password"), hide_input=True, err=True
    )
    answer = SignInDoor(parts.database, parts.bank.people).authenticate(login_name, password)
    _record(parts, answer)
    if answer.session is None:
        assert answer.refusal is not None
        raise answer.refusal
    return answer.session, password


def new_password(settings: Settings) -> str:
    """A new password, asked for twice, or KAIHU_NEW_PASSWORD."""
    given = os.environ.get("KAIHU_NEW_PASSWORD")
    asked, again = (
        in_language(settings, zh="新密码", en="new password"),
        in_language(settings, zh="再次输入新密码", en="the new password again"),
    )
    return given or str(click.prompt(asked, hide_input=True, confirmation_prompt=again, err=True))


def _record(parts: Parts, answer: Authentication) -> None:
    if answer.session is not None:
        parts.engine.history.record(_actor(answer.session), _SIGN_IN)
    elif answer.refusal is not None:
        detail = "" if answer.login is None else f"login {answer.login}"
        refused, code = Outcome.REFUSED, answer.refusal.code
        parts.engine.history.record(Actor.system(_SIGN_IN), _SIGN_IN, outcome=refused, code=code, detail=detail)


def _actor(session: Session) -> Actor:
    return Actor.staff(session.person.key, session.login.key)
