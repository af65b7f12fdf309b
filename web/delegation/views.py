"""One page with what stands, a form for deputies and one for absences. Every rule is the bank's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bank.clock import local_date
from bank.delegation import DelegationTimeWrong
from bank.delegation.door import DelegationDoor
from persistence.errors import ErrorKind, KaihuError
from persistence.keys import key_in
from web.identity import acting, for_signed_in
from web.languages import language
from web.record import note
from web.services import services

blueprint = Blueprint("delegation", __name__, url_prefix="/delegation")
_STATUS = {ErrorKind.FORBIDDEN: 403, ErrorKind.NOT_FOUND: 404, ErrorKind.CONFLICT: 409}


def _door() -> DelegationDoor:
    parts = services()
    return DelegationDoor(parts.database, parts.bank.delegations, parts.bank.people)


def _me() -> int:
    person = acting().person
    assert person is not None  # staff
    return person


@blueprint.get("/")
@for_signed_in
def overview() -> str:
    """What stands, and the empty forms."""
    return _page()


def _page(refused: str = "", refusal: KaihuError | None = None, typed: Mapping[str, str] | None = None) -> str:
    """`refused` names the form that was sent back, `typed` is what it held."""
    return render_template(
        "delegation/overview.html",
        overview=_door().overview(_me()),
        me=_me(),
        today=local_date(services().clock.now()),
        one_microsecond=dt.timedelta(microseconds=1),
        refused=refused,
        refusal=refusal.message(language()) if refusal else "",
        typed=typed or {},
        chosen=request.form.getlist("role") if refused == "deputy" else (),
    )


@blueprint.post("/deputies")
@for_signed_in
def give() -> Response | tuple[str, int]:
    """Make somebody a deputy."""

    def act(door: DelegationDoor) -> int:
        first, last = _days()
        return door.give(
            person=_chosen("person") or _me(),
            deputy=_chosen("deputy") or _me(),
            roles=request.form.getlist("role"),
            first=first,
            last=last,
            reason=request.form.get("reason", ""),
            by=_me(),
        ).key

    return _done("give_delegation", act, _("The deputy has been entered."), form="deputy")


@blueprint.post("/deputies/<int:key>/end")
@for_signed_in
def end(key: int) -> Response | tuple[str, int]:
    """End a delegation."""
    return _done("end_delegation", lambda door: door.end(key, by=_me()), _("The delegation has been ended."))


@blueprint.post("/absences")
@for_signed_in
def enter_absence() -> Response | tuple[str, int]:
    """Put an absence on record."""

    def act(door: DelegationDoor) -> int:
        first, last = _days()
        reason = request.form.get("reason", "")
        return door.enter_absence(
            person=_chosen("person") or _me(), first=first, last=last, reason=reason, by=_me()
        ).key

    return _done("enter_absence", act, _("The absence has been entered."), form="absence")


@blueprint.post("/absences/<int:key>/end")
@for_signed_in
def end_absence(key: int) -> Response | tuple[str, int]:
    """The person is back."""
    return _done("end_absence", lambda door: door.end_absence(key, by=_me()), _("The absence has been ended."))


def _chosen(name: str) -> int | None:
    return key_in(request.form.get(name))


def _days() -> tuple[dt.date, dt.date]:
    """First and last day as typed. Raises DelegationTimeWrong when one of them is no date."""
    try:
        return dt.date.fromisoformat(request.form.get("first", "")), dt.date.fromisoformat(request.form.get("last", ""))
    except ValueError as error:
        longest = _longest()
        raise DelegationTimeWrong(maximum=longest) from error


def _longest() -> int:
    with services().database.reading() as connection:
        return services().bank.parameters.integer(connection, "delegation_longest_days")


def _done(
    action: str, act: Callable[[DelegationDoor], int], told: str, *, form: str = "list"
) -> Response | tuple[str, int]:
    """Do it, on record whatever comes of it; a refusal is shown where it was asked, with what was typed."""
    try:
        key = act(_door())
    except KaihuError as refusal:
        note(acting(), action, refusal=refusal)
        return _page(form, refusal, request.form), _STATUS.get(refusal.kind, 400)
    note(acting(), action, detail=f"record {key}")
    flash(told)
    return redirect(url_for(".overview"), 303)
