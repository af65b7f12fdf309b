"""Conversion, boolean and other functions (DMN 1.5, 10.3.4.1, 10.3.4.2 and 10.3.4.6)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel.errors import FeelEvaluationError
from tests.feel.evaluation import evaluate, warnings_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("string(1.1)", "1.1"),
        ("string(1.10)", "1.1"),
        ("string(-0.0)", "0"),
        ("string(1e3)", "1000"),
        ("string(1e-7)", "0.0000001"),
        ("string(null)", None),
        ('string("a")', "a"),
        ('string("")', ""),
        ("string(true)", "true"),
        ("string([1, null, true])", "[1, null, true]"),
        ('string(["a\\"b"])', '["a\\"b"]'),
        ('string({a: "x", b: {c: [1]}})', '{a: "x", b: {c: [1]}}'),
        ('string({"a,b": 1, "": 2, "a b": 3})', '{"a,b": 1, "": 2, a b: 3}'),
        ("string([])", "[]"),
        ("string({})", "{}"),
        ("string([1..2))", "[1..2)"),
        ("string((1..2])", "(1..2]"),
        ('string(@"2024-01-31")', "2024-01-31"),
        ('string(@"P1DT2H")', "P1DT2H"),
        ('string(@"P14M")', "P1Y2M"),
        ("string(from: 1)", "1"),
        ('number("1 000,5", " ", ",")', Decimal("1000.5")),
        ('number("1,000.5", ",", ".")', Decimal("1000.5")),
        ('number("1.000,5", ".", ",")', Decimal("1000.5")),
        ('number("1000", ",", null)', 1000),
        ('number("1000.5", null, ".")', Decimal("1000.5")),
        ('number("1000,5", null, ",")', Decimal("1000.5")),
        ('number("1000.5", null, null)', Decimal("1000.5")),
        ('number("-1.5e2")', -150),
        ('number(".5")', Decimal("0.5")),
        ('number("007")', 7),
        ('number(from: "1.000", grouping separator: ".", decimal separator: ",")', 1000),
        ("not(true)", False),
        ("not(negand: false)", True),
        ("not(null)", None),
        ("not(0)", None),
        ('is(@"2012-12-25", @"23:00:50")', False),
        ('is(@"2012-12-25", @"2012-12-25")', True),
        ('is(@"23:00:50z", @"23:00:50")', False),
        ('is(@"23:00:50z", @"23:00:50+00:00")', True),
        ('is(@"23:00:50z", @"22:00:50-01:00")', False),
        ("is(1, 1.0)", True),
        ('is(1, "1")', False),
        ("is(null, null)", True),
        ("is(null, false)", False),
        ("is([1, null], [1, null])", True),
        ("is({a: 1, b: 2}, {b: 2, a: 1})", True),
        ("is(value1: [1..2], value2: [1..2])", True),
        ('is(@"P1Y", @"P12M")', True),
        ('is(@"P0D", @"P0M")', False),
        ("get or else(null, 1)", 1),
        ("get or else(false, 1)", False),
        ("assert(1, true)", 1),
        ("assert(1, false)", None),
        ("is defined(1)", True),
        ("is defined(nowhere)", False),
    ],
)
def test_a_conversion_gives_what_the_standard_says(text: str, value: object) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "string()", "string(1, 2)", 'string(value: "a")', "number(null)", "number()", 'number("")', 'number("one")',
        'number("1,000")', 'number("1 000")', 'number(" 1")', 'number("+1")', 'number("1.")', 'number("0x1F")',
        'number("１２")', 'number("1e7000")', 'number("1", ",")', 'number("1", ",", ",")', 'number("1", ".", ".")',
        'number("1", "_", ".")', 'number("1", "", ".")', 'number("1", ",", " ")', 'number(1, ",", ".")',
        "number([1, 2])", "number(true)", "not()", "not(true, false)", 'not("true")', "is(1)", "is()",
        "is(1, 1, 1)", "is(a: 1, b: 1)",
    ],
)  # fmt: skip
def test_an_unsuitable_conversion_is_null_with_a_warning(text: str) -> None:
    assert evaluate(text) is None
    assert warnings_of(text)


LEAVES = (
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.decimals(-999, 999, places=3) | st.text(max_size=5)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab ,:"', min_size=1, max_size=3), inner),
    max_leaves=8,
)


@given(st.lists(VALUES, max_size=3))
def test_the_text_of_a_value_is_an_expression_for_it(values: list[Any]) -> None:
    assert evaluate(
        "is(again, values)", {"again": evaluate(evaluate("string(values)", {"values": values})), "values": values}
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("string(big)", "characters"),
        ("for i in 1..9999 return string(long)", "steps"),
        ("string(doubled)", "items"),
        ("is(doubled, doubled)", "items"),
        ('for i in 1..9999 return number(digits, ",", ".")', "steps"),
    ],
)
def test_conversions_are_paid_for_and_bounded(text: str, reason: str) -> None:
    doubled: list[Any] = [1]
    for _ in range(40):
        doubled = [doubled, doubled]
    variables = {"big": ["x" * 600_000] * 3, "long": [1] * 1_000, "doubled": doubled, "digits": "9" * 10_000}
    with pytest.raises(FeelEvaluationError, match=reason):
        evaluate(text, variables)
