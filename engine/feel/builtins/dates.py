"""Date, time and duration functions (DMN 1.5, tables 70 and 77, and Camunda 8's)."""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import Decimal

from engine.feel.builtins.signatures import Family, number, single
from engine.feel.environment import Environment
from engine.feel.errors import Unsuitable
from engine.feel.temporal import as_instant, parse_duration
from engine.feel.types import FeelValue, Kind, is_duration, kind_of
from engine.model.calendar import (
    MAX_YEAR,
    NANOSECONDS,
    Date,
    DateTime,
    Time,
    date_in,
    date_of,
    date_time_of,
    date_time_of_instant,
    in_zone,
    instant_of,
    time_in,
    time_of,
    within_cycle,
)
from engine.model.calendar_text import offset_zone, parse_date, parse_date_and_time, parse_time, parse_zone
from engine.model.values import YearsMonthsDuration

DATES = Family()
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _found(value: FeelValue) -> FeelValue:
    if value is None:
        raise Unsuitable
    return value


def _integer(value: FeelValue) -> int:
    given = number(value)
    if not -MAX_YEAR <= given <= MAX_YEAR or given != int(given):
        raise Unsuitable
    return int(given)


def _date(value: FeelValue) -> Date:
    """A date, or that of a date and time in its own zone."""
    value = single(value)
    kind = kind_of(value)
    if kind is Kind.DATE_AND_TIME:
        return date_in(value)
    if kind is not Kind.DATE:
        raise Unsuitable
    return value  # type: ignore[no-any-return]  # narrowed by its kind


@DATES.function("date", "from", "year, month, day")
def date(environment: Environment, *parts: FeelValue) -> FeelValue:
    """A date of a text, of a date and time, or of year, month and day."""
    if len(parts) == 3:
        return date_of(*(_integer(part) for part in parts))
    value = single(parts[0])
    return _found(parse_date(value)) if type(value) is str else _date(value)


@DATES.function("time", "from", "hour, minute, second, offset?")
def time(environment: Environment, *parts: FeelValue) -> FeelValue:
    """A time of a text, of a date and time, or of its parts."""
    if len(parts) > 1:
        return _time_of_parts(*parts)
    value = single(parts[0])
    match kind_of(value):
        case Kind.STRING:
            return _found(parse_time(value))
        case Kind.DATE_AND_TIME:
            return time_in(value)
        case Kind.TIME:
            return value
        case Kind.DATE:
            return dt.time(tzinfo=dt.UTC)
    raise Unsuitable


def _time_of_parts(hour: FeelValue, minute: FeelValue, second: FeelValue, offset: FeelValue = None) -> Time:
    seconds = Decimal(number(second))
    offset = single(offset)
    if not 0 <= seconds < 60 or not (offset is None or kind_of(offset) is Kind.DAYS_AND_TIME_DURATION):
        raise Unsuitable
    nanoseconds = int((seconds - int(seconds)) * NANOSECONDS)  # finer parts of a second there are not
    zone = None if offset is None else offset_zone(offset)
    return time_of(_integer(hour), _integer(minute), int(seconds), nanoseconds, zone)


@DATES.function("date and time", "from", "date, time", "date, timezone")
def date_and_time(environment: Environment, *parts: FeelValue) -> FeelValue:
    """A date and time of a text, or of a date with a time or a zone."""
    first = single(parts[0])
    if len(parts) == 2:
        return _date_with(first, single(parts[1]))
    match kind_of(first):
        case Kind.STRING:
            return _found(parse_date_and_time(first))
        case Kind.DATE | Kind.DATE_AND_TIME:
            return as_instant(first)
    raise Unsuitable


def _date_with(day: FeelValue, second: FeelValue) -> DateTime:
    if kind_of(second) is Kind.TIME:
        return date_time_of(_date(day), second)
    if type(second) is not str or kind_of(day) is not Kind.DATE_AND_TIME:
        raise Unsuitable
    zone = parse_zone(second if second[:1] in "Zz+-" else f"@{second}")
    if day.tzinfo is None:
        return date_time_of(date_in(day), in_zone(time_in(day), zone))
    return date_time_of_instant(instant_of(day), zone)


@DATES.function("duration", "from")
def duration(environment: Environment, value: FeelValue) -> FeelValue:
    """A duration of a text."""
    value = single(value)
    if is_duration(value):
        return value
    if type(value) is not str:
        raise Unsuitable
    return _found(parse_duration(value))


@DATES.function("years and months duration", "from, to")
def years_and_months_duration(environment: Environment, start: FeelValue, end: FeelValue) -> FeelValue:
    """Whole months between two dates; negative when `to` is earlier."""
    first, last = _date(start), _date(end)
    if last < first:
        return YearsMonthsDuration(-_months_between(last, first))
    return YearsMonthsDuration(_months_between(first, last))


def _months_between(first: Date, last: Date) -> int:
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - 1 if last.day < first.day else months


@DATES.function("day of year", "date")
def day_of_year(environment: Environment, day: FeelValue) -> FeelValue:
    """From 1 to 366."""
    return within_cycle(_date(day)).timetuple().tm_yday


@DATES.function("day of week", "date")
def day_of_week(environment: Environment, day: FeelValue) -> FeelValue:
    """The English name of the weekday."""
    return _WEEKDAYS[within_cycle(_date(day)).weekday()]


@DATES.function("month of year", "date")
def month_of_year(environment: Environment, day: FeelValue) -> FeelValue:
    """The English name of the month."""
    return _MONTHS[_date(day).month - 1]


@DATES.function("week of year", "date")
def week_of_year(environment: Environment, day: FeelValue) -> FeelValue:
    """The week by ISO 8601."""
    return within_cycle(_date(day)).isocalendar().week


@DATES.function("last day of month", "date")
def last_day_of_month(environment: Environment, day: FeelValue) -> FeelValue:
    """The month's last date (Camunda 8)."""
    given = _date(day)
    return date_of(given.year, given.month, calendar.monthrange(within_cycle(given).year, given.month)[1])


@DATES.function("now", "", pure=False)
def now(environment: Environment) -> FeelValue:
    """The environment's time, in its zone."""
    return environment.now.astimezone(environment.zone)


@DATES.function("today", "", pure=False)
def today(environment: Environment) -> FeelValue:
    """The date of the environment's time, in its zone."""
    return environment.now.astimezone(environment.zone).date()
