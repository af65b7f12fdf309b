"""Following an application: in with number and access code, what is asked now, withdrawing, out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import reduce

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bank.checks.fields import part, text
from engine.model.actor import Actor
from engine.model.errors import NotAuthorised, NotFound
from web.public import visit
from web.public.blueprint import KEPT, blueprint, sign_in_limit
from web.public.case import CustomerCase, Outcome, Wait, masked, moment_of, read_case
from web.public.wording import outcome_words, stage_words
from web.record import note
from web.security import limiter
from web.services import services
from web.uploads.listing import documents_of

_LONGEST_REASON = 500
_COME_IN = "customer_sign_in"
"""Action in the operations log; a number that names no case is not written down."""
_REFUSED = NotAuthorised(action=_COME_IN)
_DEADLINES = (
    (Wait.SUPPLEMENT, ("supplement", "deadline")),
    (Wait.SUPPLEMENT_AT_BRANCH, ("supplement", "deadline")),
    (Wait.SIGN, ("signing_deadline",)),
    (Wait.ACTIVATE, ("activation", "expires_on")),
)
"""Which variable says until when the customer is waited for."""


@blueprint.get("/status")
def status() -> Response | str:
    """Where the application stands; first the question for number and code."""
    number = visit.entered_case()
    if number is None:
        return render_template("public/enter.html", number="", refused=False)
    try:
        return _case_page(read_case(number))
    except NotFound:
        visit.leave()
        return redirect(url_for(".status"), 303)


@blueprint.post("/status")
@limiter.limit(sign_in_limit)
def look_up() -> Response | tuple[str, int]:
    """Let in whoever has number and code; an unknown number and a wrong code get the same answer."""
    number, code = request.form.get("number", "").strip().upper(), request.form.get("code", "")
    granted, exists = visit.applicant_door().access_granted(number, code), _exists(number)
    if not (granted and exists):
        note(Actor.system(_COME_IN), _COME_IN, refusal=_REFUSED, detail=f"case {number}" if exists else "")
        return render_template("public/enter.html", number=number, refused=True), 403
    note(Actor.customer(number), _COME_IN)
    visit.enter(number, code)
    return redirect(url_for(".status"), 303)


def _exists(number: str) -> bool:
    try:
        services().engine.process_instances.find(Actor.customer(number), number)
    except NotFound:
        return False
    return True


def _case_page(case: CustomerCase) -> str:
    with services().database.reading() as connection:
        letters = services().outbox.of_case(connection, case.number)
    documents = [each for each in documents_of(case.number) if each.uploaded_by is None]
    return render_template(
        "public/status.html",
        case=case,
        outcome=outcome_words(case.outcome) if case.outcome else None,
        stages=[(stage_words(stage), state) for stage, state in case.stage_states()],
        waits={wait.name: case.waiting(wait) for wait in Wait},
        deadline=_deadline(case),
        documents=documents,
        letters=[(_without_number(each.subject, case.number), each) for each in letters],
        account_number=masked(case.account.number) if case.account else "",
    )


def _without_number(subject: str, number: str) -> str:
    """A letter's subject on a page that names the application anyway."""
    for bracketed in (f"（{number}）", f" ({number})"):
        subject = subject.replace(bracketed, "")
    return subject


def _deadline(case: CustomerCase) -> dt.datetime | None:
    """Until when the customer is to do what is asked of them, where the case says so."""
    for wait, (*around, name) in _DEADLINES:
        waiting = case.waiting(wait)
        if waiting is not None:
            variables: Mapping[str, object] = case.visible_at(waiting)
            return moment_of(text(reduce(part, around, variables), name))
    return None


@blueprint.get("/status/withdraw")
@visit.for_customer
def withdraw(case: CustomerCase) -> Response | str:
    """Ask before the application is withdrawn."""
    if not case.may_withdraw:
        flash(_("The application cannot be withdrawn now."), "info")
        return redirect(url_for(".status"), 303)
    return render_template("public/withdraw.html", case=case)


@blueprint.post("/status/withdraw")
@limiter.limit(sign_in_limit)
@visit.for_customer
def confirm_withdrawal(case: CustomerCase) -> Response:
    """Withdraw the application; a second click changes nothing."""
    if case.may_withdraw:
        reason = request.form.get("reason", "").strip()[:_LONGEST_REASON]
        services().engine.messages.correlate(
            case.actor,
            "application_withdrawn",
            case.number,
            {"withdrawal": {"reason": reason}},
            message_id="withdrawal",
            time_to_live=KEPT,
        )
    elif case.outcome is not Outcome.WITHDRAWN:
        flash(_("The application cannot be withdrawn now."), "info")
    return redirect(url_for(".status"), 303)


@blueprint.post("/status/sign-out")
def leave() -> Response:
    """End the visit."""
    visit.leave()
    session.modified = True
    flash(_("You have signed out."))
    return redirect(url_for(".status"), 303)
