"""Due times that FEEL can name and no calendar of a bank can hold."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.feel import Environment, compile_expression
from engine.model.events import TimerStarted
from engine.services.calendar_functions import CalendarFunctions
from tests.interpreter.diagrams import catch, straight, timer
from tests.interpreter.driving import MONDAY, Drive


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ('=date("20000-01-01")', "timeDate"),
        ('=date and time("-0001-01-01T00:00:00Z")', "timeDate"),
        ('=date and time("9999-12-31T23:59:59-08:00")', "timeDate"),
        ('=duration("P9999Y")', "timeDuration"),
        ('=duration("P999999999999D")', "timeDuration"),
        ('=duration("P99999999999M")', "timeDuration"),
        ("P4000000D", "timeDuration"),
    ],
)
def test_a_timer_due_outside_the_years_1_to_9999_is_an_incident(value: str, kind: str) -> None:
    case = Drive(straight(catch("t", timer(value, kind))))
    assert [incident.code for incident in case.incidents.values()] == ["unexpected_result"]


@pytest.mark.parametrize(
    ("value", "kind", "due"),
    [
        ('=now() + duration("PT1H0.000000001S")', "timeDate", MONDAY + dt.timedelta(hours=1)),
        ('=duration("PT1H0.000000001S")', "timeDuration", MONDAY + dt.timedelta(hours=1)),
    ],
)
def test_a_timer_is_due_to_the_microsecond(value: str, kind: str, due: dt.datetime) -> None:
    case = Drive(straight(catch("t", timer(value, kind))))
    assert [event.due for event in case.events if isinstance(event, TimerStarted)] == [due]


class EveryDayIsABusinessDay:
    """A calendar without weekends."""

    def business_days_after(self, start: dt.datetime, days: int) -> dt.datetime:
        return start + dt.timedelta(days=days)

    def business_hours_after(self, start: dt.datetime, hours: int) -> dt.datetime:
        return start + dt.timedelta(hours=hours)


@pytest.mark.parametrize(
    "moment", ["20000-01-01T00:00:00Z", "0001-01-01T00:00:00+08:00", "9999-12-31T23:00:00Z", "-0001-01-01T00:00:00Z"]
)
def test_the_business_calendar_has_no_answer_outside_the_years_1_to_9999(moment: str) -> None:
    functions = CalendarFunctions(EveryDayIsABusinessDay)
    expression = compile_expression(f'business days after(@"{moment}", 1)', functions)
    environment = Environment(MONDAY, functions=functions)
    assert expression.evaluate({}, environment) is None
    assert len(environment.warnings) == 1
