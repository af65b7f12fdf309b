"""Years beyond Python's, nanoseconds, named zones: everything the calendar of DMN 1.5 has."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.feel import FeelEvaluationError
from engine.model.calendar import (
    DAY,
    Date,
    DateTime,
    WideDate,
    WideDateTime,
    WideDuration,
    WideTime,
    date_in,
    date_of_ordinal,
    date_time_of,
    duration_of,
    instant_of,
    nanoseconds_in,
    ordinal_of,
    time_of_clock,
)
from tests.feel.evaluation import evaluate, warnings_of

FIRST, LAST = ordinal_of(WideDate(-999_999_999, 1, 1)), ordinal_of(WideDate(999_999_999, 12, 31))
ZONES = st.sampled_from(
    [
        None,
        dt.UTC,
        dt.timezone(dt.timedelta(hours=-9, minutes=-30)),
        ZoneInfo("Asia/Shanghai"),
        ZoneInfo("Europe/Paris"),
    ]
)
DATES = st.one_of(st.dates(), st.integers(FIRST, LAST).map(date_of_ordinal))
TIMES = st.builds(
    time_of_clock, st.one_of(st.integers(0, DAY - 1), st.integers(0, 86_399).map(lambda s: s * 10**9)), ZONES
)
MOMENTS = st.builds(date_time_of, DATES, TIMES)
DURATIONS = st.one_of(st.timedeltas(), st.integers(-(10**25), 10**25).map(duration_of))
TEMPORAL = st.one_of(DATES, TIMES, MOMENTS, DURATIONS)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('date("-0044-03-15")', "-0044-03-15"),
        ('date("0000-02-29")', "0000-02-29"),
        ('date("-0000-01-01")', "0000-01-01"),
        ("date(-999999999, 1, 1)", "-999999999-01-01"),
        ('date("999999999-12-31") - @"P1D"', "999999999-12-30"),
        ('date("2012-03-07Z")', "2012-03-07"),
        ('date and time("2012-03-07Z")', "2012-03-07T00:00:00Z"),
        ('date and time("12026-06-01T24:00:00@Europe/Paris")', "12026-06-02T00:00:00@Europe/Paris"),
        ('date and time("9999-12-31T23:59:59") + @"PT1S"', "10000-01-01T00:00:00"),
        ('date and time("0001-01-01T00:00:00+08:00") - @"PT0.000000001S"', "0000-12-31T23:59:59.999999999+08:00"),
        ('time("24:00:00")', "00:00:00"),
        ('time("23:59:00z") + duration("PT2M")', "00:01:00Z"),
        ('time("10:00:00+02:45:55")', "10:00:00+02:45:55"),
        ('time("10:00:00.000000001") - @"PT0.000000002S"', "09:59:59.999999999"),
        ('time(10, 0, 1.5000000009, @"-PT3H30M")', "10:00:01.5-03:30"),
        ('@"-2021-01-31" + @"P1M"', "-2021-02-28"),
        ('@"2024-02-29T10:00:00.123456789" - @"P3000Y"', "-0976-02-29T10:00:00.123456789"),
        ('@"P999999999DT24H" + @"P1D"', "P1000000001D"),
        ('-@"-P999999999DT0.0000001S"', "P999999999DT0.0000001S"),
        ('abs(@"-P999999999999D")', "P999999999999D"),
        ('sum(@"PT0.000000001S", @"P1D")', "P1DT0.000000001S"),
        ('@"PT0.000000001S" * 1.5', "PT0.000000002S"),
        ('@"PT1S" / 3', "PT0.333333333S"),
        ('@"P1M" * 1.9', "P1M"),
        ('date("999999999-12-31") - date("-999999999-01-01")', "P730484999633D"),
        ('years and months duration(date("-999999999-01-01"), date("999999999-12-31"))', "P1999999998Y11M"),
        ('years and months duration(date("-2016-01-30"), date("-2015-12-31"))', "P1Y11M"),
        ('last day of month(date("-0004-02-01"))', "-0004-02-29"),
        (
            'date and time(date and time("12026-01-01T12:00:00Z"), "Asia/Shanghai")',
            "12026-01-01T20:00:00@Asia/Shanghai",
        ),
        ("max(date(10000, 1, 1), date(2026, 1, 1), date(-1, 1, 1))", "10000-01-01"),
        ("string(sort([date(10000, 1, 1), date(2026, 1, 1), date(-1, 1, 1)])[1])", "-0001-01-01"),
        ("for d in date(9999, 12, 31)..date(10000, 1, 1) return string(d)", '["9999-12-31", "10000-01-01"]'),
        ("count(for d in date(999999999, 12, 30)..date(999999999, 12, 31) return d)", "2"),
    ],
)
def test_the_calendar_reaches_as_far_and_as_fine_as_the_standards(text: str, written: str) -> None:
    assert evaluate(f"string({text})") == written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("date(-2021, 1, 1).weekday", 1),
        ('day of week(date("-0044-03-15"))', "Thursday"),
        ('day of year(date("12024-12-31"))', 366),
        ('week of year(date("12020-12-31"))', 53),
        ('month of year(@"99999-06-01T10:00:00")', "June"),
        ('@"99999-06-01T10:00:01.5".second', Decimal("1.5")),
        ('@"10:00:00.123456789".second', Decimal("0.123456789")),
        ('@"10:00:00.123456789+05:30".time offset', dt.timedelta(hours=5, minutes=30)),
        ('@"99999-07-01T10:00:00@Europe/Paris".time offset', dt.timedelta(hours=2)),
        ('@"99999-07-01T10:00:00@Europe/Paris".timezone', "Europe/Paris"),
        ('@"-P999999999999DT1H0.25S".days', -999_999_999_999),
        ('@"-P999999999999DT1H0.25S".seconds', Decimal("-0.25")),
        ('@"12026-01-01" instance of date', True),
        ('@"10:00:00.123456789" instance of time', True),
        ('@"P999999999999D" instance of days and time duration', True),
        ('@"12026-01-01" > @"2026-01-01"', True),
        ('@"2026-01-01" between @"-0001-01-01" and @"12026-01-01"', True),
        ('@"2026-01-01" in [@"-0001-01-01"..@"12026-01-01"]', True),
        ('before(@"9999-12-31", [@"10000-01-01"..@"10001-01-01"])', True),
        ('meets([@"-0001-01-01"..@"0000-01-01"], [@"0000-01-01"..@"0001-01-01"])', True),
        ('overlaps([@"P1D"..@"P999999999999D"], [@"P2D"..@"P3D"])', True),
        ('@"P999999999999D" / @"P1D"', 999_999_999_999),
        ('list contains([@"12026-01-01"], @"12026-01-01")', True),
        ('distinct values([@"12026-01-01", @"12026-01-01"]) = [@"12026-01-01"]', True),
    ],
)
def test_functions_and_properties_know_the_whole_calendar(text: str, value: object) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        'date("+2026-01-01")',
        'date("02026-01-01")',
        'date("1000000000-01-01")',
        "date(1000000000, 1, 1)",
        "date(2026.5, 1, 1)",
        'date("2026-1-1")',
        'date("2026-02-30")',
        'date("-0001-02-29")',
        'date and time("2026-01-01T")',
        'date and time("2026-01-01t10:00:00")',
        'date and time("2026-01-01ZT10:00:00")',
        'date and time("999999999-12-31T24:00:00")',
        'time("24:00:00.1")',
        'time("10:00:00.")',
        'time("10:00:00.1234567891")',
        'time("10:00:60")',
        'time("10:00:00@europe/paris")',
        'time("10:00:00@../UTC")',
        'time("10:00:00+14:01")',
        'time("10:00:00Z:00")',
        'time(10, 0, 0, @"PT0.5S")',
        'time(10, 0, 0, @"PT15H")',
        'duration("P1Y1D")',
        'duration("PT")',
        'duration("p1D")',
        'duration("P1.5D")',
        'duration("P99999999999999999999D")',
        'duration("P99999999999Y")',
        'day of week("2026-01-01")',
    ],
)
def test_what_names_no_value_of_the_calendar_is_null(text: str) -> None:
    assert evaluate(text) is None


@pytest.mark.parametrize(
    "text",
    [
        'date("999999999-12-31") + @"P1D"',
        'date("-999999999-01-01") - @"P1M"',
        'date and time("999999999-12-31T23:59:59") + @"PT1S"',
        'date and time("-999999999-01-01T00:00:00@Asia/Shanghai") - @"PT1S"',
        '@"P999999999999D" * 1000000',
        '@"P1Y" * 99999999999',
        '@"PT1S" / 0',
        '@"P1D" / @"PT0S"',
        '@"P1Y" / @"P1D"',
        '@"P1D" * @"P1D"',
        '@"2026-01-01" + @"2026-01-01"',
        '@"10:00:00" - @"10:00:00Z"',
        '@"2026-01-01T10:00:00" - @"2026-01-01"',
    ],
)
def test_what_leads_out_of_the_calendar_is_null_with_a_warning(text: str) -> None:
    assert evaluate(text) is None
    assert len(warnings_of(text)) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # The values of times are in seconds (10.3.2.3.4), for = as for <; what they are apart by is exact.
        ('@"10:30:00.1" = @"10:30:00.2"', True),
        ('@"10:30:00.1" < @"10:30:00.2"', False),
        ('@"10:30:00.1" <= @"10:30:00.2"', True),
        ('@"10:30:00.2" - @"10:30:00.1" = @"PT0.1S"', True),
        ('is(@"10:30:00.1", @"10:30:00.2")', False),
        ('@"2026-01-01T10:30:00.123456789" = @"2026-01-01T10:30:00"', True),
        # One value without an offset takes the other's.
        ('@"10:30:00" = @"10:30:00+08:00"', True),
        ('@"10:30:01" > @"10:30:00@Asia/Shanghai"', True),
        ('@"2026-01-01T10:30:00" <= @"2026-01-01T10:30:00@Europe/Paris"', True),
        ('@"12026-01-01T10:30:00" < @"12026-01-01T10:30:01@Europe/Paris"', True),
        # With two offsets it is the instants that count.
        ('@"10:30:00+02:00" < @"10:30:00+01:00"', True),
        ('@"12026-01-01T10:30:00Z" = @"12026-01-01T18:30:00@Asia/Shanghai"', True),
        ('@"9999-12-31T23:00:00-02:00" < @"10000-01-01T01:30:00Z"', True),
        ('@"0001-01-01T00:00:00+08:00" < @"0001-01-01T00:00:00Z"', True),
        # A date is no date and time.
        ('@"2026-01-01" = @"2026-01-01T00:00:00Z"', None),
        ('@"2026-01-01" < @"2026-01-02T00:00:00Z"', None),
        ('@"2026-01-02T00:00:00Z" - @"2026-01-01"', dt.timedelta(days=1)),
        ('@"12026-01-02" - @"12026-01-01T23:00:00-01:00"', dt.timedelta()),
        # Identity looks at everything.
        ('is(@"23:00:50z", @"23:00:50")', False),
        ('is(@"23:00:50z", @"23:00:50+00:00")', True),
        ('is(@"2026-01-01T10:00:00Z", @"2026-01-01T18:00:00+08:00")', False),
        ('is([@"10:00:00Z"], [@"18:00:00+08:00"])', False),
        ('is({a: @"12026-01-01"}, {a: @"12026-01-01"})', True),
        ('is(@"2026-01-01", @"23:00:50")', False),
        ("is(null, null)", True),
        ("is(1, 1.0)", True),
        ('is(1, "1")', False),
    ],
)
def test_times_compare_by_their_values_and_are_identical_by_all_their_parts(text: str, value: object) -> None:
    assert evaluate(text) == value


@given(TEMPORAL)
def test_the_text_of_any_temporal_value_names_that_value(value: Any) -> None:
    read = evaluate(f'@"{evaluate("string(x)", {"x": value})}"')
    assert evaluate("is(x, y)", {"x": value, "y": read}) is True
    assert type(read) is type(value)


@given(DATES, st.integers(-(10**12), 10**12))
@example(dt.date(9999, 12, 31), 1)
@example(dt.date(1, 1, 1), -1)
def test_a_date_moved_there_and_back_is_the_same_date(day: Date, days: int) -> None:
    moved = evaluate("day + span - span", {"day": day, "span": duration_of(days * DAY)})
    assert moved == day if FIRST <= ordinal_of(day) + days <= LAST else moved is None


@given(MOMENTS, DURATIONS)
def test_a_moment_moved_there_and_back_is_the_same_instant(moment: DateTime, span: Any) -> None:
    moved = evaluate("moment + span", {"moment": moment, "span": span})
    if moved is not None:
        assert instant_of(moved) - instant_of(moment) == nanoseconds_in(span)
        assert moved.tzinfo == moment.tzinfo
        assert instant_of(evaluate("moved - span", {"moved": moved, "span": span})) == instant_of(moment)


@given(MOMENTS, MOMENTS)
def test_moments_order_as_their_instants_do(a: DateTime, b: DateTime) -> None:
    if (a.tzinfo is None) is (b.tzinfo is None):
        first, second = instant_of(a) // 10**9, instant_of(b) // 10**9
        assert [evaluate(f"a {symbol} b", {"a": a, "b": b}) for symbol in ("<", "=", ">")] == [
            first < second,
            first == second,
            first > second,
        ]


@given(DATES, DATES)
def test_dates_order_as_they_follow_each_other(a: Date, b: Date) -> None:
    assert evaluate("a < b", {"a": a, "b": b}) is (ordinal_of(a) < ordinal_of(b))
    assert evaluate("a + (b - a) = b", {"a": a, "b": b}) is True


@given(DURATIONS, DURATIONS)
def test_durations_add_up_like_their_nanoseconds(a: Any, b: Any) -> None:
    both = {"a": a, "b": b}
    assert evaluate("a + b", both) == duration_of(nanoseconds_in(a) + nanoseconds_in(b))
    assert evaluate("a - b = -(b - a)", both) is True
    assert evaluate("a < b", both) is (nanoseconds_in(a) < nanoseconds_in(b))


@given(st.integers(FIRST, LAST))
def test_weekdays_follow_each_other_through_the_whole_calendar(ordinal: int) -> None:
    assert evaluate("day.weekday", {"day": date_of_ordinal(ordinal)}) == (ordinal - 1) % 7 + 1
    assert ordinal_of(date_of_ordinal(ordinal)) == ordinal


def test_what_python_can_hold_has_no_second_form() -> None:
    with pytest.raises(ValueError, match="2026"):
        WideDate(2026, 1, 1)
    with pytest.raises(ValueError, match="0"):
        WideTime(dt.time(10), 0)
    with pytest.raises(ValueError, match="2026"):
        WideDateTime(dt.date(2026, 1, 1), dt.time(10))
    with pytest.raises(ValueError, match="1000"):
        WideDuration(1000)


def test_equal_values_are_one_in_a_set() -> None:
    paris = ZoneInfo("Europe/Paris")
    far = WideDate(12_026, 1, 1)
    fine = WideTime(dt.time(10, tzinfo=paris), 1)
    assert (
        len({far, WideDate(12_026, 1, 1), fine, WideTime(dt.time(10, tzinfo=paris), 1), WideTime(dt.time(10), 1)}) == 3
    )
    assert WideDateTime(far, dt.time(10, tzinfo=paris)) != WideDateTime(far, dt.time(10))
    assert date_in(WideDateTime(far, fine)) == far


OPERATIONS = st.sampled_from(
    [
        "a + b", "a - b", "a * b", "a / b", "a ** b", "-a", "a < b", "a <= b", "a = b", "a != b", "a between b and b",
        "a in [b..b]", "a in b", "is(a, b)", "before(a, b)", "coincides(a, b)", "min(a, b)", "max([a, b])",
        "sort([a, b])", "sum(a, b)", "string([a, b])", "date(a)", "time(a)", "date and time(a)", "date and time(a, b)",
        "duration(a)",
        "years and months duration(a, b)", "day of week(a)", "day of year(a)", "week of year(a)", "month of year(a)",
        "last day of month(a)", "a.value", "a.second", "a.weekday", "a.time offset", "a.timezone", "a.seconds",
        "abs(a)", "distinct values([a, b])", "count(for d in a..b return d)", 'date and time(a, "Europe/Paris")',
    ]
)  # fmt: skip
ANYTHING = st.one_of(TEMPORAL, st.integers(-(10**20), 10**20), st.decimals(allow_nan=False, allow_infinity=False))


@given(OPERATIONS, ANYTHING, ANYTHING)
def test_every_operation_on_any_two_values_has_a_value_or_is_null(operation: str, a: Any, b: Any) -> None:
    try:
        evaluate(operation, {"a": a, "b": b})
    except FeelEvaluationError:
        assert "for" in operation  # from one end of the calendar to the other there are too many days
