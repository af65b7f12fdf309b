"""An account for the staff: balance, limits used today and this year, entries, transfers; payments in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bank.errors import ActionNotAuthorised
from bank.ledger import ReferenceUsedOtherwise
from bank.transfers import IncomingRefused, IncomingSource
from bank.transfers.door import RECEIVE_PAYMENT, VIEW_ACCOUNT, AccountDoor
from engine.services.answers import ProcessInstance
from persistence.errors import KaihuError
from web.identity import acting, for_signed_in
from web.languages import in_language, language
from web.record import note
from web.services import services

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")

_SOURCES = {IncomingSource.CASH.value: IncomingSource.CASH, IncomingSource.OTHER_BANK.value: IncomingSource.OTHER_BANK}
_LONGEST_REFERENCE = 100


@blueprint.get("/<int:key>")
@for_signed_in
def account(key: int) -> str:
    """One account; every look is on record, and so is a refused one (M14)."""
    return _page(key)


@blueprint.post("/<int:key>/payments")
@for_signed_in
def receive(key: int) -> Response | tuple[str, int]:
    """Book a payment in; with errors, show the page again with what was typed."""
    yuan, reference = request.form.get("amount", ""), request.form.get("reference", "").strip()
    source = _SOURCES.get(request.form.get("source", ""))
    if source is None or not reference or len(reference) > _LONGEST_REFERENCE:
        return _page(key, wrong=_("Please say where the money came from and under which reference.")), 400
    try:
        _door().receive(key, yuan, source, reference=reference, by=_person())
    except ActionNotAuthorised as refusal:
        note(acting(), RECEIVE_PAYMENT, refusal=refusal, detail=f"account {key}")
        raise
    except (IncomingRefused, ReferenceUsedOtherwise) as refusal:
        note(acting(), RECEIVE_PAYMENT, refusal=refusal, detail=f"account {key}")
        return _page(key, wrong=_sentence(refusal)), 400
    note(acting(), RECEIVE_PAYMENT, detail=f"account {key}")
    flash(_("The payment has been booked."))
    return redirect(url_for(".account", key=key), 303)


def account_of_case(instance: ProcessInstance) -> int | None:
    """The key of the account a case is about, for its link; None for who may not see it."""
    return _door().of_case(instance.business_key, by=_person())


def _page(key: int, wrong: str = "") -> str:
    try:
        sheet = _door().sheet(key, by=_person())
    except KaihuError as refusal:
        note(acting(), VIEW_ACCOUNT, refusal=refusal, detail=f"account {key}")
        raise
    note(acting(), VIEW_ACCOUNT, detail=f"account {key}")
    return render_template(
        "accounts/account.html", sheet=sheet, wrong=wrong, typed=request.form, sources=list(_SOURCES)
    )


def _sentence(refusal: KaihuError) -> str:
    found = refusal.findings if isinstance(refusal, IncomingRefused) else ()
    return " ".join(in_language(each.zh, each.en) for each in found) or refusal.message(language())


def _door() -> AccountDoor:
    parts = services()
    return AccountDoor(parts.database, parts.bank, parts.clock)


def _person() -> int:
    person = acting().person
    assert person is not None  # staff
    return person
