"""The business calendar for plays: the public calendar, without the overrides of any bank's database."""

from __future__ import annotations

from collections.abc import Mapping

from bank.calendar import BusinessCalendar
from bank.parameters import Parameters
from engine.feel import ExternalFunction
from engine.model.ports import SystemClock
from engine.services.calendar_functions import CalendarFunctions


def calendar_functions() -> Mapping[str, ExternalFunction]:
    """The functions diagrams call for due dates: `business days after`, `business hours after`."""
    return CalendarFunctions(BusinessCalendar(SystemClock(), Parameters.shipped()))
