"""Dates, times and durations in expressions: literals, texts, properties, and what they are compared by.

The values themselves are in `engine.model.calendar` (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8 and 10.3.4.1).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Context, Decimal
from typing import TypeAlias
from zoneinfo import ZoneInfo

from engine.model.calendar import (
    DAY,
    NANOSECONDS,
    Date,
    DateTime,
    Duration,
    Time,
    WideDate,
    WideDateTime,
    WideDuration,
    WideTime,
    clock_nanoseconds,
    date_time_of,
    duration_text,
    instant_of,
    nanoseconds_in,
    offset_at,
    time_in,
    within_cycle,
)
from engine.model.calendar_text import (
    date_time_text,
    parse_date,
    parse_date_and_time,
    parse_days_and_time,
    parse_time,
    time_text,
)
from engine.model.values import YearsMonthsDuration

Temporal: TypeAlias = Date | Time | DateTime | Duration | YearsMonthsDuration

_YEARS_MONTHS = re.compile(r"(-?)P(?:([0-9]{1,20})Y)?(?:([0-9]{1,20})M)?")
_EPOCH = dt.date(1970, 1, 1).toordinal() * DAY
_EXACT = Context(prec=34)
_REFERENCE = dt.date(2000, 1, 1)

MAX_MONTHS = 12 * (2**31 - 1)
"""Bound of a years and months duration: beyond what lies between the first and the last date."""


def parse_duration(text: str) -> Duration | YearsMonthsDuration | None:
    """The duration `P1Y2M` or `P1DT2H3M4.5S` names, or None."""
    match = _YEARS_MONTHS.fullmatch(text)
    if not match or not (match[2] or match[3]):
        return parse_days_and_time(text)
    months = int(match[2] or 0) * 12 + int(match[3] or 0)
    return YearsMonthsDuration(-months if match[1] else months) if months <= MAX_MONTHS else None


_PARSERS: tuple[Callable[[str], Temporal | None], ...] = (
    parse_date,
    parse_time,
    parse_date_and_time,
    parse_duration,
)


def parse_temporal(text: str) -> Temporal | None:
    """What `@"text"` means: a date, time, date and time or duration, else None."""
    for parse in _PARSERS:
        value = parse(text)
        if value is not None:
            return value
    return None


def temporal_text(value: Temporal) -> str:
    """The FEEL text of a temporal value; zones keep their names."""
    if isinstance(value, dt.timedelta | WideDuration):
        return duration_text(value)
    if isinstance(value, dt.datetime | WideDateTime):
        return date_time_text(value)
    if isinstance(value, dt.time | WideTime):
        return time_text(value)
    return value.isoformat()


def offset_of(value: Time | DateTime) -> dt.timedelta | None:
    """The offset from UTC. A time in a named zone, which says no day, takes the zone's of 1 January 2000."""
    if isinstance(value, dt.datetime | WideDateTime):
        return offset_at(value)
    if value.tzinfo is None:
        return None
    return offset_at(date_time_of(_REFERENCE, value))


def as_instant(value: Date | DateTime) -> DateTime:
    """A date as midnight UTC, a date and time as it is (DMN 1.5, 10.3.2.3.5)."""
    if isinstance(value, dt.datetime | WideDateTime):
        return value
    return date_time_of(value, dt.time(tzinfo=dt.UTC))


def plain_instant(value: dt.datetime) -> dt.datetime:
    """The same instant in UTC, so that Python's same-zone arithmetic on the wall clock is not used.

    Raises OverflowError when that is outside Python's calendar.
    """
    return value if value.tzinfo is None else value.astimezone(dt.UTC)


def time_position(value: Time) -> int:
    """Nanoseconds since midnight UTC, or local midnight without a zone: what two times are apart by."""
    offset = offset_of(value)
    clock = clock_nanoseconds(value)
    return clock if offset is None else clock - nanoseconds_in(offset)


def times_to_compare(left: Time, right: Time) -> tuple[int, int]:
    """What two times are compared by: whole seconds, for `value` of 10.3.2.3.4 is in seconds, as the kit has it.

    One without an offset takes the other's (table 54), so both clocks are compared as they stand.
    """
    if (left.tzinfo is None) is (right.tzinfo is None):
        return time_position(left) // NANOSECONDS, time_position(right) // NANOSECONDS
    return clock_nanoseconds(left) // NANOSECONDS, clock_nanoseconds(right) // NANOSECONDS


def moments_to_compare(left: DateTime, right: DateTime) -> tuple[dt.datetime, dt.datetime] | tuple[int, int]:
    """As `times_to_compare`, for dates and times."""
    zone, other = left.tzinfo, right.tzinfo
    if type(left) is dt.datetime and type(right) is dt.datetime:
        if zone is other and (zone is None or zone is dt.UTC):
            pass
        elif zone is None or other is None:
            left, right = left.replace(tzinfo=None), right.replace(tzinfo=None)
        else:
            try:
                left, right = plain_instant(left), plain_instant(right)
            except OverflowError:  # within a day of the years 1 or 9999, UTC is outside Python's calendar
                return instant_of(left) // NANOSECONDS, instant_of(right) // NANOSECONDS
        if left.microsecond or right.microsecond:
            return left.replace(microsecond=0), right.replace(microsecond=0)
        return left, right
    alike = (zone is None) is (other is None)
    start, end = (instant_of(value) if alike else _wall_clock(value) for value in (left, right))
    return start // NANOSECONDS, end // NANOSECONDS


def _wall_clock(value: DateTime) -> int:
    offset = offset_at(value)
    return instant_of(value) + (0 if offset is None else nanoseconds_in(offset))


def _number(nanoseconds: int) -> int | Decimal:
    """Nanoseconds as a number of seconds."""
    whole, rest = divmod(nanoseconds, NANOSECONDS)
    return _EXACT.normalize(_EXACT.scaleb(Decimal(nanoseconds), -9)) if rest else whole


def seconds_of(value: Duration) -> int | Decimal:
    """All of a duration in seconds."""
    return _number(nanoseconds_in(value))


def _second(value: Time | DateTime) -> int | Decimal:
    if isinstance(value, dt.time | dt.datetime):
        return value.second if not value.microsecond else _number(value.second * NANOSECONDS + value.microsecond * 1000)
    time = value if isinstance(value, WideTime) else time_in(value)
    return _number(clock_nanoseconds(time) % (60 * NANOSECONDS))


def _zone_name(value: Time | DateTime) -> str | None:
    zone = value.tzinfo
    return zone.key if isinstance(zone, ZoneInfo) else None


def _weekday(value: Date | DateTime) -> int:
    return within_cycle(value.date if isinstance(value, WideDateTime) else value).isoweekday()


def _part(unit: int, of: int | None = None) -> Getter:
    """How many units of so many seconds a duration has: all, or those that do not make the next larger, of `of`."""

    def part(value: Duration) -> int:
        total = nanoseconds_in(value)
        units = abs(total) // (unit * NANOSECONDS)
        if of is not None:
            units %= of
        return -units if total < 0 else units

    return part


def _seconds_part(value: Duration) -> int | Decimal:
    total = nanoseconds_in(value)
    seconds = abs(total) % (60 * NANOSECONDS)
    return _number(-seconds if total < 0 else seconds)


def _months_part(value: YearsMonthsDuration) -> int:
    part = abs(value.months) % 12
    return -part if value.months < 0 else part


def _years_part(value: YearsMonthsDuration) -> int:
    part = abs(value.months) // 12
    return -part if value.months < 0 else part


def _since_1970(value: Date | DateTime) -> int | Decimal:
    return _number(instant_of(as_instant(value)) - _EPOCH)


Getter: TypeAlias = Callable[..., object]
_DATE: dict[str, Getter] = {
    "year": lambda value: value.year,
    "month": lambda value: value.month,
    "day": lambda value: value.day,
    "weekday": _weekday,
    "value": _since_1970,
}
_CLOCK: dict[str, Getter] = {
    "hour": lambda value: value.hour,
    "minute": lambda value: value.minute,
    "second": _second,
    "time offset": offset_of,
    "timezone": _zone_name,
}
_TIME: dict[str, Getter] = {**_CLOCK, "value": lambda value: _number(time_position(value))}
_DAYS_AND_TIME: dict[str, Getter] = {
    "days": _part(86_400),
    "hours": _part(3_600, 24),
    "minutes": _part(60, 60),
    "seconds": _seconds_part,
    "value": seconds_of,
}
PROPERTIES: dict[type, dict[str, Getter]] = {
    dt.date: _DATE,
    WideDate: _DATE,
    dt.time: _TIME,
    WideTime: _TIME,
    dt.datetime: {**_DATE, **_CLOCK},
    WideDateTime: {**_DATE, **_CLOCK},
    dt.timedelta: _DAYS_AND_TIME,
    WideDuration: _DAYS_AND_TIME,
    YearsMonthsDuration: {
        "years": _years_part,
        "months": _months_part,
        "value": lambda value: value.months,
    },
}
"""Properties by Python type and FEEL name (DMN 1.5, table 65)."""
