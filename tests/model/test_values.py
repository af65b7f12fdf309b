"""Values survive their canonical form exactly, and nothing else gets in."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.values import PlainJson, UnstorableValue, YearsMonthsDuration, dumps, duration_text, loads, normalise

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=6)
    | st.dates()
    | st.datetimes(timezones=st.just(dt.UTC))
    | st.timedeltas()
    | st.integers(-10_000, 10_000).map(YearsMonthsDuration)
)
keys = st.text().filter(lambda key: not key.startswith("$"))
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=12)


@given(values)
def test_every_storable_value_comes_back_equal(value: object) -> None:
    stored = normalise(value)
    assert loads(dumps(stored)) == stored
    assert dumps(normalise(loads(dumps(stored)))) == dumps(stored)


def test_equal_numbers_have_equal_bytes() -> None:
    assert dumps(normalise(Decimal("2.00"))) == dumps(normalise(2)) == dumps(normalise(2.0)) == b"2"
    assert normalise(0.1) == Decimal("0.1")


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), Decimal("NaN"), b"x", {1: 2}, {"$date": "x"}, {"a": {1}}])
def test_what_no_variable_can_hold_is_refused_with_the_field_named(bad: object) -> None:
    with pytest.raises(UnstorableValue) as caught:
        normalise({"owner": [bad]})
    assert "owner[1]" in caught.value.message("en")


def test_durations_read_as_iso_text() -> None:
    assert duration_text(dt.timedelta(days=1, hours=2, microseconds=500_000)) == "P1DT2H0.5S"
    assert duration_text(-dt.timedelta(minutes=5)) == "-PT5M"
    assert duration_text(dt.timedelta()) == "PT0S"
    assert YearsMonthsDuration(14).isoformat() == "P1Y2M"
    assert json.dumps({"a": Decimal("1.5"), "b": dt.date(2026, 1, 2)}, cls=PlainJson) == '{"a": 1.5, "b": "2026-01-02"}'
