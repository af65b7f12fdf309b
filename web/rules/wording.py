"""Parameters and their changes in the reader's words."""

from __future__ import annotations

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from bank.parameters import ChangeKind, Parameter, ParameterValue
from web.languages import in_language
from web.presentation import money
from web.uploads.listing import size


def value_words(parameter: Parameter) -> str:
    """The value with its unit: `30 days`, `10 MB`, `¥ 50,000.00`, `09:00`."""
    return _with_unit(parameter.value, parameter.unit)


def bounds_words(parameter: Parameter) -> str:
    """What no change may go beyond; empty for a text."""
    if parameter.minimum is None or parameter.maximum is None:
        return ""
    return f"{_with_unit(parameter.minimum, parameter.unit)} – {_with_unit(parameter.maximum, parameter.unit)}"


def origin_words(parameter: Parameter) -> str:
    """The source in the reader's language, as far as it was given in it."""
    return in_language(parameter.source, parameter.source_en)


def kind_words(kind: ChangeKind) -> str:
    """What a version changed."""
    words = {
        ChangeKind.PARAMETER: _("Parameter"),
        ChangeKind.CALENDAR: _("Business calendar"),
        ChangeKind.DECISION_TABLE: _("Decision table"),
        ChangeKind.LIST: _("List"),
    }
    return str(words[kind])


def _with_unit(value: ParameterValue, unit: str) -> str:
    if isinstance(value, str):
        return value
    if unit == "fen":
        return money(value)
    if unit == "bytes":
        return size(value)
    amount = str(format_decimal(value))
    return _duration(value, amount, unit) or _number(value, amount, unit)


def _duration(value: int, amount: str, unit: str) -> str:
    match unit:
        case "seconds":
            words = ngettext("%(amount)s second", "%(amount)s seconds", value, amount=amount)
        case "minutes":
            words = ngettext("%(amount)s minute", "%(amount)s minutes", value, amount=amount)
        case "days":
            words = ngettext("%(amount)s day", "%(amount)s days", value, amount=amount)
        case "business_days":
            words = ngettext("%(amount)s business day", "%(amount)s business days", value, amount=amount)
        case "months":
            words = ngettext("%(amount)s month", "%(amount)s months", value, amount=amount)
        case "years":
            words = ngettext("%(amount)s year", "%(amount)s years", value, amount=amount)
        case _:
            words = ""
    return str(words)


def _number(value: int, amount: str, unit: str) -> str:
    match unit:
        case "attempts":
            words = ngettext("%(amount)s attempt", "%(amount)s attempts", value, amount=amount)
        case "characters":
            words = ngettext("%(amount)s character", "%(amount)s characters", value, amount=amount)
        case "points":
            words = ngettext("%(amount)s point", "%(amount)s points", value, amount=amount)
        case _:
            words = f"{amount} {unit}".strip()
    return str(words)
