"""Numbers: exact decimals of 34 digits, never binary floating point."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.feel.evaluation import evaluate, warnings_of

AMOUNTS = st.one_of(
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**12), 10**12, places=4, allow_nan=False, allow_infinity=False),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1 + 0.2", Decimal("0.3")),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 ** 3 ** 2", 64),
        ("-2 ** 2", 4),
        ("10 / 4", Decimal("2.5")),
        ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
        ("10 - 2 - 3", 5),
        ('"a" + "b"', "ab"),
        ("decimal(2.5, 0)", 2),
        ("round half up(2.5, 0)", 3),
        ("floor(-1.5)", -2),
        ("modulo(-12, 5)", 3),
        ("9999999999999999999999999999999999 + 2", Decimal("1.000000000000000000000000000000000E+34")),
    ],
)
def test_arithmetic_is_the_standards(text: str, value: object) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize("text", ["1 / 0", '1 + "a"', "true + 1", "null + 1", "10 ** 7000", "-true"])
def test_what_cannot_be_calculated_is_null_with_a_warning(text: str) -> None:
    assert evaluate(text) is None
    assert len(warnings_of(text)) == 1


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_adding_and_taking_away_money_loses_nothing(a: object, b: object, c: object) -> None:
    amounts = {"a": a, "b": b, "c": c}
    assert evaluate("a + b - b = a", amounts) is True
    assert evaluate("(a + b) + c = a + (b + c)", amounts) is True
    assert evaluate("a * (b + c) = a * b + a * c", amounts) is True


@given(AMOUNTS, AMOUNTS)
def test_integers_and_decimals_compare_exactly(a: int | Decimal, b: int | Decimal) -> None:
    assert evaluate("a < b", {"a": a, "b": b}) is (a < b)
    assert evaluate("a = b", {"a": a, "b": b}) is (a == b)


@given(AMOUNTS)
def test_the_text_of_a_number_names_the_same_number(amount: object) -> None:
    assert evaluate("number(string(a)) = a", {"a": amount}) is True


def test_a_whole_result_is_an_integer() -> None:
    assert type(evaluate("10 / 2")) is int
