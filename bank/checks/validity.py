"""Documents and mandates in time: issue, expiry, and what "today" means."""

from __future__ import annotations

import datetime as dt

from bank.checks.fields import day, text
from bank.checks.findings import Finding, error, warning

_SOON = dt.timedelta(days=30)  # the default grace for an expired ID; a document about to expire is worth a word

LONG_TERM = "长期"
"""Written on documents without an end date."""


def check_expiry(field: str, source: object, name: str, today: dt.date, *, required: bool = True) -> list[Finding]:
    """Whether the document whose expiry is `source[name]` is valid on `today` (Shanghai).

    Valid through its last day. "长期", 9999-12-31 and later mean without end.
    """
    written = text(source, name)
    if written == LONG_TERM:
        return []
    expires_on = day(source, name)
    if expires_on is None:
        return _missing(field, written) if required or written else []
    if expires_on < today:
        return [error(field, "expired", "The document has expired.", "证件已过有效期。")]
    if expires_on - today < _SOON:
        return [
            warning(
                field, "expires_soon", "The document expires within 30 days.", "证件将在30日内到期，请提示客户更新。"
            )
        ]
    return []


def _missing(field: str, written: str) -> list[Finding]:
    if written:
        return [error(field, "date", "This is not a date (YYYY-MM-DD).", "日期格式不正确（应为年-月-日）。")]
    return [error(field, "expiry_missing", "The expiry date is missing.", "缺少证件有效期。")]


def check_past(field: str, source: object, name: str, today: dt.date) -> list[Finding]:
    """Whether a date that must lie behind us, such as an issue date, does; an absent one is no finding."""
    written = text(source, name)
    value = day(source, name)
    if value is None:
        return _missing(field, written) if written else []
    if value > today:
        return [error(field, "future", "This date lies in the future.", "日期晚于今天。")]
    return []
