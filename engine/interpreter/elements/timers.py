"""When timers are due: ISO 8601 durations, dates and cycles, as FEEL values or text."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from engine.feel import Environment, FeelSyntaxError, compile_expression
from engine.interpreter.definitions import TimerDefinition, TimerKind
from engine.interpreter.elements.activities import instant_of, unexpected
from engine.interpreter.elements.base import FlowNode
from engine.interpreter.tree import Task
from engine.model.calendar import WideDateTime, WideDuration, in_microseconds
from engine.model.values import Value, YearsMonthsDuration

FOREVER = -1
"""Repetitions left of a cycle without a count."""

_ANY_TIME = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # reading a duration does not depend on the time
_CYCLE = re.compile(r"R(\d*)/(P[0-9A-Z.]+)")


@dataclass(frozen=True)
class Due:
    """When a timer occurs next, how often it does after that, and at which distance (cycles only)."""

    at: dt.datetime
    left: int = 0
    interval: str | None = None


def due_of(task: Task, spec: FlowNode, definition: TimerDefinition) -> Due:
    """Evaluate the timer at the element. Raises UnexpectedResult when it is no date, duration or cycle."""
    value = task.case.evaluate(task, definition.expression)
    now = task.case.environment.now
    attribute = definition.kind.value
    zone = task.case.environment.zone
    if definition.kind is TimerKind.DATE:
        return Due(instant_of(spec, attribute, value, zone))
    if definition.kind is TimerKind.DURATION:
        return Due(after(spec, attribute, now, value, zone))
    matched = _CYCLE.fullmatch(value) if isinstance(value, str) else None
    if matched is None or matched[1] == "0":
        raise unexpected(spec, attribute, "a cycle such as R3/PT24H", value)
    first = after(spec, attribute, now, matched[2], zone)
    if first <= now:
        raise unexpected(spec, attribute, "a cycle with a duration above zero", value)
    return Due(first, int(matched[1]) - 1 if matched[1] else FOREVER, matched[2])


def after(spec: FlowNode, attribute: str, start: dt.datetime, value: Value, zone: dt.tzinfo) -> dt.datetime:
    """`start` moved on by a duration; months and years are counted in the bank's zone. UTC."""
    duration = duration_of(value) if isinstance(value, str) else value
    if not isinstance(duration, dt.timedelta | WideDuration | YearsMonthsDuration):
        raise unexpected(spec, attribute, "an ISO 8601 duration", value)
    moved = compile_expression("start + duration").evaluate(
        {"start": start.astimezone(zone), "duration": duration}, Environment(now=start)
    )
    try:
        if isinstance(moved, dt.datetime | WideDateTime):
            return in_microseconds(moved).astimezone(dt.UTC)
    except OverflowError:
        pass
    raise unexpected(spec, attribute, "a duration within the calendar", value)


def duration_of(text: str) -> Value:
    """FEEL's reading of an ISO 8601 duration; None when it is none."""
    if not re.fullmatch(r"-?P[0-9YMWDTHS.]+", text):
        return None
    try:
        value = compile_expression(f'duration("{text}")').evaluate({}, Environment(now=_ANY_TIME))
    except FeelSyntaxError:
        return None
    return value if isinstance(value, dt.timedelta | WideDuration | YearsMonthsDuration) else None
