"""Reading an application's nested fields: absent, null and empty mean the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal


def text(source: object, name: str) -> str:
    """The trimmed text at `name`, empty when absent or not text."""
    value = source.get(name) if isinstance(source, Mapping) else None
    return value.strip() if isinstance(value, str) else ""


def part(source: object, name: str) -> Mapping[str, object]:
    """The nested context at `name`, empty when absent."""
    value = source.get(name) if isinstance(source, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def rows(source: object, name: str) -> list[Mapping[str, object]]:
    """The list of contexts at `name`, without anything else in it."""
    value = source.get(name) if isinstance(source, Mapping) else None
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def whole(source: object, name: str) -> int | None:
    """The whole number at `name` (money in fen, say), or None."""
    value = source.get(name) if isinstance(source, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(source: object, name: str) -> Decimal | None:
    """The exact number at `name`, or None. Text such as "25.5" counts, since imports deliver it."""
    value = source.get(name) if isinstance(source, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        result = Decimal(value)
    except ArithmeticError:
        return None
    return result if result.is_finite() else None


def flag(source: object, name: str) -> bool:
    """True only for a true boolean at `name`."""
    return isinstance(source, Mapping) and source.get(name) is True


def day(source: object, name: str) -> dt.date | None:
    """The date at `name`, from ISO text or a date, or None when absent or malformed."""
    value = source.get(name) if isinstance(source, Mapping) else None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return parse_day(value) if isinstance(value, str) else None


def parse_day(value: str) -> dt.date | None:
    """The date written as `YYYY-MM-DD`, or None."""
    try:
        return dt.date.fromisoformat(value.strip())
    except ValueError:
        return None


def age(born: dt.date, today: dt.date) -> int:
    """Completed years of life on `today`; somebody born on 29 February has the birthday on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
