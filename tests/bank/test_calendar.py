"""Business days and hours in Shanghai."""

from __future__ import annotations

import datetime as dt

import pytest

from bank.calendar import CalendarRangeExceeded, WorkingTime
from bank.clock import BANK_ZONE
from bank.parameters import ParameterSet
from engine.model.ports import Calendar


@pytest.fixture
def calendar() -> WorkingTime:
    return WorkingTime.of(ParameterSet.shipped())


def _local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BANK_ZONE)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-03-02T12:00", 1, "2026-03-03T12:00"),
        ("2026-03-06T12:00", 1, "2026-03-09T12:00"),
        ("2026-03-07T12:00", 1, "2026-03-09T12:00"),
        ("2026-02-13T16:30", 1, "2026-02-14T16:30"),  # a Saturday worked before the Spring Festival
        ("2026-02-14T10:00", 1, "2026-02-24T10:00"),
        ("2025-10-10T10:00", 1, "2025-10-11T10:00"),
        ("2026-03-09T12:00", -1, "2026-03-06T12:00"),
        ("2026-03-07T12:00", 0, "2026-03-07T12:00"),
    ],
)
def test_business_days_skip_holidays_and_count_make_up_workdays(
    calendar: Calendar, start: str, days: int, end: str
) -> None:
    moved = calendar.business_days_after(_local(start), days)
    assert moved == _local(end)
    assert moved.tzinfo is dt.UTC


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02T12:00", 4, "2026-03-02T16:00"),
        ("2026-03-02T12:00", 5, "2026-03-02T17:00"),
        ("2026-03-02T15:00", 4, "2026-03-03T11:00"),
        ("2026-03-02T07:00", 1, "2026-03-02T10:00"),
        ("2026-03-06T16:00", 10, "2026-03-10T10:00"),
        ("2026-03-07T12:00", 1, "2026-03-09T10:00"),
        ("2026-03-02T20:00", 0, "2026-03-02T20:00"),
    ],
)
def test_business_hours_run_from_nine_to_five(calendar: Calendar, start: str, hours: int, end: str) -> None:
    assert calendar.business_hours_after(_local(start), hours) == _local(end)


def test_limits_beyond_the_calendar_are_refused(calendar: WorkingTime) -> None:
    with pytest.raises(CalendarRangeExceeded):
        calendar.business_days_after(_local("2026-03-02T12:00"), 10**9)
    for hours in (-1, 10**9):
        with pytest.raises(CalendarRangeExceeded):
            calendar.business_hours_after(_local("2026-03-02T12:00"), hours)
