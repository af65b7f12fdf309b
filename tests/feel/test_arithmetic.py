"""Numbers: exact decimals of 34 digits, never binary floating point."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feel.evaluation import evaluate, warnings_of

AMOUNTS = st.one_of(
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**12), 10**12, places=4, allow_nan=False, allow_infinity=False),
)


DECIMAL128 = Context(prec=34, Emin=-6143, Emax=6144, traps=[])


def decimal128(value: int | Decimal) -> Decimal:
    """As IEEE 754 decimal128 holds it."""
    return DECIMAL128.create_decimal(value)


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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2**100", 2**100),
        ("0**0", 1),
        ("10**-6143", Decimal("1E-6143")),
        ("2**-1", Decimal("0.5")),
        ("(-2)**3", -8),
        ("0 * -1.5", 0),
        ("-0.0", 0),
        ("1E6144 + 0", Decimal("1E+6144")),
        ("-1234567890123456789012345678901234.0", -1234567890123456789012345678901234),
        ("-0.1234567890123456789012345678901234", Decimal("-0.1234567890123456789012345678901234")),
        ("abs(-0.1234567890123456789012345678901234)", Decimal("0.1234567890123456789012345678901234")),
    ],
)
def test_numbers_keep_their_34_digits_and_have_one_zero(text: str, value: Decimal | int) -> None:
    found = evaluate(text)
    assert found == decimal128(value)
    assert not str(found).startswith("-0") or found < 0


@pytest.mark.parametrize(
    "text",
    [
        "0**-1",
        "(-8)**0.5",
        "9**9**9**9**9",
        "2**1000000000",
        "1.000000001**-1000000000",
        "9E6144 * 10",
        "9E6144 + 9E6144",
        "-9E6144 - 9E6144",
        "1E-6176 / 10",
        "1E-4000 * 1E-4000",
        "10**-6177",
        "0 / 0",
        "[2] * 2",
        '"2" * 2',
        "nan + 1",
        "nan ** 2",
        "infinite * 0",
    ],
)
def test_what_is_no_number_of_34_digits_is_null_with_a_warning(text: str) -> None:
    outside = {"nan": Decimal("NaN"), "infinite": Decimal("Infinity")}
    assert evaluate(text, outside) is None
    assert len(warnings_of(text, outside)) == 1


def test_towers_of_powers_are_calculated_from_the_left_and_stay_bounded() -> None:
    assert evaluate("9**9**9**9 > 10**695 and 9**9**9**9 < 10**696") is True


NUMBERS = st.one_of(
    st.integers(-(10**40), 10**40),
    st.builds(
        lambda digits, scale: Decimal(digits).scaleb(scale), st.integers(-(10**27), 10**27), st.integers(-6200, 6100)
    ),
)


@given(NUMBERS, NUMBERS, st.sampled_from(["+", "-", "*", "/", "**"]))
def test_every_result_is_a_number_of_the_standard_or_null(a: object, b: object, operator: str) -> None:
    result = evaluate(f"a {operator} b", {"a": a, "b": b})
    if result is not None:
        exact = Decimal(result)
        assert exact.is_finite()
        assert exact == decimal128(exact)
        assert str(exact) != "-0"


@given(NUMBERS, NUMBERS)
def test_sums_and_products_do_not_depend_on_the_order(a: object, b: object) -> None:
    both = {"a": a, "b": b}
    assert evaluate("a + b", both) == evaluate("b + a", both)
    assert evaluate("a * b", both) == evaluate("b * a", both)
    assert evaluate("a - b", both) == evaluate("-(b - a)", both)
    assert evaluate("a - a", both) == 0


@given(AMOUNTS, AMOUNTS.filter(bool))
def test_dividing_undoes_multiplying_within_34_digits(a: int | Decimal, b: int | Decimal) -> None:
    found = Decimal(evaluate("(a * b) / b", {"a": a, "b": b}))
    assert abs(found - a) <= abs(Decimal(a)) * Decimal("1E-32")


FULL = st.builds(
    lambda digits, sign, scale: Decimal(sign * digits).scaleb(scale, DECIMAL128),
    st.integers(30, 34).flatmap(lambda length: st.integers(10 ** (length - 1), 10**length - 1)),
    st.sampled_from([1, -1]),
    st.integers(-6176, -6130) | st.integers(-40, 8) | st.integers(6060, 6111),
)
"""Numbers of 30 to 34 digits: about 1, and near the least and the greatest there are."""

CALCULATED: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def of_34_digits(value: Fraction) -> Decimal | None:
    """The nearest number of 34 digits, the even one of two; None beyond the greatest, and where the least digits of
    a number next to 0 would be lost. Worked out with whole numbers only."""
    if value == 0:
        return Decimal(0)
    size = abs(value)
    exponent = (size.numerator.bit_length() - size.denominator.bit_length()) * 30_103 // 100_000 + 1
    while size < Fraction(10) ** exponent:
        exponent -= 1
    quantum = max(exponent - 33, -6176)
    scaled = size / Fraction(10) ** quantum
    digits = round(scaled)
    if digits * Fraction(10) ** quantum >= Fraction(10) ** 6145 or (exponent < -6143 and digits != scaled):
        return None
    return Decimal(f"{'-' if value < 0 else ''}{digits}E{quantum}")


@settings(max_examples=200, deadline=None)
@given(FULL, FULL, st.sampled_from(sorted(CALCULATED)))
def test_results_are_the_exact_ones_rounded_half_even_to_34_digits(a: Decimal, b: Decimal, symbol: str) -> None:
    expected = of_34_digits(CALCULATED[symbol](Fraction(a), Fraction(b)))
    assert evaluate(f"a {symbol} b", {"a": a, "b": b}) == expected


@settings(max_examples=200, deadline=None)
@given(FULL)
def test_numbers_that_differ_in_the_last_of_34_digits_differ(a: Decimal) -> None:
    both = {"a": a, "b": a.next_plus(DECIMAL128)}
    assert evaluate("a < b", both) is (both["b"] > a)
    assert evaluate("a = b", both) is False
    assert evaluate("b - a > 0", both) is True


@settings(max_examples=200, deadline=None)
@given(FULL)
def test_all_34_digits_survive_text_and_sign(a: Decimal) -> None:
    assert evaluate("number(string(a))", {"a": a}) == a
    assert evaluate("-(-a)", {"a": a}) == a
    assert evaluate("abs(a)", {"a": a}) == a.copy_abs()
    assert evaluate("a * 1 + 0 - a", {"a": a}) == 0
