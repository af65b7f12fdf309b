"""The business calendar as FEEL functions; what they answered is kept for the journal, so that replay need not ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.feel import ExternalFunction, Unsuitable
from engine.interpreter import CALENDAR_FUNCTIONS
from engine.model.calendar import WideDateTime, in_microseconds
from engine.model.ports import Calendar

_MAX_STEPS = 10_000  # business days or hours in one call: 40 years; more is a mistake in a diagram


class CalendarFunctions(Mapping[str, ExternalFunction]):
    """The functions of one command by name, each made when first asked for, and the record of their calls.

    `calendar` is asked only when a function is called: most commands need none.
    """

    def __init__(self, calendar: Callable[[], Calendar]) -> None:
        self.calls: list[dict[str, Any]] = []
        self._calendar = calendar

    def __getitem__(self, name: str) -> ExternalFunction:
        match name:
            case "business days after":
                return _noting(name, "days", self._business_days_after, self.calls)
            case "business hours after":
                return _noting(name, "hours", self._business_hours_after, self.calls)
            case _:
                raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(CALENDAR_FUNCTIONS)

    def __len__(self) -> int:
        return len(CALENDAR_FUNCTIONS)

    def _business_days_after(self, start: dt.datetime, days: int) -> dt.datetime:
        return self._calendar().business_days_after(start, days)

    def _business_hours_after(self, start: dt.datetime, hours: int) -> dt.datetime:
        return self._calendar().business_hours_after(start, hours)


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
