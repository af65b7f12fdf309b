"""Plain words for stages and outcomes; none of them says what the bank checks or why it decided."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from web.public.case import Outcome


@dataclass(frozen=True)
class Words:
    """A heading and a sentence."""

    title: str
    text: str


def stage_words(stage: str) -> Words:
    """Name and explanation of a stage of the main diagram."""
    return {
        "identify_customer": Words(_("Your details"), _("We take down your details and confirm them with you.")),
        "review_application": Words(
            _("Documents and review"), _("You hand in the documents; we look through them and decide.")
        ),
        "sign_contract": Words(_("Agreement"), _("You read and sign the account agreement, then the bank signs.")),
        "open_account": Words(_("Opening and activation"), _("We open the account, and you activate it.")),
        "serve_customer": Words(_("Ready for use"), _("We show you how to use the account and stay at your side.")),
    }[stage]


def outcome_words(outcome: Outcome) -> Words:
    """What the end of an application means for the customer."""
    return {
        Outcome.OPENED: Words(_("Your account is open"), _("The account is active and ready for use.")),
        Outcome.REJECTED: Words(
            _("We cannot open this account"),
            _("After review we are unable to open the account. Your branch will answer questions."),
        ),
        Outcome.WITHDRAWN: Words(
            _("The application was withdrawn"), _("It has ended as you asked. You are welcome to apply again.")
        ),
        Outcome.EXPIRED: Words(
            _("The application has expired"),
            _("A step was not completed in time, so the application has ended. You are welcome to apply again."),
        ),
        Outcome.CLOSED: Words(_("The application was closed"), _("Please contact your branch if you have questions.")),
    }[outcome]


def scope_words(code: str) -> str:
    """A service of the agreement, by the code of the preparation form."""
    words: dict[str, str] = {
        "deposit": _("Deposits and withdrawals"),
        "transfer": _("Transfers"),
        "online_banking": _("Online banking"),
        "mobile_banking": _("Mobile banking"),
        "reconciliation": _("Reconciliation"),
        "sms": _("Text messages"),
    }
    return words.get(code, code)
