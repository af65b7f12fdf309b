"""Dates, times and durations: their text forms, properties and instants (DMN 1.5, 10.3.2.3 and 10.3.4.1).

Python's calendar is the bound: years 1 to 9999 and microseconds; beyond it a value is null.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.model.values import YearsMonthsDuration, duration_text

Temporal: TypeAlias = dt.date | dt.time | dt.datetime | dt.timedelta | YearsMonthsDuration
DateOrTime: TypeAlias = dt.date | dt.time | dt.datetime

_DATE = re.compile(r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z_/+\-0-9]+)?"
)
_YEARS_MONTHS = re.compile(r"(-?)P(?:([0-9]{1,12})Y)?(?:([0-9]{1,12})M)?")
_DAYS_TIME = re.compile(
    r"(-?)P(?:([0-9]{1,12})D)?(?:T(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?(?:([0-9]{1,12})(?:\.([0-9]{0,9}))?S)?)?"
)
_MAX_OFFSET = dt.timedelta(hours=14)  # the largest that XML Schema and any place on earth have

MAX_MONTHS = 12 * 999_999_999
"""Bound of a years and months duration, as large as the standard's years."""


def parse_date(text: str) -> dt.date | None:
    """The date `2026-11-23` names, or None."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_zone(text: str | None) -> dt.tzinfo | None:
    """The zone `Z`, `+08:00` or `@Asia/Shanghai` names; raises ValueError when there is none such."""
    if not text:
        return None
    if text == "Z":
        return dt.UTC
    if text[0] == "@":
        try:
            return ZoneInfo(text[1:])
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError(text) from error
    parts = [int(part) for part in text[1:].split(":")]
    if any(part > 59 for part in parts[1:]):
        raise ValueError(text)
    offset = dt.timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2] if len(parts) > 2 else 0)
    return offset_zone(-offset if text[0] == "-" else offset)


def offset_zone(offset: dt.timedelta) -> dt.tzinfo:
    """The fixed zone of `offset`; raises ValueError beyond 14 hours."""
    if abs(offset) > _MAX_OFFSET:
        raise ValueError(offset)
    return dt.timezone(offset)


def parse_time(text: str) -> dt.time | None:
    """The time `10:30:00`, with a fraction, offset or zone, or None."""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    try:
        return dt.time(int(match[1]), int(match[2]), int(match[3]), _micros(match[4]), tzinfo=parse_zone(match[5]))
    except ValueError:
        return None


def _micros(digits: str | None) -> int:
    return int((digits or "")[:6].ljust(6, "0"))


def parse_date_and_time(text: str) -> dt.datetime | None:
    """The instant `2026-11-23T10:30:00+08:00` names, or midnight of a date alone, or None."""
    day, separator, clock = text.partition("T")
    date = parse_date(day)
    if date is None:
        return None
    if not separator:
        return dt.datetime.combine(date, dt.time())
    at_end = clock.startswith("24:00:00")  # ISO 8601: the midnight that ends the day
    time = parse_time("00:00:00" + clock[8:] if at_end else clock)
    if time is None or (at_end and time.replace(tzinfo=None) != dt.time()):
        return None
    try:
        return dt.datetime.combine(date + dt.timedelta(days=1) if at_end else date, time)
    except OverflowError:
        return None


def parse_duration(text: str) -> dt.timedelta | YearsMonthsDuration | None:
    """The duration `P1Y2M` or `P1DT2H3M4.5S` names, or None."""
    match = _YEARS_MONTHS.fullmatch(text)
    if match and (match[2] or match[3]):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonthsDuration(-months if match[1] else months) if months <= MAX_MONTHS else None
    match = _DAYS_TIME.fullmatch(text)
    if not match or text.endswith("T") or not any(match.groups()[1:]):
        return None
    days, hours, minutes, seconds = (int(match[index] or 0) for index in range(2, 6))
    try:
        duration = dt.timedelta(days, seconds, _micros(match[6]), minutes=minutes, hours=hours)
        return -duration if match[1] else duration
    except OverflowError:
        return None


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
    if isinstance(value, dt.timedelta):
        return duration_text(value)
    if isinstance(value, YearsMonthsDuration):
        return value.isoformat()
    if isinstance(value, dt.datetime):
        return value.date().isoformat() + "T" + _clock_text(value.timetz())
    if isinstance(value, dt.time):
        return _clock_text(value)
    return value.isoformat()


def _clock_text(value: dt.time) -> str:
    text = value.replace(tzinfo=None, fold=0).isoformat()
    if "." in text:
        text = text.rstrip("0")
    return text + _zone_text(value.tzinfo)


def _zone_text(zone: dt.tzinfo | None) -> str:
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = zone.utcoffset(None) or dt.timedelta(0)
    if not offset:
        return "Z"
    return dt.time(0, tzinfo=zone).isoformat()[8:]


def offset_of(value: DateOrTime) -> dt.timedelta | None:
    """The offset from UTC. A time in a named zone takes the zone's offset of 1 January 1970."""
    if isinstance(value, dt.datetime):
        return value.utcoffset()
    if isinstance(value, dt.time):
        return dt.datetime.combine(dt.date(1970, 1, 1), value).utcoffset()
    return None


def time_order(value: dt.time) -> dt.timedelta:
    """Time since midnight UTC (or local midnight, without a zone): what two times are compared by."""
    clock = dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return clock - (offset_of(value) or dt.timedelta(0))


def as_instant(value: dt.date) -> dt.datetime:
    """A date as midnight UTC, a date and time as it is (DMN 1.5, 10.3.2.3.5)."""
    if isinstance(value, dt.datetime):
        return value
    return dt.datetime.combine(value, dt.time(tzinfo=dt.UTC))


def plain_instant(value: dt.datetime) -> dt.datetime:
    """The same instant in UTC, so that Python's same-zone arithmetic on the wall clock is not used."""
    return value if value.tzinfo is None else value.astimezone(dt.UTC)


def _seconds(value: dt.time | dt.datetime) -> int | Decimal:
    if not value.microsecond:
        return value.second
    return value.second + Decimal(value.microsecond).scaleb(-6).normalize()


def _zone_name(value: dt.time | dt.datetime) -> str | None:
    zone = value.tzinfo
    return zone.key if isinstance(zone, ZoneInfo) else None


def _duration_seconds(value: dt.timedelta) -> int | Decimal:
    micros = abs(value) // dt.timedelta(microseconds=1) % 60_000_000
    seconds = Decimal(micros).scaleb(-6).normalize()
    whole = int(seconds) if seconds == int(seconds) else seconds
    return -whole if value < dt.timedelta(0) else whole


def _part(value: dt.timedelta, unit: int, of: int | None = None) -> int:
    total = abs(value) // dt.timedelta(seconds=unit)
    part = total if of is None else total % of
    return -part if value < dt.timedelta(0) else part


def _months_part(value: YearsMonthsDuration) -> int:
    part = abs(value.months) % 12
    return -part if value.months < 0 else part


def _years_part(value: YearsMonthsDuration) -> int:
    part = abs(value.months) // 12
    return -part if value.months < 0 else part


def seconds_of(value: dt.timedelta) -> int | Decimal:
    """All of a duration in seconds."""
    micros = value // dt.timedelta(microseconds=1)
    return micros // 1_000_000 if micros % 1_000_000 == 0 else Decimal(micros).scaleb(-6).normalize()


def _datetime_value(value: dt.datetime) -> int | Decimal:
    naive = plain_instant(value).replace(tzinfo=None)
    return seconds_of(naive - dt.datetime(1970, 1, 1))  # noqa: DTZ001 — local times have a value, too


Getter: TypeAlias = Callable[..., object]
_DATE_PROPERTIES: dict[str, Getter] = {
    "year": lambda value: value.year,
    "month": lambda value: value.month,
    "day": lambda value: value.day,
    "weekday": lambda value: value.isoweekday(),
}
_CLOCK_PROPERTIES: dict[str, Getter] = {
    "hour": lambda value: value.hour,
    "minute": lambda value: value.minute,
    "second": _seconds,
    "time offset": offset_of,
    "timezone": _zone_name,
}
PROPERTIES: dict[type, dict[str, Getter]] = {
    dt.date: {**_DATE_PROPERTIES, "value": lambda value: _datetime_value(as_instant(value))},
    dt.time: {**_CLOCK_PROPERTIES, "value": lambda value: seconds_of(time_order(value))},
    dt.datetime: {**_DATE_PROPERTIES, **_CLOCK_PROPERTIES, "value": _datetime_value},
    dt.timedelta: {
        "days": lambda value: _part(value, 86_400),
        "hours": lambda value: _part(value, 3_600, 24),
        "minutes": lambda value: _part(value, 60, 60),
        "seconds": _duration_seconds,
        "value": seconds_of,
    },
    YearsMonthsDuration: {
        "years": _years_part,
        "months": _months_part,
        "value": lambda value: value.months,
    },
}
"""Properties by Python type and FEEL name (DMN 1.5, table 65)."""
