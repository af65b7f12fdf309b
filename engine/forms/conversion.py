"""What a person typed, or a program sent, to the value a variable holds; one field at a time."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from engine.forms.components import ComponentType, Field, TextKind, Unit
from engine.forms.errors import FieldError
from engine.forms.messages import field_error
from engine.model.values import Value

MAX_TEXTFIELD = 500
MAX_TEXTAREA = 5_000
MAX_FILES = 20
FEN_PER_YUAN = 100
_DIGITS = 27  # fits the 28 digits in which Decimal calculates exactly

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]{1,63}(\.[^@\s.]{1,63}){1,8}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,19}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,18}|[0-9]{1,3}(,[0-9]{3}){1,5})(\.[0-9]{1,9})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DOCUMENT = re.compile(r"[A-Za-z0-9_-]{1,64}")


class _Wrong(Exception):
    """Ends the conversion of one field; never leaves this file."""

    def __init__(self, code: str, limit: object = "") -> None:
        self.error = field_error(code, limit)


def convert(field: Field, raw: object) -> tuple[Value, FieldError | None]:
    """The value and None, or the empty value and what is wrong. Money is typed in yuan and becomes fen.

    Empty input is the empty value of the type: None, `[]` or False; whether that will do is not asked here.
    """
    empty: Value = [] if field.takes_many else False if field.type is ComponentType.CHECKBOX else None
    if raw is None or (isinstance(raw, str) and not _visible(raw).strip()) or raw == []:
        return empty, None
    try:
        return _CONVERSIONS[field.type](field, raw), None
    except _Wrong as wrong:
        return empty, wrong.error


def _text(field: Field, raw: object) -> Value:
    if not isinstance(raw, str):
        raise _Wrong("not_text")
    several_lines = field.type is ComponentType.TEXTAREA
    text = _visible(raw.replace("\r\n", "\n").replace("\r", "\n")).strip()
    rules = field.rules
    longest = rules.max_length if rules.max_length is not None else MAX_TEXTAREA if several_lines else MAX_TEXTFIELD
    if len(text) > longest:
        raise _Wrong("too_long", longest)
    if any(unicodedata.category(sign) in ("Cc", "Cs") and not (several_lines and sign in "\n\t") for sign in text):
        raise _Wrong("control_character")
    if rules.min_length is not None and len(text) < rules.min_length:
        raise _Wrong("too_short", rules.min_length)
    if rules.text_kind is TextKind.EMAIL and not _EMAIL.fullmatch(text):
        raise _Wrong("not_an_email")
    if rules.text_kind is TextKind.PHONE and not _PHONE.fullmatch(text):
        raise _Wrong("not_a_phone")
    if rules.pattern is not None and not rules.pattern(text):
        wrong = _Wrong("pattern")
        wrong.error = field_error("pattern", hint=rules.pattern_hint)
        raise wrong
    return text


def _visible(text: str) -> str:
    """Without invisible signs (zero-width, turned direction): they make one text look like another or hide it.

    They come along when people paste, so they are dropped and not refused.
    """
    return text if text.isascii() else "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def _number(field: Field, raw: object) -> Value:
    number = _decimal(raw)
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > field.decimals:
        raise _Wrong("too_many_decimals", field.decimals)
    rules = field.rules
    if rules.minimum is not None and number < rules.minimum:
        raise _Wrong("too_small", f"{rules.minimum:,f}")
    if rules.maximum is not None and number > rules.maximum:
        raise _Wrong("too_large", f"{rules.maximum:,f}")
    if field.unit is Unit.FEN:
        return int(number * FEN_PER_YUAN)
    return int(number) if number == number.to_integral_value() else number


def _decimal(raw: object) -> Decimal:
    if isinstance(raw, str):
        text = unicodedata.normalize("NFKC", raw).strip()  # input methods leave full-width digits
        if not _NUMBER.fullmatch(text):
            raise _Wrong("not_a_number")
        return Decimal(text.replace(",", ""))
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise _Wrong("not_a_number")
    number = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    if not number.is_finite() or abs(number) >= 10**18 or len(number.as_tuple().digits) > _DIGITS:
        raise _Wrong("not_a_number")
    return number


def _date(field: Field, raw: object) -> Value:
    if isinstance(raw, dt.date) and not isinstance(raw, dt.datetime):
        return raw.isoformat()
    if not isinstance(raw, str) or not _DATE.fullmatch(raw.strip()):
        raise _Wrong("not_a_date")
    try:
        return dt.date.fromisoformat(raw.strip()).isoformat()
    except ValueError as error:
        raise _Wrong("not_a_date") from error


def _flag(field: Field, raw: object) -> Value:
    if isinstance(raw, bool):
        return raw
    if raw in ("true", "on"):
        return True
    if raw == "false":
        return False
    raise _Wrong("not_a_boolean")


def _choice(field: Field, raw: object) -> Value:
    if not isinstance(raw, str) or raw not in {option.value for option in field.options}:
        raise _Wrong("not_an_option")
    return raw


def _choices(field: Field, raw: object) -> Value:
    if not isinstance(raw, list):
        raise _Wrong("not_a_list")
    values = [option.value for option in field.options]
    if any(not isinstance(item, str) or item not in values for item in raw):
        raise _Wrong("not_an_option")
    return [value for value in values if value in raw]


def _documents(field: Field, raw: object) -> Value:
    if not isinstance(raw, list):
        raise _Wrong("not_a_list")
    if any(not isinstance(item, str) or not _DOCUMENT.fullmatch(item) for item in raw):
        raise _Wrong("not_a_document")
    limit = MAX_FILES if field.multiple else 1
    distinct = list(dict.fromkeys(raw))
    if len(distinct) > limit:
        raise _Wrong("too_many_files", limit)
    return distinct


_CONVERSIONS: dict[ComponentType, Callable[[Field, object], Value]] = {
    ComponentType.TEXTFIELD: _text,
    ComponentType.TEXTAREA: _text,
    ComponentType.NUMBER: _number,
    ComponentType.DATETIME: _date,
    ComponentType.CHECKBOX: _flag,
    ComponentType.SELECT: _choice,
    ComponentType.RADIO: _choice,
    ComponentType.CHECKLIST: _choices,
    ComponentType.FILEPICKER: _documents,
}


def displayed(field: Field, value: object) -> object:
    """The raw data that shows `value` in the field again: fen as yuan text, numbers as text, the rest as it is."""
    if field.type is ComponentType.NUMBER and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{Decimal(value) / FEN_PER_YUAN:.2f}" if field.unit is Unit.FEN else f"{Decimal(value):f}"
    return value
