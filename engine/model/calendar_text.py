"""The text forms of dates, times and durations: XML Schema 1.1 Part 2 as DMN 1.5 (10.3.4.1) takes them over.

A zone may also be named as the IANA database does, `@Asia/Shanghai`, and an offset may have seconds. Nine digits
of a second are read; text with more names no value.
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.model.calendar import (
    NANOSECONDS,
    Date,
    DateTime,
    Duration,
    Time,
    WideDuration,
    clock_in,
    date_in,
    date_of,
    date_of_ordinal,
    date_time_of,
    duration_of,
    in_zone,
    ordinal_of,
    time_in,
    time_of,
)

MAX_OFFSET = dt.timedelta(hours=14)  # the largest that XML Schema and any place on earth have

_YEAR = r"-?(?:[1-9][0-9]{4,8}|[0-9]{4})"
_OFFSET = r"[Zz]|[+-][0-9]{2}:[0-9]{2}"  # the standard's own examples write `z`, too
_DATE = re.compile(rf"({_YEAR})-([0-9]{{2}})-([0-9]{{2}})({_OFFSET})?")
_TIME = re.compile(
    rf"([0-9]{{2}}):([0-9]{{2}}):([0-9]{{2}})(?:\.([0-9]{{1,9}}))?((?:{_OFFSET})(?::[0-9]{{2}})?|@[A-Za-z_/+\-0-9]+)?"
)
_DAYS_TIME = re.compile(
    r"(-?)P(?:([0-9]{1,20})D)?(?:T(?:([0-9]{1,20})H)?(?:([0-9]{1,20})M)?(?:([0-9]{1,20})(?:\.([0-9]{0,9}))?S)?)?"
)


def parse_date(text: str) -> Date | None:
    """The date `2026-11-23` or `-0044-03-15` names, or None. An offset is read and dropped: dates have none."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    try:
        parse_zone(match[4])
        return date_of(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_zone(text: str | None) -> dt.tzinfo | None:
    """The zone `Z`, `+08:00` or `@Asia/Shanghai` names; raises ValueError when there is none such."""
    if not text:
        return None
    if text in ("Z", "z"):
        return dt.UTC
    if text[0] == "@":
        try:
            return ZoneInfo(text[1:])
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError(text) from error
    hours, *finer = (int(part) for part in text[1:].split(":"))
    if any(part > 59 for part in finer):
        raise ValueError(text)
    offset = dt.timedelta(hours=hours, minutes=finer[0], seconds=sum(finer[1:]))
    return offset_zone(-offset if text[0] == "-" else offset)


def offset_zone(offset: Duration) -> dt.tzinfo:
    """The fixed zone of `offset`; raises ValueError beyond 14 hours and for parts of a second."""
    if isinstance(offset, WideDuration) or abs(offset) > MAX_OFFSET or offset.microseconds:
        raise ValueError(offset)
    return dt.timezone(offset) if offset else dt.UTC


def parse_time(text: str) -> Time | None:
    """The time `10:30:00`, with a fraction, offset or zone, or None; `24:00:00` is midnight."""
    read = _clock(text)
    return read and read[0]


def _clock(text: str) -> tuple[Time, bool] | None:
    """The time, and whether it is the midnight that ends the day."""
    match = _TIME.fullmatch(text)
    if not match or (match[5] and match[5][0] in "Zz" and len(match[5]) > 1):
        return None
    nanosecond = int((match[4] or "").ljust(9, "0"))
    ends_day = (match[1], match[2], match[3], nanosecond) == ("24", "00", "00", 0)
    try:
        hour = 0 if ends_day else int(match[1])
        return time_of(hour, int(match[2]), int(match[3]), nanosecond, parse_zone(match[5])), ends_day
    except ValueError:
        return None


def parse_date_and_time(text: str) -> DateTime | None:
    """What `2026-11-23T10:30:00+08:00` names, or midnight of a date alone, or None."""
    day, separator, clock = text.partition("T")
    match = _DATE.fullmatch(day)
    date = parse_date(day)
    if match is None or date is None:
        return None
    if not separator:
        return date_time_of(date, dt.time(tzinfo=parse_zone(match[4])))
    read = _clock(clock)
    if read is None or match[4]:
        return None
    time, ends_day = read
    try:
        return date_time_of(date_of_ordinal(ordinal_of(date) + 1) if ends_day else date, time)
    except ValueError:
        return None


def parse_days_and_time(text: str) -> Duration | None:
    """The duration `P1DT2H3M4.5S` names, or None."""
    match = _DAYS_TIME.fullmatch(text)
    if not match or text.endswith("T") or not any(match.groups()[1:]):
        return None
    days, hours, minutes, seconds = (int(match[index] or 0) for index in range(2, 6))
    whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    total = whole * NANOSECONDS + int((match[6] or "").ljust(9, "0"))
    try:
        return duration_of(-total if match[1] else total)
    except OverflowError:
        return None


def time_text(time: Time) -> str:
    """The FEEL text of a time; zones keep their names."""
    clock = in_zone(time, None).isoformat()
    return (clock.rstrip("0") if "." in clock else clock) + _zone_text(time.tzinfo)


def date_time_text(moment: DateTime) -> str:
    """The FEEL text of a date and time; zones keep their names."""
    return f"{date_in(moment).isoformat()}T{time_text(time_in(moment))}"


def moment_text(moment: DateTime) -> str:
    """As `date_time_text`; when the clock goes back, the second of the two hours is told by its offset as well."""
    text = date_time_text(moment)
    if not clock_in(time_in(moment)).fold:
        return text
    return f"{moment.isoformat()}@{text.partition('@')[2]}"


def parse_moment(text: str) -> DateTime | None:
    """What `moment_text` wrote."""
    clock, _, zone = text.partition("@")
    moment = parse_date_and_time(clock)
    if moment is None or moment.tzinfo is None or not zone:
        return parse_date_and_time(text)
    return date_time_of(date_in(moment), in_zone(time_in(moment), parse_zone(f"@{zone}"), fold=1))


def _zone_text(zone: dt.tzinfo | None) -> str:
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = zone.utcoffset(None)
    return dt.time(tzinfo=zone).isoformat()[8:] if offset else "Z"
