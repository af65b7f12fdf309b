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
    Underflow,
)

from engine.feel.environment import bounded
from engine.feel.errors import Unsuitable
from engine.feel.temporal import MAX_MONTHS, as_instant, offset_of, plain_instant, seconds_of, time_position
from engine.feel.types import FeelValue, Kind, kind_of
from engine.model.calendar import (
    DAY,
    NANOSECONDS,
    Date,
    DateTime,
    Duration,
    Time,
    WideDateTime,
    clock_nanoseconds,
    date_of,
    date_of_ordinal,
    date_time_of,
    date_time_of_instant,
    duration_of,
    instant_of,
    nanoseconds_in,
    ordinal_of,
    time_in,
    time_of_clock,
)
from engine.model.values import YearsMonthsDuration

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow, Underflow],
)
"""IEEE 754 decimal128, which DMN 1.5 (10.3.2.3.1) asks for; it has neither infinities nor less than its least."""

_WHOLE_LIMIT = 10**34
_MAX_EXPONENT = 999_999_999  # table 60
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


def _result(value: Decimal) -> Number:
    """What an operation gave, if it is a number of FEEL: -0 is 0. Raises InvalidOperation if it is infinite or none.

    That can be when what came in from outside was so, and of 0 to a negative power.
    """
    if not value.is_finite():
        raise InvalidOperation
    return value or 0


def add(left: FeelValue, right: FeelValue) -> FeelValue:
    """`left + right`."""
    if type(left) is int and type(right) is int:
        return exact(left + right)
    match kind_of(left), kind_of(right):
        case Kind.NUMBER, Kind.NUMBER:
            return _result(CONTEXT.add(decimal_of(left), decimal_of(right)))
        case Kind.STRING, Kind.STRING:
            return bounded(left + right)
        case Kind.DAYS_AND_TIME_DURATION, Kind.DAYS_AND_TIME_DURATION:
            return _sum(left, right)
        case Kind.YEARS_AND_MONTHS_DURATION, Kind.YEARS_AND_MONTHS_DURATION:
            return months_duration(left.months + right.months)
        case Kind.DAYS_AND_TIME_DURATION | Kind.YEARS_AND_MONTHS_DURATION, _:
            return _shifted(right, left)
    return _shifted(left, right)


def _sum(left: Duration, right: Duration) -> Duration:
    if type(left) is dt.timedelta and type(right) is dt.timedelta:
        try:
            return left + right
        except OverflowError:
            pass
    return duration_of(nanoseconds_in(left) + nanoseconds_in(right))


def subtract(left: FeelValue, right: FeelValue) -> FeelValue:
    """`left - right`."""
    if type(left) is int and type(right) is int:
        return exact(left - right)
    match kind_of(left), kind_of(right):
        case Kind.NUMBER, Kind.NUMBER:
            return _result(CONTEXT.subtract(decimal_of(left), decimal_of(right)))
        case Kind.DAYS_AND_TIME_DURATION, Kind.DAYS_AND_TIME_DURATION:
            return _sum(left, negate(right))
        case Kind.YEARS_AND_MONTHS_DURATION, Kind.YEARS_AND_MONTHS_DURATION:
            return months_duration(left.months - right.months)
        case ((Kind.DATE | Kind.DATE_AND_TIME), (Kind.DATE | Kind.DATE_AND_TIME)):
            return _difference(left, right)
        case Kind.TIME, Kind.TIME:
            if (offset_of(left) is None) is not (offset_of(right) is None):
                raise Unsuitable
            return duration_of(time_position(left) - time_position(right))
        case _, (Kind.DAYS_AND_TIME_DURATION | Kind.YEARS_AND_MONTHS_DURATION):
            return _shifted(left, negate(right))
    raise Unsuitable


def _difference(left: Date | DateTime, right: Date | DateTime) -> Duration:
    """What lies between; to the nanosecond, though moments of one second are equal (see `moments_to_compare`)."""
    if type(left) is dt.date and type(right) is dt.date:
        return left - right
    start, end = as_instant(right), as_instant(left)
    if (start.tzinfo is None) is not (end.tzinfo is None):
        raise Unsuitable
    if isinstance(start, dt.datetime) and isinstance(end, dt.datetime):
        try:
            return plain_instant(end) - plain_instant(start)
        except OverflowError:
            pass  # within a day of the years 1 or 9999, UTC is outside Python's calendar
    return duration_of(instant_of(end) - instant_of(start))


def _shifted(point: FeelValue, duration: FeelValue) -> FeelValue:
    match kind_of(point), kind_of(duration):
        case ((Kind.DATE | Kind.DATE_AND_TIME), Kind.YEARS_AND_MONTHS_DURATION):
            return add_months(point, duration.months)
        case Kind.DATE, Kind.DAYS_AND_TIME_DURATION:
            return _date_after(point, duration)
        case Kind.DATE_AND_TIME, Kind.DAYS_AND_TIME_DURATION:
            return _moment_after(point, duration)
        case Kind.TIME, Kind.DAYS_AND_TIME_DURATION:
            return _time_after(point, duration)
    raise Unsuitable


def _date_after(point: Date, duration: Duration) -> Date:
    if isinstance(point, dt.date) and isinstance(duration, dt.timedelta):
        try:
            return point + duration  # whole days, rounded down
        except OverflowError:
            pass
    return date_of_ordinal(ordinal_of(point) + nanoseconds_in(duration) // DAY)


def _moment_after(point: DateTime, duration: Duration) -> DateTime:
    if isinstance(point, dt.datetime) and isinstance(duration, dt.timedelta):
        try:
            return (plain_instant(point) + duration).astimezone(point.tzinfo) if point.tzinfo else point + duration
        except OverflowError:
            pass
    return date_time_of_instant(instant_of(point) + nanoseconds_in(duration), point.tzinfo)


def _time_after(point: Time, duration: Duration) -> Time:
    return time_of_clock(clock_nanoseconds(point) + nanoseconds_in(duration), point.tzinfo)


def add_months(point: Date | DateTime, months: int) -> Date | DateTime:
    """`point` so many months on; a day the month does not have becomes its last (10.3.2.3.8).

    Raises ValueError beyond the calendar.
    """
    year, month = divmod(point.year * 12 + point.month - 1 + months, 12)
    last = calendar.monthrange(year % 400 + 400, month + 1)[1]  # the calendar repeats every 400 years
    day = min(point.day, last)
    if isinstance(point, dt.date) and dt.MINYEAR <= year <= dt.MAXYEAR:
        return point.replace(year=year, month=month + 1, day=day)
    date = date_of(year, month + 1, day)
    return date_time_of(date, time_in(point)) if isinstance(point, dt.datetime | WideDateTime) else date


def multiply(left: FeelValue, right: FeelValue) -> FeelValue:
    """`left * right`."""
    if type(left) is int and type(right) is int:
        return exact(left * right)
    match kind_of(left), kind_of(right):
        case Kind.NUMBER, Kind.NUMBER:
            return _result(CONTEXT.multiply(decimal_of(left), decimal_of(right)))
        case Kind.NUMBER, (Kind.DAYS_AND_TIME_DURATION | Kind.YEARS_AND_MONTHS_DURATION):
            return _scaled(right, left)
        case ((Kind.DAYS_AND_TIME_DURATION | Kind.YEARS_AND_MONTHS_DURATION), Kind.NUMBER):
            return _scaled(left, right)
    raise Unsuitable


def _scaled(duration: Duration | YearsMonthsDuration, factor: Number) -> FeelValue:
    if isinstance(duration, YearsMonthsDuration):
        return months_duration(int(CONTEXT.multiply(Decimal(duration.months), decimal_of(factor))))
    return _from_seconds(CONTEXT.multiply(decimal_of(seconds_of(duration)), decimal_of(factor)))


def _from_seconds(seconds: Decimal) -> Duration:
    """To the nearest nanosecond; raises OverflowError beyond the longest duration."""
    return duration_of(int(CONTEXT.to_integral_value(CONTEXT.multiply(seconds, Decimal(NANOSECONDS)))))


def months_duration(months: int) -> YearsMonthsDuration:
    """A duration of so many months; raises OverflowError beyond the standard's years."""
    if abs(months) > MAX_MONTHS:
        raise OverflowError
    return YearsMonthsDuration(months)


def divide(left: FeelValue, right: FeelValue) -> FeelValue:
    """`left / right`."""
    match kind_of(left), kind_of(right):
        case Kind.NUMBER, Kind.NUMBER:
            return shortest(decimal_of(_result(CONTEXT.divide(decimal_of(left), decimal_of(right)))))
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
    """`left ** right`; anything to the power of 0 is 1 (IEEE 754-2008, 9.2.1)."""
    if kind_of(left) is not Kind.NUMBER or kind_of(right) is not Kind.NUMBER:
        raise Unsuitable
    if abs(right) > _MAX_EXPONENT:
        raise OverflowError
    return shortest(decimal_of(_result(CONTEXT.power(decimal_of(left), decimal_of(right))))) if right else 1


def negate(value: FeelValue) -> FeelValue:
    """`-value` of a number or duration."""
    match kind_of(value):
        case Kind.NUMBER:
            return -value if type(value) is int else _result(CONTEXT.minus(value))
        case Kind.DAYS_AND_TIME_DURATION:
            return -value if value != dt.timedelta.max else duration_of(-nanoseconds_in(value))
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
