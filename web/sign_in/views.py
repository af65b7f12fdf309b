"""The sign-in page."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from web.identity import SignedIn, authenticate, for_signed_in
from web.languages import language, local_path
from web.security import limiter

blueprint = Blueprint("sign_in", __name__)


def _limit() -> str:
    return str(current_app.config["SIGN_IN_LIMIT"])


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(_limit, methods=["POST"])
def enter() -> Response | tuple[str, int]:
    """Show the page; check name and password."""
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(url_for("start.home"))
        return _page(200)
    answer = authenticate(request.form.get("name", ""), request.form.get("password", ""))
    if answer.session is None:
        return _page(403, answer.refusal.message(language()) if answer.refusal else "")
    chosen = session.get("language")
    session.clear()  # nothing of the anonymous session survives (session fixation)
    if chosen:
        session["language"] = chosen
    session.permanent = True
    login_user(SignedIn(answer.session))
    return redirect(local_path(request.args.get("next")), 303)


def _page(status: int, refusal: str = "") -> tuple[str, int]:
    page = render_template("sign_in/sign_in.html", refusal=refusal, name=request.form.get("name", ""))
    return page, status


@blueprint.post("/sign-out")
@for_signed_in
def leave() -> Response:
    """End the session; the language stays."""
    logout_user()
    chosen = session.get("language")
    session.clear()
    if chosen:
        session["language"] = chosen
    return redirect(url_for(".enter"), 303)
