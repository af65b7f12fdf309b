"""The business calendar as FEEL functions; what they answered is kept for the journal, so that replay need not ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from engine.feel import ExternalFunction, Unsuitable
from engine.model.calendar import WideDateTime, in_microseconds
from engine.model.ports import Calendar

_MAX_STEPS = 10_000  # business days or hours in one call: 40 years; more is a mistake in a diagram


class CalendarFunctions:
    """The functions of one command, and the record of their calls."""

    def __init__(self, calendar: Calendar) -> None:
        self.calls: list[dict[str, Any]] = []
        self.by_name: Mapping[str, ExternalFunction] = {
            name: _noting(name, unit, after, self.calls)
            for name, unit, after in (
                ("business days after", "days", calendar.business_days_after),
                ("business hours after", "hours", calendar.business_hours_after),
            )
        }


def _noting(
    name: str, unit: str, after: Callable[[dt.datetime, int], dt.datetime], calls: list[dict[str, Any]]
) -> ExternalFunction:
    def implementation(start: object, count: object) -> dt.datetime:
        moment, steps = _instant(start), _whole(count)
        try:
            result = after(moment, steps)
        except OverflowError as error:
            raise Unsuitable from error
        calls.append({"function": name, "from": moment, unit: steps, "result": result})
        return result

    return ExternalFunction(name, ("from", unit), implementation)


def _instant(value: object) -> dt.datetime:
    if not isinstance(value, dt.datetime | WideDateTime) or value.tzinfo is None:
        raise Unsuitable
    try:
        return in_microseconds(value).astimezone(dt.UTC)
    except OverflowError as error:
        raise Unsuitable from error


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _MAX_STEPS:
        raise Unsuitable
    return value
