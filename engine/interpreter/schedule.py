"""When a start event with a timer begins cases: a date, or a cycle in ISO 8601 (`R3/2026-01-05T08:00:00+08:00/P1D`).

The moments of a cycle are all counted from its first, in the bank's zone: months keep their day where the month has it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from engine.interpreter.definitions import TimerDefinition, TimerKind
from engine.interpreter.elements.activities import instant_at
from engine.interpreter.elements.timers import duration_of
from engine.interpreter.environment import CaseEnvironment
from engine.interpreter.errors import UnexpectedResult
from engine.model.values import Value, YearsMonthsDuration

_CYCLE = re.compile(r"R(\d{0,9})/(?:([^/]+)/)?(P[0-9A-Z.]+)")
_CLOSEST = dt.timedelta(minutes=1)
"""Nobody could do what begins faster; and a mistyped cycle must not fill the database."""
_LONGEST_KEY = 200
Interval = dt.timedelta | YearsMonthsDuration


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The moments (UTC): `first` and, with an `interval`, those after it up to `last`, or without end."""

    first: dt.datetime
    interval: str | None = None
    last: dt.datetime | None = None

    def next_after(self, moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime | None:
        """The first moment later than that; None when there is none any more."""
        if moment < self.first:
            return self.first
        if self.interval is None:
            return None
        interval = _interval(self.interval)
        assert interval is not None  # it was read before
        number = max(_about(self.first, moment, interval) - 1, 0)
        try:
            while (found := _nth(self.first, interval, number, zone)) <= moment:
                number += 1
        except OverflowError:
            return None
        return None if self.last is not None and found > self.last else found

    def last_until(self, due: dt.datetime, moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
        """The latest moment from `due` that is not later than `moment`: of several missed ones, the last."""
        if self.interval is None or due > moment:
            return due
        interval = _interval(self.interval)
        assert interval is not None
        number = _about(self.first, moment, interval) + 1
        while (found := _nth(self.first, interval, number, zone)) > moment and found > due:
            number -= 1
        return max(found if self.last is None else min(found, self.last), due)


def schedule_of(element: str, timer: TimerDefinition, environment: CaseEnvironment) -> Schedule:
    """The schedule as it begins at the environment's time. Raises UnexpectedResult."""
    attribute = timer.kind.value
    value = timer.expression.evaluate({}, environment.feel())
    if timer.kind is TimerKind.DATE:
        return Schedule(first=instant_at(element, attribute, value, environment.zone))
    matched = _CYCLE.fullmatch(value) if isinstance(value, str) else None
    interval = _interval(matched[3]) if matched else None
    if matched is None or interval is None or (matched[1] and int(matched[1]) == 0):
        raise _unexpected(element, attribute, "an ISO 8601 cycle of at least a minute, such as R/PT24H", value)
    try:
        if matched[2]:
            first = instant_at(element, attribute, matched[2], environment.zone)
        else:
            first = _nth(environment.now, interval, 1, environment.zone)
        times = int(matched[1]) if matched[1] else None
        last = None if times is None else _nth(first, interval, times - 1, environment.zone)
    except OverflowError as error:
        raise _unexpected(element, attribute, "a cycle within the calendar", value) from error
    return Schedule(first=first, interval=matched[3], last=last)


def business_key_at(
    process_id: str, element: str, timer: TimerDefinition, due: dt.datetime, environment: CaseEnvironment
) -> str:
    """The business key of the case that begins at `due`: by the diagram's expression, which may name `due` and
    `process_id`, else process and day, with the minute where there may be several a day. Raises UnexpectedResult."""
    local = due.astimezone(environment.zone)
    if timer.business_key is None:
        often = timer.kind is TimerKind.CYCLE and _several_a_day(timer, environment)
        return f"{process_id}-{local:%Y%m%d-%H%M}" if often else f"{process_id}-{local:%Y%m%d}"
    key = timer.business_key.evaluate({"due": local, "process_id": process_id}, environment.feel())
    if not isinstance(key, str) or not key.strip() or len(key) > _LONGEST_KEY:
        raise _unexpected(element, "businessKey", f"a text of at most {_LONGEST_KEY} characters", key)
    return key


def _several_a_day(timer: TimerDefinition, environment: CaseEnvironment) -> bool:
    value = timer.expression.evaluate({}, environment.feel())
    matched = _CYCLE.fullmatch(value) if isinstance(value, str) else None
    interval = _interval(matched[3]) if matched else None
    return isinstance(interval, dt.timedelta) and interval < dt.timedelta(days=1)


def _interval(text: str) -> Interval | None:
    """The distance between two moments; None when it is none, or too short."""
    found = duration_of(text)
    if isinstance(found, YearsMonthsDuration):
        return found if found.months > 0 else None
    return found if isinstance(found, dt.timedelta) and found >= _CLOSEST else None


def _about(first: dt.datetime, moment: dt.datetime, interval: Interval) -> int:
    """How many intervals lie between them: exact but for one, as months differ in length."""
    if isinstance(interval, dt.timedelta):
        return int((moment - first) // interval)
    return ((moment.year - first.year) * 12 + moment.month - first.month) // interval.months


def _nth(first: dt.datetime, interval: Interval, number: int, zone: dt.tzinfo) -> dt.datetime:
    """The moment that many intervals after the first. Raises OverflowError beyond the calendar."""
    local = first.astimezone(zone).replace(tzinfo=None)
    if isinstance(interval, dt.timedelta):
        moved = local + interval * number
    else:
        year, month = divmod(local.year * 12 + local.month - 1 + interval.months * number, 12)
        if not dt.MINYEAR <= year < dt.MAXYEAR:
            raise OverflowError
        following = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
        days = (following - dt.date(year, month + 1, 1)).days
        moved = local.replace(year=year, month=month + 1, day=min(local.day, days))
    return moved.replace(tzinfo=zone).astimezone(dt.UTC)


def _unexpected(element: str, attribute: str, expected: str, value: Value) -> UnexpectedResult:
    return UnexpectedResult(attribute=attribute, element=element, expected=expected, actual=type(value).__name__)
