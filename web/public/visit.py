"""The customer's visit: which case this browser may see, from its access code until signing out or half an hour idle.

The session is a signed cookie without personal data: the case number, a mark of the access code, and times. A new
code ends every visit that began with an earlier one.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import flash, redirect, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bank.applications import ApplicantDoor, access_mark
from engine.model.errors import NotFound
from web.public.case import CustomerCase, read_case
from web.services import services

P = ParamSpec("P")
Answer = Response | str | tuple[str, int]

_IDLE = dt.timedelta(minutes=30)  # people walk away from shared computers
_CASE, _CODE, _SEEN = "customer_case", "customer_code", "customer_seen"
_APPLICANT, _FRESH = "applicant", "fresh_case"
_SHOWN = "agreement_shown"


def applicant_door() -> ApplicantDoor:
    """Where numbers and access codes are given and checked."""
    return ApplicantDoor(services().database, services().bank.applications)


def _now() -> float:
    return services().clock.now().timestamp()


def enter(business_key: str, code: str) -> None:
    """This browser has shown, with its access code, that it may see the case."""
    leave()
    session[_CASE], session[_CODE], session[_SEEN] = business_key, access_mark(code), _now()


def leave() -> None:
    """Forget every trace of the customer; a sign-in of the staff and the language stay."""
    for name in (_CASE, _CODE, _SEEN, _APPLICANT, _FRESH, _SHOWN):
        session.pop(name, None)


def entered_case() -> str | None:
    """The number of the case this browser may see now."""
    number = session.get(_CASE)
    if not isinstance(number, str):
        return None
    if _now() - float(session.get(_SEEN, 0)) > _IDLE.total_seconds() or not _code_stands(number):
        leave()
        return None
    session[_SEEN] = _now()
    return number


def _code_stands(number: str) -> bool:
    return applicant_door().access_stands(number, str(session.get(_CODE, "")))


def for_customer(
    view: Callable[Concatenate[CustomerCase, P], Answer],
) -> Callable[P, Answer]:
    """A view of the customer's own case; others are led to the page that asks for number and code."""

    @wraps(view)
    def with_case(*args: P.args, **kwargs: P.kwargs) -> Answer:
        number = entered_case()
        if number is None:
            flash(_("Please enter your application number and access code to go on."), "info")
            return redirect(url_for("public.status"), 303)
        try:
            case = read_case(number)
        except NotFound:  # restored from an older backup, say
            leave()
            return redirect(url_for("public.status"), 303)
        return view(case, *args, **kwargs)

    return with_case


def applicant() -> str:
    """A secret of this browser, so that nobody else can repeat its application."""
    if _APPLICANT not in session:
        session[_APPLICANT] = secrets.token_hex(16)
    return str(session[_APPLICANT])


def applied(business_key: str) -> None:
    """The application was accepted; its access code is still to be shown."""
    session[_FRESH] = business_key


def take_fresh_case() -> str | None:
    """The case whose access code is still to be shown, once."""
    number = session.pop(_FRESH, None)
    return number if isinstance(number, str) else None


def note_agreement_shown(content: str) -> int:
    """Seconds since this browser was first shown this content; another content begins anew."""
    shown = session.get(_SHOWN)
    if not (isinstance(shown, dict) and shown.get("content") == content):
        session[_SHOWN] = shown = {"content": content, "since": _now()}
    return max(0, int(_now() - float(shown["since"])))
