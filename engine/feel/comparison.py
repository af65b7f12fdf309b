"""Equality, order and membership (DMN 1.5, 10.3.2.2.2 and tables 48 to 52). None means null."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable
from decimal import Decimal

from engine.feel.temporal import moments_to_compare, temporal_text, times_to_compare
from engine.feel.types import FeelValue, Kind, Range, kind_of
from engine.model.calendar import WideDate, WideDuration
from engine.model.values import YearsMonthsDuration

ORDERS: dict[str, Callable[[FeelValue, FeelValue], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

PLAIN = frozenset({int, Decimal, str, dt.date, dt.timedelta, WideDate, WideDuration, YearsMonthsDuration})
"""Types whose Python comparisons with their own type mean what FEEL's do."""

_ORDERED = frozenset(
    {
        Kind.NUMBER,
        Kind.STRING,
        Kind.DATE,
        Kind.TIME,
        Kind.DATE_AND_TIME,
        Kind.DAYS_AND_TIME_DURATION,
        Kind.YEARS_AND_MONTHS_DURATION,
    }
)


def comparable(left: FeelValue, right: FeelValue) -> tuple[FeelValue, FeelValue] | None:
    """Both values in a form Python orders as FEEL does, or None when FEEL does not order them."""
    kind = kind_of(left)
    if kind is not kind_of(right) or kind not in _ORDERED:
        return None
    if kind is Kind.TIME:
        return times_to_compare(left, right)
    if kind is Kind.DATE_AND_TIME:
        return moments_to_compare(left, right)
    return left, right


def ordered(symbol: str, left: FeelValue, right: FeelValue) -> bool | None:
    """`left symbol right` for <, <=, > and >=; null for values that have no order."""
    pair = comparable(left, right)
    return None if pair is None else ORDERS[symbol](*pair)


def equal(left: FeelValue, right: FeelValue) -> bool | None:
    """`left = right`: null for different kinds, except that null equals only null."""
    if left is None or right is None:
        return left is right
    kind = kind_of(left)
    if kind is not kind_of(right):
        return None
    if kind is Kind.LIST:
        return _all_equal(left, right) if len(left) == len(right) else False
    if kind is Kind.CONTEXT:
        if left.keys() != right.keys():
            return False
        return _all_equal(list(left.values()), [right[key] for key in left])
    if kind is Kind.RANGE:
        return _equal_ranges(left, right)
    if kind in _ORDERED:
        pair = comparable(left, right)
        return False if pair is None else pair[0] == pair[1]
    return bool(left == right) if kind is Kind.BOOLEAN else (True if left is right else None)


def _all_equal(left: list[FeelValue], right: list[FeelValue]) -> bool:
    return all(equal(one, other) is True for one, other in zip(left, right, strict=True))


def identical(left: FeelValue, right: FeelValue) -> bool:
    """`is(left, right)`: the same element of the domain, so that zones and parts of a second count, too."""
    kind = kind_of(left)
    if kind is not kind_of(right):
        return False
    if kind in (Kind.TIME, Kind.DATE_AND_TIME):
        return temporal_text(left) == temporal_text(right)
    if kind is Kind.LIST:
        return len(left) == len(right) and all(map(identical, left, right))
    if kind is Kind.CONTEXT:
        return left.keys() == right.keys() and all(identical(left[key], right[key]) for key in left)
    if kind is Kind.RANGE:
        return equal(left, right) is True and identical(left.start, right.start) and identical(left.end, right.end)
    return left is right or equal(left, right) is True


def _equal_ranges(left: Range, right: Range) -> bool:
    return (
        left.of_test == right.of_test
        and left.start_included == right.start_included
        and left.end_included == right.end_included
        and equal(left.start, right.start) is True
        and equal(left.end, right.end) is True
    )


def in_range(value: FeelValue, interval: Range) -> bool | None:
    """Whether `value` lies in `interval`; null when they have no order."""
    if not interval.of_test and (interval.start is None or interval.end is None):
        return None
    if interval.start is not None:
        after = ordered(">=" if interval.start_included else ">", value, interval.start)
        if after is not True:
            return after
    if interval.end is not None:
        return ordered("<=" if interval.end_included else "<", value, interval.end)
    return None if value is None or interval.start is None else True


def matches(value: FeelValue, test: FeelValue) -> bool | None:
    """Whether `value` meets the value of a test: lies in the range, is in the list, or equals it."""
    kind = kind_of(test)
    if kind is Kind.RANGE and kind_of(value) is not Kind.RANGE:
        return in_range(value, test)
    if kind is Kind.LIST:
        if kind_of(value) is Kind.LIST and equal(value, test) is True:
            return True
        return any(matches(value, item) is True for item in test)
    return equal(value, test)


def three_valued_all(results: list[bool | None]) -> bool | None:
    """Conjunction: false when any is false, null when any is null, else true."""
    if any(result is False for result in results):
        return False
    return None if any(result is None for result in results) else True


def three_valued_any(results: list[bool | None]) -> bool | None:
    """Disjunction: true when any is true, null when any is null, else false."""
    if any(result is True for result in results):
        return True
    return None if any(result is None for result in results) else False
