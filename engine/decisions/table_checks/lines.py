"""The ordered sets that values of one kind lie on: their order, and a value between any two of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any

from engine.feel import FeelValue
from engine.feel.temporal import plain_instant
from engine.feel.types import is_number
from engine.model.values import YearsMonthsDuration

_LARGEST = Decimal(10) ** 100  # no table compares with more, and texts of longer numbers help nobody
_FINEST = -100
_LONGEST = 900_000_000  # days
_EXACT = Context(prec=250)  # the middle of any two numbers within these bounds
_DAY = dt.timedelta(days=1)
_SECOND = dt.timedelta(seconds=1)
_MICROSECOND = dt.timedelta(microseconds=1)
_MIDNIGHT = dt.date(2000, 1, 1)


@dataclass(frozen=True, eq=False)
class Line:
    """Values of one kind. `key` orders them; `between` gives one strictly between two (None is without end), or
    None when there is none; `sample` is any of them."""

    name: str
    key: Callable[[FeelValue], Any]
    between: Callable[[FeelValue, FeelValue], FeelValue]
    sample: FeelValue

    def __repr__(self) -> str:
        return self.name


def _between_numbers(low: FeelValue, high: FeelValue) -> FeelValue:
    """The middle, as a whole number where one fits."""
    if low is None and high is None:
        return 0
    if low is None:
        return int(Decimal(high).to_integral_value(ROUND_CEILING, _EXACT)) - 1
    if high is None:
        return int(Decimal(low).to_integral_value(ROUND_FLOOR, _EXACT)) + 1
    middle = _EXACT.divide(_EXACT.add(Decimal(low), Decimal(high)), Decimal(2))
    whole = int(middle.to_integral_value(ROUND_FLOOR, _EXACT))
    for candidate in (whole, whole + 1):
        if low < candidate < high:
            return candidate
    return middle if low < middle < high else None


def between_whole_numbers(low: FeelValue, high: FeelValue) -> FeelValue:
    """As the line of numbers, for columns of whole numbers."""
    found = _between_numbers(low, high)
    return found if type(found) is int else None


def _between_texts(low: FeelValue, high: FeelValue) -> FeelValue:
    if low is None:
        return "" if high != "" else None
    for tail in ("a", " ", "\0"):
        if high is None or low + tail < high:
            return low + tail
    return None


def _stepping(step: FeelValue, least_step: FeelValue) -> Callable[[FeelValue, FeelValue], FeelValue]:
    """Between two points in time or durations: the middle in whole steps, else the next one."""

    def between(low: FeelValue, high: FeelValue) -> FeelValue:
        try:
            if low is None:
                return high - step
            if high is None:
                return low + step
            candidates = (low + (high - low) // (2 * step) * step, low + step, low + least_step)
        except OverflowError:
            return None
        return next((found for found in candidates if low < found < high), None)

    return between


_between_dates = _stepping(_DAY, _DAY)
_between_moments = _stepping(dt.timedelta(minutes=1), _SECOND)  # FEEL compares times by their whole seconds
_between_spans = _stepping(_SECOND, _MICROSECOND)


def _between_instants(low: FeelValue, high: FeelValue) -> FeelValue:
    return _between_moments(None if low is None else plain_instant(low), None if high is None else plain_instant(high))


def _between_times(low: FeelValue, high: FeelValue) -> FeelValue:
    if low is None:
        return dt.time() if high > dt.time() else None
    last = dt.datetime.combine(_MIDNIGHT + _DAY, dt.time()) if high is None else dt.datetime.combine(_MIDNIGHT, high)
    found = _between_moments(dt.datetime.combine(_MIDNIGHT, low), last)
    return None if found is None else found.time()


def _between_months(low: FeelValue, high: FeelValue) -> FeelValue:
    found = between_whole_numbers(low and low.months, high and high.months)
    return None if found is None else YearsMonthsDuration(found)


def _months(value: FeelValue) -> int:
    return int(value.months)


def _itself(value: FeelValue) -> Any:
    return value


NUMBERS = Line("number", _itself, _between_numbers, 0)
TEXTS = Line("string", _itself, _between_texts, "")
BOOLEANS = Line("boolean", _itself, lambda low, high: None, True)
DATES = Line("date", _itself, _between_dates, _MIDNIGHT)
TIMES = Line("time", _itself, _between_times, dt.time(12))
MOMENTS = Line("date and time", _itself, _between_moments, dt.datetime(2000, 1, 1))  # noqa: DTZ001 - without zone
INSTANTS = Line("date and time", plain_instant, _between_instants, dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
SPANS = Line("days and time duration", _itself, _between_spans, _DAY)
MONTHS = Line("years and months duration", _months, _between_months, YearsMonthsDuration(12))

LINES = (TEXTS, NUMBERS, BOOLEANS, DATES, TIMES, MOMENTS, INSTANTS, SPANS, MONTHS)
_BY_TYPE = {
    bool: BOOLEANS, str: TEXTS, dt.date: DATES, dt.timedelta: SPANS, YearsMonthsDuration: MONTHS,
}  # fmt: skip


def _is_plain(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= _FINEST and abs(value) < _LARGEST


def line_of(value: FeelValue) -> Line | None:
    """The line `value` lies on; None for null, what is composed, and times with a zone, which wrap around.

    None also for times with parts of a second, and for what lies so far out that Python's own calendar has no
    place for examples beyond it.
    """
    if is_number(value):
        return NUMBERS if _is_plain(Decimal(value)) else None
    if type(value) is dt.datetime:
        if value.microsecond or not dt.MINYEAR < value.year < dt.MAXYEAR:  # UTC of a moment in these may be outside
            return None
        return MOMENTS if value.tzinfo is None else INSTANTS
    if type(value) is dt.time:
        return TIMES if value.tzinfo is None and not value.microsecond else None
    if type(value) is dt.date and not dt.MINYEAR < value.year < dt.MAXYEAR:
        return None
    if type(value) is dt.timedelta and abs(value.days) > _LONGEST:
        return None
    return _BY_TYPE.get(type(value))
