"""The account agreement: risks and fees first, then the text; read, understood, signed (R023, R024)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bank.agreements import AgreementTemplate, terms_digest
from bank.checks.fields import part, text
from bank.checks.signers import may_sign
from bank.clock import local_date
from engine.model.values import Value
from engine.services.answers import Activity
from web.public import visit
from web.public.blueprint import KEPT, blueprint, sign_in_limit
from web.public.case import CustomerCase, Wait
from web.public.wording import scope_words
from web.security import limiter
from web.services import parameter_door, services

_MINIMUM = "agreement_minimum_reading_seconds"
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Offer:
    """What the customer is asked to sign: the bank's text and the terms of the case."""

    activity: Activity
    template: AgreementTemplate
    terms: Mapping[str, Value]
    application: Mapping[str, object]
    language: str
    """Of the agreement, as prepared: "zh" or "en"."""
    minimum_seconds: int
    """Of reading, by the parameters the case goes by."""

    @property
    def terms_digest(self) -> str:
        """Changes with every term."""
        return terms_digest(self.terms)

    @property
    def content(self) -> str:
        """Names exactly what is shown: two offers with the same content read the same."""
        return f"{self.activity.number}-{self.template.digest}-{self.terms_digest}"

    def words(self, chinese: str, english: str) -> str:
        """The text in the agreement's language."""
        return english if self.language == "en" else chinese

    @property
    def services(self) -> list[str]:
        """What the agreement covers."""
        codes = self.terms.get("scope")
        return [scope_words(code) for code in codes if isinstance(code, str)] if isinstance(codes, list) else []


@blueprint.get("/agreement")
@visit.for_customer
def agreement(case: CustomerCase) -> Response | str:
    """The agreement to read; the time of reading begins with its first showing."""
    offer = _offer(case)
    return _nothing_to_sign() if offer is None else _page(case, offer, {})


@blueprint.post("/agreement")
@limiter.limit(sign_in_limit)
@visit.for_customer
def sign(case: CustomerCase) -> Response | tuple[str, int]:
    """Send the consent, if it is to what is offered now. A second click changes nothing."""
    content, offer = request.form.get("content", ""), _offer(case)
    if offer is None:
        return _thanks() if case.was_done(Wait.SIGN, content.partition("-")[0]) else _nothing_to_sign()
    if content != offer.content:
        flash(_("The agreement has changed since you opened it. Please read it again."), "warning")
        return _page(case, offer, {}), 409
    seconds = visit.note_agreement_shown(offer.content)
    wrong = _wrong(offer, seconds)
    if wrong:
        return _page(case, offer, wrong), 400
    _send(case, offer, seconds)
    return _thanks()


def _offer(case: CustomerCase) -> Offer | None:
    """What waits for the customer's signature. Raises RecordNotFound for a version the bank does not know."""
    activity = case.waiting(Wait.SIGN)
    if activity is None:
        return None
    variables = case.visible_at(activity)
    terms = variables.get("agreement")
    terms = terms if isinstance(terms, Mapping) else {}
    application = part(variables, "application")
    return Offer(
        activity=activity,
        template=services().bank.agreements.version(text(terms, "version")),
        terms=terms,
        application=application,
        language=text(terms, "language") or text(application, "language") or "zh",
        minimum_seconds=parameter_door().of_case(variables).integer(_MINIMUM),
    )


def _wrong(offer: Offer, seconds: int) -> dict[str, str]:
    """What is missing, by field."""
    minimum, wrong = offer.minimum_seconds, {}
    if not _signer():
        wrong["signed_by"] = _("Please type the full name of the person who signs.")
    elif not may_sign(offer.application, _signer(), local_date(services().clock.now())):
        wrong["signed_by"] = _(
            "Only the applicant, the guardian of a minor, the legal representative or the authorised operator may sign."
        )
    if request.form.get("agreed") != "yes":
        wrong["agreed"] = _("Please confirm that you have read and understood the agreement and agree to it.")
    if seconds < minimum and not wrong:
        wrong["agreed"] = _("Please take the time to read the agreement: at least %(count)s seconds.", count=minimum)
    return wrong


def _signer() -> str:
    return " ".join(request.form.get("signed_by", "").split())[:_LONGEST_NAME]


def _send(case: CustomerCase, offer: Offer, seconds: int) -> None:
    consent = {
        "version": offer.template.version,
        "digest": offer.template.digest,
        "terms_digest": offer.terms_digest,
        "signed_by": _signer(),
        "read_seconds": seconds,
        "consented_at": services().clock.now().isoformat(),
    }
    services().engine.messages.correlate(
        case.actor,
        "agreement_signed",
        case.number,
        {"consent": consent},
        message_id=f"agreement-{offer.activity.number}",
        time_to_live=KEPT,
    )


def _nothing_to_sign() -> Response:
    flash(_("There is no agreement to sign at present."), "info")
    return redirect(url_for(".status"), 303)


def _thanks() -> Response:
    flash(_("Thank you, the agreement is signed. The bank signs next."))
    return redirect(url_for(".status"), 303)


def _page(case: CustomerCase, offer: Offer, wrong: Mapping[str, str]) -> str:
    visit.note_agreement_shown(offer.content)
    return render_template(
        "public/agreement.html", case=case, offer=offer, wrong=wrong, signed_by=request.form.get("signed_by", "")
    )
