"""Dates, times and durations."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import Environment, compile_expression
from engine.model.calendar import WideDate
from engine.model.values import YearsMonthsDuration
from tests.feel.evaluation import MONDAY, evaluate


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('date("2026-11-23")', dt.date(2026, 11, 23)),
        ('date("2026-02-30")', None),
        ('date("not a date")', None),
        ("date(2026, 11, 23)", dt.date(2026, 11, 23)),
        ('@"10:30:00"', dt.time(10, 30)),
        ('date and time("2026-11-23T10:30:00Z")', MONDAY),
        ('date and time("2026-11-23T18:30:00+08:00") = now()', True),
        ('date and time("2026-11-23T18:30:00@Asia/Shanghai") = now()', True),
        ('date and time("2026-11-23T24:00:00")', dt.datetime(2026, 11, 24)),  # noqa: DTZ001 — local on purpose
        ("today()", dt.date(2026, 11, 23)),
        ('date("2026-01-31") + duration("P1M")', dt.date(2026, 2, 28)),
        ('date("2026-03-01") - date("2026-02-01")', dt.timedelta(days=28)),
        ('now() + @"PT36H"', MONDAY + dt.timedelta(hours=36)),
        ('duration("P1Y2M")', YearsMonthsDuration(14)),
        ('duration("P1Y2M").years', 1),
        ('duration("-P1DT2H").hours', -2),
        ('duration("P1DT2H") * 2', dt.timedelta(days=2, hours=4)),
        ('duration("P2Y") / duration("P6M")', 4),
        ('years and months duration(date("2008-11-24"), today()).years >= 18', False),
        ('years and months duration(date("2008-11-23"), today()).years >= 18', True),
        ('day of week(date("2026-11-23"))', "Monday"),
        ('week of year(date("2026-11-23"))', 48),
        ('date("2026-11-23").weekday', 1),
        ('date("9999-12-31") + @"P1D"', WideDate(10_000, 1, 1)),
        ('@"2026-11-23T10:00:00" < now()', True),  # without an offset it takes the other's (table 54)
        ('string(date and time("2026-11-23T10:00:00+08:00"))', "2026-11-23T10:00:00+08:00"),
        ('string(duration("PT90M"))', "PT1H30M"),
        ('time("10:00:00+08:00").time offset', dt.timedelta(hours=8)),
        ('now() in [date and time("2026-11-23T00:00:00Z")..date and time("2026-11-24T00:00:00Z"))', True),
        ('date("2026-11-23") < "2026-11-24"', None),
    ],
)
def test_calendar_expressions_mean_what_the_standard_says(text: str, value: object) -> None:
    assert evaluate(text) == value


@given(st.dates(), st.dates())
def test_the_difference_of_two_dates_leads_from_one_to_the_other(a: dt.date, b: dt.date) -> None:
    assert evaluate("a + (b - a) = b", {"a": a, "b": b}) is True


@given(st.dates(), st.integers(-2000, 2000))
def test_adding_months_ends_in_the_month_that_counting_gives(day: dt.date, months: int) -> None:
    moved = evaluate("day + period", {"day": day, "period": YearsMonthsDuration(months)})
    counted = day.year * 12 + day.month - 1 + months
    assert (moved.year * 12 + moved.month - 1, moved.day <= day.day) == (counted, True)


@given(st.one_of(st.dates(), st.times(), st.datetimes(), st.timedeltas(), st.datetimes(timezones=st.just(dt.UTC))))
def test_the_text_of_a_temporal_value_is_read_back_as_the_same_value(value: object) -> None:
    (function,) = {
        dt.date: ["date"], dt.time: ["time"], dt.datetime: ["date and time"], dt.timedelta: ["duration"],
    }[type(value)]  # fmt: skip
    assert evaluate(f"{function}(string(value)) = value", {"value": value}) is True


def test_today_is_the_date_at_the_bank_and_not_in_greenwich() -> None:
    late_in_greenwich = dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC)
    at_the_bank = Environment(late_in_greenwich, zone=ZoneInfo("Asia/Shanghai"))
    assert compile_expression("today()").evaluate({}, at_the_bank) == dt.date(2026, 11, 23)
    assert compile_expression("now().hour").evaluate({}, at_the_bank) == 7
    assert compile_expression("now()").evaluate({}, at_the_bank) == late_in_greenwich
