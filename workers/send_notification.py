"""`send-notification`: one letter to the customer, by the template the diagram names (R026).

The letter goes to the address in the application. Without an address nothing is sent and the result says so:
the customer is then told at the counter or sees it on the status page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bank.checks.contact import check_mail_address
from bank.checks.fields import part, rows, text, whole
from bank.clock import BANK_ZONE
from bank.systems import Mail, SystemUnavailable
from engine.model.values import Value
from engine.worker_api import Completed, Failed, Handler, Job, Mode, Parameter, Result
from persistence.settings import Settings
from workers.activation_token import activation_token
from workers.attempts import unavailable
from workers.context import WorkerContext
from workers.letters import TEMPLATES, compose

ACTIVATION_PATH = "/activate/"
"""Of the public page that takes an activation token."""
_SHOWN_DIGITS = 4  # of an account number in a letter, which travels in the open


def run(job: Job, context: WorkerContext) -> Result:
    """Compose and hand over the letter, once per job."""
    template = job.headers.get("template", "")
    if template not in TEMPLATES:
        return Failed(f"there is no letter template {template!r}")
    application = part(job.variables, "application")
    address = text(part(application, "contact"), "email")
    if not address.isascii() or check_mail_address("contact.email", address):  # empty, or nothing mail could reach
        return Completed({"notification": _value(job, template, "none")})
    letter = compose(template, text(application, "language") or "zh", facts(job, context.settings))
    mail = Mail(to=address, subject=letter.subject, body=letter.body)
    try:
        context.systems.mail.send(mail, idempotency_key=job.idempotency_key)
    except SystemUnavailable as refused:
        return unavailable(job, refused, "NOTIFICATION_UNAVAILABLE")
    return Completed({"notification": _value(job, template, "email")})


def _value(job: Job, template: str, channel: str) -> Value:
    return {
        "key": job.idempotency_key,
        "template": template,
        "channel": channel,
        "sent_at": job.now.isoformat() if channel == "email" else None,
    }


def facts(job: Job, settings: Settings) -> dict[str, str]:
    """What letters may say of the case; line breaks are dropped from what people typed."""
    variables = job.variables
    application = part(variables, "application")
    found = {
        "name": text(application, "applicant_name"),
        "case_number": job.business_key,
        "reason": "; ".join(_deficiencies(part(variables, "review"))),
        "deadline": _moment(
            text(part(variables, "activation"), "expires_on") or text(part(variables, "supplement"), "deadline")
        ),
        "account_number": _masked(text(part(variables, "account"), "number")),
        "link": _link(variables, settings),
    }
    return {name: " ".join(value.split()) for name, value in found.items()}


def _deficiencies(review: Mapping[str, object]) -> list[str]:
    items = [f"{text(item, 'document')}: {text(item, 'deficiency')}" for item in rows(review, "items")]
    return [part for part in (*items, text(review, "reason")) if part]


def _moment(written: str) -> str:
    """A moment by the bank's clock on the wall; what is only a date, or no date, stays as written."""
    try:
        moment = dt.datetime.fromisoformat(written)
    except ValueError:
        return written
    return f"{moment.astimezone(BANK_ZONE):%Y-%m-%d %H:%M}" if moment.tzinfo else written


def _masked(number: str) -> str:
    return f"****{number[-_SHOWN_DIGITS:]}" if number else ""


def _link(variables: Mapping[str, object], settings: Settings) -> str:
    """Where the customer goes on: the activation while one is open, else the public pages."""
    account = whole(part(variables, "account"), "key")
    reference = text(part(variables, "activation"), "reference")
    if account is None or not reference:
        return f"{settings.public_url}/"
    return f"{settings.public_url}{ACTIVATION_PATH}{activation_token(settings.secret(), account, reference)}"


HANDLER = Handler[WorkerContext](
    type="send-notification",
    mode=Mode.REMOTE,
    run=run,
    name="发送通知",
    name_en="Send a notification",
    inputs=(
        Parameter(name="application", description="The application: contact, language, applicant_name"),
        Parameter(name="activation", description="Reference and end of the activation; may be absent"),
    ),
    outputs=(Parameter(name="notification", description="key, template, channel email or none, sent_at"),),
    errors=("NOTIFICATION_UNAVAILABLE",),
)
