"""The business calendar for plays: the public calendar, without the own days of any bank's database."""

from __future__ import annotations

from collections.abc import Mapping

from bank.calendar import WorkingTime
from bank.parameters import ParameterSet
from engine.feel import ExternalFunction
from engine.services.calendar_functions import CalendarFunctions


def calendar_functions() -> Mapping[str, ExternalFunction]:
    """The functions diagrams call for due dates: `business days after`, `business hours after`."""
    working_time = WorkingTime.of(ParameterSet.shipped())
    return CalendarFunctions(lambda: working_time)
