"""Date, time and duration functions (DMN 1.5, tables 70 and 77, and Camunda 8's)."""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import Decimal

from engine.feel.builtins.signatures import Family, number, single
from engine.feel.environment import Environment
from engine.feel.errors import Unsuitable
from engine.feel.temporal import (
    as_instant,
    offset_zone,
    parse_date,
    parse_date_and_time,
    parse_duration,
    parse_time,
    parse_zone,
)
from engine.feel.types import FeelValue
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
    if given != int(given):
        raise Unsuitable
    return int(given)


def _date(value: FeelValue) -> dt.date:
    value = single(value)
    if type(value) is str:
        value = parse_date_and_time(value)
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    raise Unsuitable


@DATES.function("date", "from", "year, month, day")
def date(environment: Environment, *parts: FeelValue) -> FeelValue:
    """A date of a text, of a date and time, or of year, month and day."""
    if len(parts) == 3:
        return dt.date(*(_integer(part) for part in parts))
    value = single(parts[0])
    return _found(parse_date(value)) if type(value) is str else _date(value)


@DATES.function("time", "from", "hour, minute, second, offset?")
def time(environment: Environment, *parts: FeelValue) -> FeelValue:
    """A time of a text, of a date and time, or of its parts."""
    if len(parts) > 1:
        return _time_of_parts(*parts)
    value = single(parts[0])
    if type(value) is str:
        return _found(parse_time(value))
    if isinstance(value, dt.datetime):
        return value.timetz()
    if isinstance(value, dt.time):
        return value
    if isinstance(value, dt.date):
        return dt.time(tzinfo=dt.UTC)
    raise Unsuitable


def _time_of_parts(hour: FeelValue, minute: FeelValue, second: FeelValue, offset: FeelValue = None) -> dt.time:
    seconds = Decimal(number(second))
    micros = int((seconds - int(seconds)).scaleb(6))
    if offset is not None and not isinstance(offset, dt.timedelta):
        raise Unsuitable
    zone = None if offset is None else offset_zone(offset)
    return dt.time(_integer(hour), _integer(minute), int(seconds), micros, tzinfo=zone)


@DATES.function("date and time", "from", "date, time", "date, timezone")
def date_and_time(environment: Environment, *parts: FeelValue) -> FeelValue:
    """A date and time of a text, or of a date with a time or a zone."""
    first = single(parts[0])
    if len(parts) == 2:
        return _date_with(first, single(parts[1]))
    if type(first) is str:
        return _found(parse_date_and_time(first))
    if isinstance(first, dt.datetime):
        return first
    if isinstance(first, dt.date):
        return as_instant(first)
    raise Unsuitable


def _date_with(day: FeelValue, second: FeelValue) -> dt.datetime:
    if isinstance(second, dt.time) and isinstance(day, dt.date):
        return dt.datetime.combine(_date(day), second)
    if isinstance(second, str) and isinstance(day, dt.datetime):
        zone = parse_zone(second if second[:1] in "Z+-" else f"@{second}")
        return day.astimezone(zone) if day.tzinfo else day.replace(tzinfo=zone)
    raise Unsuitable


@DATES.function("duration", "from")
def duration(environment: Environment, value: FeelValue) -> FeelValue:
    """A duration of a text."""
    value = single(value)
    if isinstance(value, dt.timedelta | YearsMonthsDuration):
        return value
    if type(value) is not str:
        raise Unsuitable
    return _found(parse_duration(value))


@DATES.function("years and months duration", "from, to")
def years_and_months_duration(environment: Environment, start: FeelValue, end: FeelValue) -> FeelValue:
    """Whole months between two dates; negative when `to` is earlier."""
    first, last = _moment(start), _moment(end)
    if last < first:
        return YearsMonthsDuration(-_months_between(last, first))
    return YearsMonthsDuration(_months_between(first, last))


def _moment(value: FeelValue) -> dt.date:
    return _date(value)


def _months_between(first: dt.date, last: dt.date) -> int:
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - 1 if last.day < first.day else months


@DATES.function("day of year", "date")
def day_of_year(environment: Environment, day: FeelValue) -> FeelValue:
    """From 1 to 366."""
    return _date(day).timetuple().tm_yday


@DATES.function("day of week", "date")
def day_of_week(environment: Environment, day: FeelValue) -> FeelValue:
    """The English name of the weekday."""
    return _WEEKDAYS[_date(day).weekday()]


@DATES.function("month of year", "date")
def month_of_year(environment: Environment, day: FeelValue) -> FeelValue:
    """The English name of the month."""
    return _MONTHS[_date(day).month - 1]


@DATES.function("week of year", "date")
def week_of_year(environment: Environment, day: FeelValue) -> FeelValue:
    """The week by ISO 8601."""
    return _date(day).isocalendar().week


@DATES.function("last day of month", "date")
def last_day_of_month(environment: Environment, day: FeelValue) -> FeelValue:
    """The month's last date (Camunda 8)."""
    given = _date(day)
    return given.replace(day=calendar.monthrange(given.year, given.month)[1])


@DATES.function("now", "", pure=False)
def now(environment: Environment) -> FeelValue:
    """The environment's time, in its zone."""
    return environment.now.astimezone(environment.zone)


@DATES.function("today", "", pure=False)
def today(environment: Environment) -> FeelValue:
    """The date of the environment's time, in its zone."""
    return environment.now.astimezone(environment.zone).date()
