"""Activating the account: by the link in the letter, or from the status page (R026).

Looking never activates, since mail programs open links on their own; only the button does.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bank.accounts import Account, AccountStatus, ActivationOverdue, ActivationSpent
from bank.errors import RecordNotFound
from engine.model.actor import Actor
from web.public import visit
from web.public.blueprint import KEPT, blueprint, sign_in_limit
from web.public.case import CustomerCase, Wait, masked
from web.security import limiter
from web.services import services

Page = tuple[str, int]


@blueprint.get("/activate/<token>")
@limiter.limit(sign_in_limit)
def activate(token: str) -> str | Page:
    """Which account the link is for, and the button."""
    found = _by_token(token)
    return _refusal(found) if isinstance(found, Exception) else _question(found)


@blueprint.post("/activate/<token>")
@limiter.limit(sign_in_limit)
def confirm_activation(token: str) -> str | Page:
    """Activate the account of the link."""
    found = _by_token(token)
    if isinstance(found, Exception):
        return _refusal(found)
    _send(found)
    return render_template("public/activated.html", account=found, masked=masked(found.number))


@blueprint.get("/activate")
@visit.for_customer
def activate_own(case: CustomerCase) -> Response | str:
    """The same for a customer who has come in with number and code, such as one without a mail address."""
    account = _pending(case)
    return _nothing_to_activate() if account is None else _question(account)


@blueprint.post("/activate")
@limiter.limit(sign_in_limit)
@visit.for_customer
def confirm_own_activation(case: CustomerCase) -> Response | str:
    """Activate the account of the customer's own case."""
    account = _pending(case)
    if account is None:
        return _nothing_to_activate()
    _send(account)
    return render_template("public/activated.html", account=account, masked=masked(account.number))


def _by_token(token: str) -> Account | RecordNotFound | ActivationOverdue | ActivationSpent:
    with services().database.reading() as connection:
        try:
            return services().bank.accounts.by_token(connection, token, services().clock.now())
        except (RecordNotFound, ActivationOverdue, ActivationSpent) as refusal:
            return refusal


def _pending(case: CustomerCase) -> Account | None:
    """The account, while its case waits for the customer."""
    account = case.account
    if account is None or account.status is not AccountStatus.PENDING_ACTIVATION or not case.waiting(Wait.ACTIVATE):
        return None
    return account


def _send(account: Account) -> None:
    services().engine.messages.correlate(
        Actor.customer(account.business_key),
        "account_activated",
        account.business_key,
        {},
        message_id=f"activation-{account.key}",
        time_to_live=KEPT,
    )


def _question(account: Account) -> str:
    return render_template("public/activate.html", account=account, masked=masked(account.number))


def _nothing_to_activate() -> Response:
    flash(_("There is no account to activate at present."), "info")
    return redirect(url_for(".status"), 303)


def _refusal(refused: RecordNotFound | ActivationOverdue | ActivationSpent) -> Page:
    """A clear page for each reason; the link itself is never repeated."""
    if isinstance(refused, ActivationSpent):
        title, text, status = (
            _("This link has been used"),
            _("Your account has been activated with it, or a newer letter replaced it."),
            410,
        )
    elif isinstance(refused, ActivationOverdue):
        title, text, status = (
            _("This link has expired"),
            _("The account was not activated in time. Please contact your branch if you still need it."),
            410,
        )
    else:
        title, text, status = (
            _("We do not know this link"),
            _("Please open the link from our letter again, and check that it is complete."),
            404,
        )
    return render_template("public/activation_refused.html", title=title, text=text), status
