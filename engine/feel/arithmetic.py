"""The operators + - * / ** on numbers, texts, dates and durations (DMN 1.5, tables 54 to 58).

Every function raises Unsuitable when the operator does not fit the kinds, and ArithmeticError,
OverflowError or ValueError when the result cannot be represented; the compiler makes both null.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from engine.feel.environment import bounded
from engine.feel.errors import Unsuitable
from engine.feel.temporal import (
    MAX_MONTHS,
    as_instant,
    offset_of,
    plain_instant,
    seconds_of,
    time_order,
)
from engine.feel.types import FeelValue, Kind, kind_of
from engine.model.values import YearsMonthsDuration

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""IEEE 754 decimal128, which DMN 1.5 (10.3.2.3.1) asks for."""

_WHOLE_LIMIT = 10**34
Number = int | Decimal


def exact(value: int) -> Number:
    """An integer, or its 34 leading digits when it has more."""
    return value if -_WHOLE_LIMIT < value < _WHOLE_LIMIT else CONTEXT.create_decimal(value)


def shortest(value: Decimal) -> Number:
    """A decimal without needless digits: an int where it is whole and no more than 34 digits."""
    if value == value.to_integral_value() and abs(value) < _WHOLE_LIMIT:
        return int(value)
    return value


def decimal_of(value: Number) -> Decimal:
    """A number as Decimal."""
    return value if type(value) is Decimal else Decimal(value)


def add(left: FeelValue, right: FeelValue) -> FeelValue:
    """`left + right`."""
    if type(left) is int and type(right) is int:
        return exact(left + right)
    match kind_of(left), kind_of(right):
        case Kind.NUMBER, Kind.NUMBER:
            return CONTEXT.add(decimal_of(left), decimal_of(right))
        case Kind.STRING, Kind.STRING:
            return bounded(left + right)
        case Kind.DAYS_AND_TIME_DURATION, Kind.DAYS_AND_TIME_DURATION:
            return left + right
        case Kind.YEARS_AND_MONTHS_DURATION, Kind.YEARS_AND_MONTHS_DURATION:
            return months_duration(left.months + right.months)
        case Kind.DAYS_AND_TIME_DURATION | Kind.YEARS_AND_MONTHS_DURATION, _:
            return _shifted(right, left)
    return _shifted(left, right)


def subtract(left: FeelValue, right: FeelValue) -> FeelValue:
    """`left - right`."""
    if type(left) is int and type(right) is int:
        return exact(left - right)
    match kind_of(left), kind_of(right):
        case Kind.NUMBER, Kind.NUMBER:
            return CONTEXT.subtract(decimal_of(left), decimal_of(right))
        case Kind.DAYS_AND_TIME_DURATION, Kind.DAYS_AND_TIME_DURATION:
            return left - right
        case Kind.YEARS_AND_MONTHS_DURATION, Kind.YEARS_AND_MONTHS_DURATION:
            return months_duration(left.months - right.months)
        case ((Kind.DATE | Kind.DATE_AND_TIME), (Kind.DATE | Kind.DATE_AND_TIME)):
            return _difference(left, right)
        case Kind.TIME, Kind.TIME:
            if (offset_of(left) is None) is not (offset_of(right) is None):
                raise Unsuitable
            return time_order(left) - time_order(right)
        case _, (Kind.DAYS_AND_TIME_DURATION | Kind.YEARS_AND_MONTHS_DURATION):
            return _shifted(left, negate(right))
    raise Unsuitable


def _difference(left: dt.date, right: dt.date) -> dt.timedelta:
    if type(left) is dt.date and type(right) is dt.date:
        return left - right
    start, end = as_instant(right), as_instant(left)
    if (start.tzinfo is None) is not (end.tzinfo is None):
        raise Unsuitable
    return plain_instant(end) - plain_instant(start)


def _shifted(point: FeelValue, duration: FeelValue) -> FeelValue:
    match kind_of(point), kind_of(duration):
        case ((Kind.DATE | Kind.DATE_AND_TIME), Kind.YEARS_AND_MONTHS_DURATION):
            return add_months(point, duration.months)
        case Kind.DATE, Kind.DAYS_AND_TIME_DURATION:
            return (dt.datetime.combine(point, dt.time()) + duration).date()
        case Kind.DATE_AND_TIME, Kind.DAYS_AND_TIME_DURATION:
            return (plain_instant(point) + duration).astimezone(point.tzinfo) if point.tzinfo else point + duration
        case Kind.TIME, Kind.DAYS_AND_TIME_DURATION:
            day = dt.datetime.combine(dt.date(2000, 1, 1), point.replace(tzinfo=None))
            return (day + duration % dt.timedelta(days=1)).time().replace(tzinfo=point.tzinfo)
    raise Unsuitable


def add_months(point: dt.date, months: int) -> dt.date:
    """`point` so many months on; a day the month does not have becomes its last (10.3.2.3.8)."""
    year, month = divmod(point.year * 12 + point.month - 1 + months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise OverflowError
    last = calendar.monthrange(year, month + 1)[1]
    return point.replace(year=year, month=month + 1, day=min(point.day, last))


def multiply(left: FeelValue, right: FeelValue) -> FeelValue:
    """`left * right`."""
    if type(left) is int and type(right) is int:
        return exact(left * right)
    match kind_of(left), kind_of(right):
        case Kind.NUMBER, Kind.NUMBER:
            return CONTEXT.multiply(decimal_of(left), decimal_of(right))
        case Kind.NUMBER, (Kind.DAYS_AND_TIME_DURATION | Kind.YEARS_AND_MONTHS_DURATION):
            return _scaled(right, left)
        case ((Kind.DAYS_AND_TIME_DURATION | Kind.YEARS_AND_MONTHS_DURATION), Kind.NUMBER):
            return _scaled(left, right)
    raise Unsuitable


def _scaled(duration: dt.timedelta | YearsMonthsDuration, factor: Number) -> FeelValue:
    if isinstance(duration, YearsMonthsDuration):
        return months_duration(int(CONTEXT.multiply(Decimal(duration.months), decimal_of(factor))))
    return _from_seconds(CONTEXT.multiply(decimal_of(seconds_of(duration)), decimal_of(factor)))


def _from_seconds(seconds: Decimal) -> dt.timedelta:
    return dt.timedelta(microseconds=int(CONTEXT.multiply(seconds, Decimal(1_000_000)).to_integral_value()))


def months_duration(months: int) -> YearsMonthsDuration:
    """A duration of so many months; raises OverflowError beyond the standard's years."""
    if abs(months) > MAX_MONTHS:
        raise OverflowError
    return YearsMonthsDuration(months)


def divide(left: FeelValue, right: FeelValue) -> FeelValue:
    """`left / right`."""
    match kind_of(left), kind_of(right):
        case Kind.NUMBER, Kind.NUMBER:
            return shortest(CONTEXT.divide(decimal_of(left), decimal_of(right)))
        case Kind.DAYS_AND_TIME_DURATION, Kind.NUMBER:
            return _from_seconds(CONTEXT.divide(decimal_of(seconds_of(left)), decimal_of(right)))
        case Kind.YEARS_AND_MONTHS_DURATION, Kind.NUMBER:
            return months_duration(int(CONTEXT.divide(Decimal(left.months), decimal_of(right))))
        case Kind.DAYS_AND_TIME_DURATION, Kind.DAYS_AND_TIME_DURATION:
            return shortest(CONTEXT.divide(decimal_of(seconds_of(left)), decimal_of(seconds_of(right))))
        case Kind.YEARS_AND_MONTHS_DURATION, Kind.YEARS_AND_MONTHS_DURATION:
            return shortest(CONTEXT.divide(Decimal(left.months), Decimal(right.months)))
    raise Unsuitable


def power(left: FeelValue, right: FeelValue) -> FeelValue:
    """`left ** right`."""
    if kind_of(left) is not Kind.NUMBER or kind_of(right) is not Kind.NUMBER:
        raise Unsuitable
    return shortest(CONTEXT.power(decimal_of(left), decimal_of(right)))


def negate(value: FeelValue) -> FeelValue:
    """`-value` of a number or duration."""
    match kind_of(value):
        case Kind.NUMBER | Kind.DAYS_AND_TIME_DURATION:
            return -value
        case Kind.YEARS_AND_MONTHS_DURATION:
            return YearsMonthsDuration(-value.months)
    raise Unsuitable


OPERATORS: dict[str, Callable[[FeelValue, FeelValue], FeelValue]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}
