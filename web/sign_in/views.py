"""The sign-in page, and the page to choose one's own password."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from bank.people import Authentication, CurrentPasswordWrong, PasswordTooWeak
from engine.model.actor import Actor
from web.identity import SignedIn, acting, for_signed_in, sign_in_door
from web.languages import language, local_path
from web.record import note
from web.security import limiter

blueprint = Blueprint("sign_in", __name__)

_SIGN_IN, _SIGN_OUT, _CHANGE_PASSWORD = "sign_in", "sign_out", "change_password"
"""Actions in the operations log."""


def _limit() -> str:
    return str(current_app.config["SIGN_IN_LIMIT"])


@blueprint.get("/sign-in")
def enter() -> Response | tuple[str, int]:
    """Ask for name and password."""
    return redirect(url_for("start.home")) if current_user.is_authenticated else _page(200)


@blueprint.post("/sign-in")
@limiter.limit(_limit)
def sign_in() -> Response | tuple[str, int]:
    """Check name and password; by POST alone, since neither form token nor rate limit holds for HEAD."""
    answer = sign_in_door().authenticate(request.form.get("name", ""), request.form.get("password", ""))
    _record(answer)
    if answer.session is None:
        return _page(403, answer.refusal.message(language()) if answer.refusal else "")
    _renew_session()  # nothing of the anonymous session survives (session fixation)
    session.permanent = True
    login_user(SignedIn(answer.session))
    return redirect(local_path(request.args.get("next")), 303)


def _record(answer: Authentication) -> None:
    """Every attempt goes to the operations log: by whom it was, or which login it was about; never what was typed."""
    if answer.session is not None:
        note(Actor.staff(answer.session.person.key, answer.session.login.key), _SIGN_IN)
        return
    detail = "" if answer.login is None else f"login {answer.login}"
    note(Actor.system(_SIGN_IN), _SIGN_IN, refusal=answer.refusal, detail=detail)


def _page(status: int, refusal: str = "") -> tuple[str, int]:
    page = render_template("sign_in/sign_in.html", refusal=refusal, name=request.form.get("name", ""))
    return page, status


def _renew_session() -> None:
    """Empty the session; the chosen language stays."""
    chosen = session.get("language")
    session.clear()
    if chosen:
        session["language"] = chosen


@blueprint.get("/password")
@for_signed_in
def choose_password() -> str:
    """Ask for a new password; who signed in with a generated one comes here before anything else."""
    return _password_page()


@blueprint.post("/password")
@limiter.limit(_limit)
@for_signed_in
def change_password() -> Response | tuple[str, int]:
    """Change one's own password."""
    new = request.form.get("new", "")
    if new != request.form.get("repeated", ""):
        return _password_page(repeated=_("This is not the same as the new password.")), 400
    try:
        renewed = sign_in_door().change_password(current_user.session, request.form.get("current", ""), new)
    except CurrentPasswordWrong as error:
        note(acting(), _CHANGE_PASSWORD, refusal=error)
        return _password_page(current=error.message(language())), 400
    except PasswordTooWeak as error:
        return _password_page(new=error.message(language())), 400
    note(acting(), _CHANGE_PASSWORD)
    login_user(SignedIn(renewed))  # the version in the cookie moves on; other browsers are signed out
    flash(_("Your new password is in force."))
    return redirect(url_for("start.home"), 303)


def _password_page(**errors: str) -> str:
    login = current_user.session.login
    return render_template(
        "sign_in/password.html",
        errors=errors,
        forced=login.must_change_password,
        login=login.name,
        minimum=sign_in_door().minimum_length(),
    )


@blueprint.post("/sign-out")
@for_signed_in
def leave() -> Response:
    """End the session, and with it every copy of its cookie."""
    note(acting(), _SIGN_OUT)
    sign_in_door().sign_out(current_user.session)
    logout_user()
    _renew_session()
    return redirect(url_for(".enter"), 303)
