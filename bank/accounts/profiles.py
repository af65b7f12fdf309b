"""What the rules of payments will ask of an account, taken from the application that opens it."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping

from bank.accounts.records import Profile
from bank.checks.contact import check_mail_address
from bank.checks.fields import part, text
from bank.checks.identity import is_minor
from bank.clock import local_date

_LONGEST = {"holder": 20, "holder_name": 200, "bound_account": 64, "email": 200, "language": 20}  # of the columns
_TEMPORARY = "temporary"


def profile_of(
    application: Mapping[str, object], *, risk_band: str, opened_at: dt.datetime, temporary_months: int
) -> Profile:
    """The profile of the account; a temporary one ends `temporary_months` after its opening.

    Source: 人民币银行结算账户管理办法 (2003).
    """
    opened_on = local_date(opened_at)
    kind = text(application, "kind")
    personal = part(application, "individual")
    temporary = text(application, "account_type") == _TEMPORARY
    texts = {
        "holder": kind if kind == "individual" else text(part(application, "enterprise"), "entity_type"),
        "holder_name": text(part(application, kind), "name") or text(application, "applicant_name"),
        "bound_account": text(personal, "bound_account"),
        "email": _address(application),
        "language": text(application, "language") or "zh",
    }
    return Profile(
        risk_band=risk_band,
        minor=kind == "individual" and is_minor(application, opened_on),
        ends_on=months_later(opened_on, temporary_months) if temporary else None,
        **{name: value[: _LONGEST[name]] for name, value in texts.items()},
    )


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _address(application: Mapping[str, object]) -> str:
    address = text(part(application, "contact"), "email")
    unusable = not address.isascii() or check_mail_address("contact.email", address)
    return "" if unusable else address
