"""`send-notification`: one letter to the customer, by the template the diagram names (R026, R079).

The letter goes to the address in the application. Without an address it is only put on record and the result
says so: the customer is then told at the counter or sees it on the status page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bank.checks.contact import check_mail_address
from bank.checks.fields import part, rows, text, whole
from bank.clock import BANK_ZONE
from bank.notifications import Notification
from bank.notifications.tipping_off import tips_off
from bank.systems import SystemUnavailable
from engine.model.values import Value
from engine.worker_api import Completed, Failed, Handler, Job, Mode, Parameter, Result
from workers.activation_token import activation_token
from workers.attempts import unavailable
from workers.context import WorkerContext
from workers.letters import TEMPLATES, compose

ACTIVATION_PATH, AGREEMENT_PATH, STATUS_PATH = "/activate/", "/agreement", "/status"
"""Of the public pages letters lead to."""

_TOPICS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "activation": ("activation", "expires_on"),
        "agreement": ("agreement", "deadline"),
        "supplement": ("supplement", "deadline"),
    }
)
"""What a letter is about, with the variable and field that hold its deadline."""

_TOPIC_OF: Mapping[str, str] = MappingProxyType(
    {
        "account_opened": "activation",
        "activation_reminder": "activation",
        "agreement_ready": "agreement",
        "agreement_reminder": "agreement",
        "agreement_expired": "agreement",
        "supplement_requested": "supplement",
        "supplement_reminder": "supplement",
        "supplement_expired": "supplement",
    }
)
_LONGEST_LANGUAGE = 20  # of a language tag on record
_SHOWN_DIGITS = 4  # of an account number in a letter, which travels in the open


def run(job: Job, context: WorkerContext) -> Result:
    """Compose and hand over the letter, once per job."""
    template = job.headers.get("template", "")
    if template not in TEMPLATES:
        return Failed(f"there is no letter template {template!r}")
    application = part(job.variables, "application")
    language = (text(application, "language") or "zh")[:_LONGEST_LANGUAGE]
    token = _token(template, job.variables, context)
    facts = _facts(template, job, _link(template, token, context.settings.public_url))
    try:
        notification = context.outbox.deliver(
            compose(template, language, facts, secrets=(token,) if token else ()),
            business_key=job.business_key,
            template=template,
            language=language,
            to=_address(application),
            idempotency_key=job.idempotency_key,
        )
    except SystemUnavailable as refused:
        return unavailable(job, refused, "NOTIFICATION_UNAVAILABLE")
    return Completed({"notification": _value(notification)})


def _value(notification: Notification) -> Value:
    return {
        "key": notification.key,
        "template": notification.template,
        "channel": str(notification.channel),
        "sent_at": None if notification.sent_at is None else notification.sent_at.isoformat(),
    }


def _address(application: Mapping[str, object]) -> str | None:
    """The applicant's mail address, or None when it is empty or nothing mail could reach."""
    address = text(part(application, "contact"), "email")
    unusable = not address.isascii() or check_mail_address("contact.email", address)
    return None if unusable else address or None


def _facts(template: str, job: Job, link: str) -> dict[str, str]:
    """What the letter may say of the case; line breaks are dropped from what people typed."""
    variables = job.variables
    found = {
        "name": text(part(variables, "application"), "applicant_name"),
        "case_number": job.business_key,
        "reason": "; ".join(_deficiencies(part(variables, "review"))),
        "deadline": _deadline(template, variables),
        "account_number": _masked(text(part(variables, "account"), "number")),
        "amount": _yuan(whole(part(variables, "transfer"), "amount_fen")),
        "link": link,
    }
    return {name: " ".join(value.split()) for name, value in found.items()}


def _deficiencies(review: Mapping[str, object]) -> list[str]:
    """What is missing, as the reviewer wrote it; what would tip the customer off is left out."""
    items = [f"{text(item, 'document')}: {text(item, 'deficiency')}" for item in rows(review, "items")]
    return [part for part in (*items, text(review, "reason")) if part and not tips_off(part)]


def _deadline(template: str, variables: Mapping[str, object]) -> str:
    topic = _TOPIC_OF.get(template)
    if topic is None:
        return ""
    variable, field = _TOPICS[topic]
    return moment_shown(text(part(variables, variable), field))


def moment_shown(written: str) -> str:
    """A moment by the bank's clock on the wall; what is only a date, or no date, stays as written.

    FEEL writes a moment with an offset or with a zone: `2026-03-02T12:00:00@Asia/Shanghai`.
    """
    local, _, zone = written.partition("@")
    try:
        moment = dt.datetime.fromisoformat(local)
        moment = moment.replace(tzinfo=ZoneInfo(zone)) if zone else moment
    except (ValueError, ZoneInfoNotFoundError):
        return written
    return f"{moment.astimezone(BANK_ZONE):%Y-%m-%d %H:%M}" if moment.tzinfo else written


def _masked(number: str) -> str:
    return f"****{number[-_SHOWN_DIGITS:]}" if number else ""


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"{fen // 100:,}.{fen % 100:02}"


def _token(template: str, variables: Mapping[str, object], context: WorkerContext) -> str:
    """The customer's secret in an activation letter; empty in any other, or while no activation is open."""
    account = whole(part(variables, "account"), "key")
    reference = text(part(variables, "activation"), "reference")
    if _TOPIC_OF.get(template) != "activation" or account is None or not reference:
        return ""
    return activation_token(context.settings.secret(), account, reference)


def _link(template: str, token: str, public_url: str) -> str:
    """Where the customer goes on; an expired agreement can only be looked at, not signed."""
    if token:
        return f"{public_url}{ACTIVATION_PATH}{token}"
    signing = template in {"agreement_ready", "agreement_reminder"}
    return f"{public_url}{AGREEMENT_PATH if signing else STATUS_PATH}"


HANDLER = Handler[WorkerContext](
    type="send-notification",
    mode=Mode.REMOTE,
    run=run,
    name="发送通知",
    name_en="Send a notification",
    inputs=(
        Parameter(name="application", description="The application: contact, language, applicant_name"),
        Parameter(name="transfer", description="Its amount, in letters about a transfer; may be absent"),
        Parameter(name="activation", description="Reference and end of the activation; may be absent"),
        Parameter(name="agreement", description="Its deadline, in letters about the agreement; may be absent"),
        Parameter(name="supplement", description="Its deadline, in letters about a supplement; may be absent"),
        Parameter(name="review", description="What is missing, in letters about a supplement; may be absent"),
    ),
    outputs=(Parameter(name="notification", description="key, template, channel email or none, sent_at"),),
    errors=("NOTIFICATION_UNAVAILABLE",),
)
