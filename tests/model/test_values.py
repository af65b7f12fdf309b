"""Values survive their canonical form exactly, and nothing else gets in."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.calendar import WideDate, WideDuration, date_of_ordinal, date_time_of, duration_of, time_of_clock
from engine.model.values import (
    PlainJson,
    UnstorableValue,
    YearsMonthsDuration,
    copied,
    dumps,
    duration_text,
    loads,
    normalise,
    storable_text,
)

PARIS = ZoneInfo("Europe/Paris")
zones = st.sampled_from([None, dt.UTC, dt.timezone(-dt.timedelta(hours=9, minutes=30)), PARIS])
days = st.integers(-(10**11), 10**11).map(date_of_ordinal)
times = st.builds(time_of_clock, st.integers(0, 86_400 * 10**9), zones)
texts = st.text().filter(lambda text: "\0" not in text) | st.just("\\u0000")
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | texts
    | st.decimals(allow_nan=False, allow_infinity=False, places=6)
    | st.dates()
    | st.datetimes(timezones=st.just(dt.UTC))
    | st.timedeltas()
    | st.integers(-10_000, 10_000).map(YearsMonthsDuration)
    | days
    | times
    | st.builds(date_time_of, st.one_of(st.dates(), days), times)
    | st.integers(-(10**27), 10**27).map(duration_of)
)
keys = texts.filter(lambda key: not key.startswith("$"))
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=12)


@given(values)
def test_every_storable_value_comes_back_equal(value: object) -> None:
    stored = normalise(value)
    assert loads(dumps(stored)) == stored
    assert dumps(normalise(loads(dumps(stored)))) == dumps(stored)


@given(values)
def test_a_copy_is_equal_and_shares_nothing_that_can_be_changed(value: object) -> None:
    def changeable(inside: object) -> list[int]:
        if not isinstance(inside, dict | list):
            return []
        inner = inside.values() if isinstance(inside, dict) else inside
        return [id(inside), *(place for item in inner for place in changeable(item))]

    stored = normalise(value)
    copy = copied(stored)
    assert dumps(copy) == dumps(stored)
    assert set(changeable(copy)).isdisjoint(changeable(stored))


def test_equal_numbers_have_equal_bytes() -> None:
    assert dumps(normalise(Decimal("2.00"))) == dumps(normalise(2)) == dumps(normalise(2.0)) == b"2"
    assert normalise(0.1) == Decimal("0.1")


@pytest.mark.parametrize(
    "bad",
    [
        float("nan"), float("inf"), Decimal("NaN"), b"x", {1: 2}, {"$date": "x"}, {"a": {1}},
        "\ud800", {"\ud800": 1}, {"\ud800": {1}}, {"a\0": 1}, "a\0", "\\u0000\0",
    ],
)  # fmt: skip
def test_what_no_variable_can_hold_is_refused_with_the_field_named(bad: object) -> None:
    with pytest.raises(UnstorableValue) as caught:
        normalise({"owner": [bad]})
    assert "owner[1]" in caught.value.message("en")


def nested(depth: int) -> dict[str, object]:
    whole: dict[str, object] = {}
    inner = whole
    for _ in range(depth - 1):
        inner["x"] = {}
        inner = inner["x"]  # type: ignore[assignment]  # put there a line before
    return whole


def test_what_can_be_written_within_a_journal_entry_is_as_deep_as_values_may_be() -> None:
    entry = {"events": [{"value": normalise(nested(238))}]}
    assert loads(dumps(entry)) == entry


@pytest.mark.parametrize("depth", [239, 300, 5_000])
def test_what_is_nested_deeper_is_refused(depth: int) -> None:
    with pytest.raises(UnstorableValue) as caught:
        normalise(nested(depth), "answer")
    assert caught.value.fields == {"path": "answer", "type": "nesting"}


def test_a_list_that_contains_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(UnstorableValue):
        normalise({"list": endless})


@pytest.mark.parametrize(("told", "kept"), [("离职", "离职"), ("a\0b", "a\ufffdb"), ("a\ud800b", "a\ufffdb"), ("", "")])
def test_of_a_message_only_what_no_database_takes_is_replaced(told: str, kept: str) -> None:
    assert storable_text(told) == kept


@pytest.mark.parametrize("hour", [dt.datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=fold) for fold in (0, 1)])
def test_of_the_hour_that_comes_twice_the_right_one_comes_back(hour: dt.datetime) -> None:
    came_back = loads(dumps(hour))
    assert (came_back.tzinfo, came_back.utcoffset()) == (PARIS, hour.utcoffset())


def test_a_time_in_a_named_zone_keeps_its_zone() -> None:
    assert loads(dumps(dt.time(10, 30, tzinfo=PARIS))).tzinfo is PARIS
    assert json.dumps(dt.time(10, 30, tzinfo=PARIS), cls=PlainJson) == '"10:30:00@Europe/Paris"'


def test_what_python_has_no_class_for_is_plain_text_for_other_programs() -> None:
    far, long = WideDate(12_026, 1, 2), WideDuration(1)
    moment = date_time_of(far, time_of_clock(1, PARIS))
    shown = json.dumps([far, long, time_of_clock(1, None), moment], cls=PlainJson)
    assert shown == ('["12026-01-02", "PT0.000000001S", "00:00:00.000000001", "12026-01-02T00:00:00.000000001+01:00"]')


def test_durations_read_as_iso_text() -> None:
    assert duration_text(dt.timedelta(days=1, hours=2, microseconds=500_000)) == "P1DT2H0.5S"
    assert duration_text(-dt.timedelta(minutes=5)) == "-PT5M"
    assert duration_text(dt.timedelta()) == "PT0S"
    assert YearsMonthsDuration(14).isoformat() == "P1Y2M"
    assert json.dumps({"a": Decimal("1.5"), "b": dt.date(2026, 1, 2)}, cls=PlainJson) == '{"a": 1.5, "b": "2026-01-02"}'
