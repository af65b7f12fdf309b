"""Dates, times and durations as far as DMN 1.5 has them: years ±999,999,999, nanoseconds, durations across both.

What `dt.date`, `dt.time`, `dt.datetime` and `dt.timedelta` can hold is always one of those; the classes here
hold only the rest and refuse what fits Python's own. So every value has exactly one form, and `date_of`,
`time_of`, `date_time_of` and `duration_of` choose it. The calendar is the proleptic Gregorian one with a year 0
(XML Schema 1.1 Part 2, appendix D; ISO 8601), which repeats every 400 years: Python's calendar serves for all.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import total_ordering
from typing import TypeAlias

MAX_YEAR = 999_999_999
NANOSECONDS = 1_000_000_000
"""In a second."""
DAY = 86_400 * NANOSECONDS
MAX_NANOSECONDS = 2**63 * NANOSECONDS - 1
"""Of a days and time duration: more than ten times what lies between the first and the last date."""

_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097
_LAST_ORDINAL = dt.date.max.toordinal()
_FIRST_MICROSECOND = dt.timedelta.min // dt.timedelta(microseconds=1)
_LAST_MICROSECOND = dt.timedelta.max // dt.timedelta(microseconds=1)
_LATE_CYCLE = dt.date(9201, 1, 1)  # begins a cycle, and every zone has its last rules by then
_EARLY = dt.date(1, 1, 2)  # every zone has its local mean time then


@total_ordering
@dataclass(frozen=True, slots=True)
class WideDate:
    """A date of a year before 1 or after 9999. Raises ValueError for any other and for days there are not."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if dt.MINYEAR <= self.year <= dt.MAXYEAR or abs(self.year) > MAX_YEAR:
            raise ValueError(self.year)
        dt.date(_same_calendar(self.year), self.month, self.day)

    def __lt__(self, other: object) -> bool:
        if isinstance(other, WideDate):
            return (self.year, self.month, self.day) < (other.year, other.month, other.day)
        if isinstance(other, dt.date):
            return self.year < dt.MINYEAR
        return NotImplemented

    def isoformat(self) -> str:
        """`-0044-03-15`, `12026-01-01`."""
        return f"{'-' if self.year < 0 else ''}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"

    def __str__(self) -> str:
        return self.isoformat()


@dataclass(frozen=True, slots=True, eq=False)
class WideTime:
    """A time of day with nanoseconds: `time` in microseconds and 1 to 999 `nanoseconds` on top."""

    time: dt.time
    nanoseconds: int

    def __post_init__(self) -> None:
        if not 0 < self.nanoseconds < 1000:
            raise ValueError(self.nanoseconds)

    def __eq__(self, other: object) -> bool:
        return _clock_key(self) == _clock_key(other) if isinstance(other, WideTime) else NotImplemented

    def __hash__(self) -> int:
        return hash(_clock_key(self))

    @property
    def hour(self) -> int:
        """0 to 23."""
        return self.time.hour

    @property
    def minute(self) -> int:
        """0 to 59."""
        return self.time.minute

    @property
    def second(self) -> int:
        """Whole seconds, 0 to 59."""
        return self.time.second

    @property
    def tzinfo(self) -> dt.tzinfo | None:
        """The zone or offset, if any."""
        return self.time.tzinfo

    def isoformat(self) -> str:
        """As `dt.time.isoformat`, with nine digits of the second."""
        clock = self.time.replace(tzinfo=None).isoformat(timespec="microseconds")
        return f"{clock}{self.nanoseconds:03d}{self.time.isoformat(timespec='hours')[2:]}"

    def __str__(self) -> str:
        return self.isoformat()


Date: TypeAlias = dt.date | WideDate
Time: TypeAlias = dt.time | WideTime


def _clock_key(time: Time) -> tuple[int, dt.tzinfo | None]:
    """What makes a time the time it is; Python's own equality looks past zones."""
    return clock_nanoseconds(time), time.tzinfo


@dataclass(frozen=True, slots=True, eq=False)
class WideDateTime:
    """A date and time of which at least one part is wide; the zone is the time's."""

    date: Date
    time: Time

    def __post_init__(self) -> None:
        if isinstance(self.date, dt.datetime) or (isinstance(self.date, dt.date) and isinstance(self.time, dt.time)):
            raise ValueError(self.date)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WideDateTime):
            return NotImplemented
        return self.date == other.date and _clock_key(self.time) == _clock_key(other.time)

    def __hash__(self) -> int:
        return hash((self.date, _clock_key(self.time)))

    @property
    def year(self) -> int:
        """-999,999,999 to 999,999,999."""
        return self.date.year

    @property
    def month(self) -> int:
        """1 to 12."""
        return self.date.month

    @property
    def day(self) -> int:
        """1 to 31."""
        return self.date.day

    @property
    def hour(self) -> int:
        """0 to 23."""
        return self.time.hour

    @property
    def minute(self) -> int:
        """0 to 59."""
        return self.time.minute

    @property
    def second(self) -> int:
        """Whole seconds, 0 to 59."""
        return self.time.second

    @property
    def tzinfo(self) -> dt.tzinfo | None:
        """The zone or offset, if any."""
        return self.time.tzinfo

    def isoformat(self) -> str:
        """ISO 8601 with the offset the zone has at that time."""
        offset = offset_at(self)
        fixed = None if offset is None else dt.timezone(offset)
        return f"{self.date.isoformat()}T{in_zone(self.time, fixed).isoformat()}"

    def __str__(self) -> str:
        return self.isoformat()


DateTime: TypeAlias = dt.datetime | WideDateTime


@total_ordering
@dataclass(frozen=True, slots=True)
class WideDuration:
    """A days and time duration in nanoseconds that `dt.timedelta` is too short or too coarse for."""

    nanoseconds: int

    def __post_init__(self) -> None:
        if _is_timedelta(self.nanoseconds):
            raise ValueError(self.nanoseconds)
        if abs(self.nanoseconds) > MAX_NANOSECONDS:
            raise OverflowError

    def __lt__(self, other: object) -> bool:
        if isinstance(other, WideDuration | dt.timedelta):
            return self.nanoseconds < nanoseconds_in(other)
        return NotImplemented

    def __str__(self) -> str:
        return duration_text(self)

    def __neg__(self) -> Duration:
        return duration_of(-self.nanoseconds)

    def __abs__(self) -> Duration:
        return duration_of(abs(self.nanoseconds))


Duration: TypeAlias = dt.timedelta | WideDuration


def _same_calendar(year: int) -> int:
    """A year of Python's calendar with the same days and weekdays."""
    return year % _CYCLE_YEARS + _CYCLE_YEARS


def _is_timedelta(nanoseconds: int) -> bool:
    microseconds, rest = divmod(nanoseconds, 1000)
    return not rest and _FIRST_MICROSECOND <= microseconds <= _LAST_MICROSECOND


def date_of(year: int, month: int, day: int) -> Date:
    """The date; raises ValueError where there is none such."""
    return dt.date(year, month, day) if dt.MINYEAR <= year <= dt.MAXYEAR else WideDate(year, month, day)


def within_cycle(date: Date) -> dt.date:
    """A date of Python's calendar with the same month, day, weekday, and day and week of the year."""
    return date if isinstance(date, dt.date) else dt.date(_same_calendar(date.year), date.month, date.day)


def ordinal_of(date: Date) -> int:
    """Days since the last of year 0, as `dt.date.toordinal` counts them."""
    cyclic = within_cycle(date)
    return cyclic.toordinal() + (date.year - cyclic.year) // _CYCLE_YEARS * _CYCLE_DAYS


def date_of_ordinal(ordinal: int) -> Date:
    """The inverse of `ordinal_of`; raises ValueError beyond the calendar."""
    if 1 <= ordinal <= _LAST_ORDINAL:
        return dt.date.fromordinal(ordinal)
    cycles, days = divmod(ordinal - 1, _CYCLE_DAYS)
    cyclic = dt.date.fromordinal(days + 1)
    return date_of(cyclic.year + cycles * _CYCLE_YEARS, cyclic.month, cyclic.day)


def time_of(hour: int, minute: int, second: int, nanosecond: int = 0, zone: dt.tzinfo | None = None) -> Time:
    """The time of day; raises ValueError where there is none such."""
    microseconds, rest = divmod(nanosecond, 1000)
    time = dt.time(hour, minute, second, microseconds, tzinfo=zone)
    return WideTime(time, rest) if rest else time


def clock_in(time: Time) -> dt.time:
    """The time in microseconds."""
    return time if isinstance(time, dt.time) else time.time


def clock_nanoseconds(time: Time) -> int:
    """Since midnight on the clock, whatever its zone."""
    clock = clock_in(time)
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second
    finer = 0 if isinstance(time, dt.time) else time.nanoseconds
    return seconds * NANOSECONDS + clock.microsecond * 1000 + finer


def time_of_clock(nanoseconds: int, zone: dt.tzinfo | None, fold: int = 0) -> Time:
    """The time so long after midnight, round the clock."""
    microseconds, rest = divmod(nanoseconds % DAY, 1000)
    day = dt.datetime.combine(dt.date.min, dt.time()) + dt.timedelta(microseconds=microseconds)
    time = day.time().replace(tzinfo=zone, fold=fold)
    return WideTime(time, rest) if rest else time


def in_zone(time: Time, zone: dt.tzinfo | None, fold: int = 0) -> Time:
    """The same clock in another zone, or without one."""
    moved = clock_in(time).replace(tzinfo=zone, fold=fold)
    return moved if isinstance(time, dt.time) else WideTime(moved, time.nanoseconds)


def date_time_of(date: Date, time: Time) -> DateTime:
    """The date and time of a date alone and a time."""
    if isinstance(date, dt.date) and isinstance(time, dt.time):
        return dt.datetime.combine(date, time)
    return WideDateTime(date, time)


def date_in(moment: DateTime) -> Date:
    """The date of a date and time, in its own zone."""
    return moment.date() if isinstance(moment, dt.datetime) else moment.date


def time_in(moment: DateTime) -> Time:
    """The time of a date and time, with its zone."""
    return moment.timetz() if isinstance(moment, dt.datetime) else moment.time


def in_microseconds(moment: DateTime) -> dt.datetime:
    """A date and time as Python has it, finer parts cut off; raises OverflowError for a year Python does not have."""
    date = date_in(moment)
    if isinstance(date, WideDate):
        raise OverflowError
    return dt.datetime.combine(date, clock_in(time_in(moment)))


def offset_at(moment: DateTime) -> dt.timedelta | None:
    """The offset from UTC; far years have the first and the last rules of a zone."""
    if isinstance(moment, dt.datetime):
        return moment.utcoffset()
    return dt.datetime.combine(_near(ordinal_of(moment.date)), clock_in(moment.time)).utcoffset()


def _near(ordinal: int) -> dt.date:
    """A date of Python's calendar on which zones have the rules they have on that day, with room around it."""
    if ordinal < _EARLY.toordinal():
        return _EARLY
    if ordinal >= _LATE_CYCLE.toordinal() + _CYCLE_DAYS:
        return dt.date.fromordinal(_LATE_CYCLE.toordinal() + (ordinal - 1) % _CYCLE_DAYS)
    return dt.date.fromordinal(ordinal)


def instant_of(moment: DateTime) -> int:
    """Nanoseconds on one scale: of UTC with a zone, of the place without."""
    local = ordinal_of(date_in(moment)) * DAY + clock_nanoseconds(time_in(moment))
    offset = offset_at(moment)
    return local if offset is None else local - nanoseconds_in(offset)


def date_time_of_instant(instant: int, zone: dt.tzinfo | None) -> DateTime:
    """The inverse of `instant_of`; raises ValueError beyond the calendar."""
    offset, fold = dt.timedelta(), 0
    if zone is not None:
        ordinal, clock = divmod(instant, DAY)
        near = dt.datetime.combine(_near(ordinal), dt.time(tzinfo=dt.UTC)) + dt.timedelta(microseconds=clock // 1000)
        local = near.astimezone(zone)
        offset, fold = local.utcoffset() or offset, local.fold
    ordinal, clock = divmod(instant + nanoseconds_in(offset), DAY)
    return date_time_of(date_of_ordinal(ordinal), time_of_clock(clock, zone, fold))


def duration_of(nanoseconds: int) -> Duration:
    """The days and time duration; raises OverflowError beyond MAX_NANOSECONDS."""
    if _is_timedelta(nanoseconds):
        return dt.timedelta(microseconds=nanoseconds // 1000)
    return WideDuration(nanoseconds)


def nanoseconds_in(duration: Duration) -> int:
    """All of a days and time duration."""
    if isinstance(duration, WideDuration):
        return duration.nanoseconds
    return (duration.days * 86_400 + duration.seconds) * NANOSECONDS + duration.microseconds * 1000


def duration_text(value: Duration) -> str:
    """ISO 8601 text of a days and time duration such as `P1DT2H`, `-PT0.5S`, `PT0S`."""
    total = nanoseconds_in(value)
    days, rest = divmod(abs(total), DAY)
    seconds, nanoseconds = divmod(rest, NANOSECONDS)
    hours, seconds = divmod(seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    fraction = f".{nanoseconds:09d}".rstrip("0") if nanoseconds else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{seconds}{fraction}S" if seconds or nanoseconds else ""
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-" if total < 0 else "") + "P" + (text or "T0S")
