"""What the bank goes by: its parameters with source and certainty, its own days, the norms, and every change."""

from __future__ import annotations

from flask import Blueprint, render_template

from bank.calendar import is_public_business_day
from bank.errors import RecordNotFound
from bank.terms import Record
from web.identity import for_signed_in
from web.rules.wording import bounds_words, kind_words, origin_words, value_words
from web.services import parameter_door, services

blueprint = Blueprint("rules", __name__, url_prefix="/rules")


@blueprint.get("/")
@for_signed_in
def parameters() -> str:
    """Every parameter in force."""
    return _page("parameters", parameters=parameter_door().newest())


@blueprint.get("/parameters/<name>")
@for_signed_in
def parameter(name: str) -> str:
    """One parameter: every value it has had, who changed it and who agreed. 404 when there is none such."""
    door = parameter_door()
    if name not in door.newest().entries:
        raise RecordNotFound(what=Record.PARAMETER)
    adopted = {adoption.version: adoption for adoption in door.adoptions()}
    return _page("parameter", values=door.values_of(name), adopted=adopted)


@blueprint.get("/calendar")
@for_signed_in
def calendar() -> str:
    """The days on which the bank departs from the public calendar, the latest first."""
    own = parameter_door().newest().days.values()
    days = sorted((day for day in own if day.business_day is not None), key=lambda day: day.day, reverse=True)
    return _page("calendar", days=days, is_public=is_public_business_day)


@blueprint.get("/norms")
@for_signed_in
def norms() -> str:
    """The register of norms."""
    return _page("norms", norms=services().norms)


@blueprint.get("/changes")
@for_signed_in
def changes() -> str:
    """Every version but the one that ships, newest first."""
    door = parameter_door()
    return _page("changes", adoptions=door.adoptions(), entries=door.newest().entries)


def _page(tab: str, **shown: object) -> str:
    words = {"value_words": value_words, "bounds_words": bounds_words, "kind_words": kind_words}
    return render_template(f"rules/{tab}.html", tab=tab, origin_words=origin_words, **words, **shown)
