"""Numeric functions, sums and averages (DMN 1.5, 10.3.4.4 and 10.3.4.5)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.feel.evaluation import evaluate, warnings_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("decimal(1/3, 2)", Decimal("0.33")),
        ("decimal(1.5, 0)", 2),
        ("decimal(2.5, 0)", 2),
        ("decimal(-0.5, 0)", 0),
        ("decimal(1234, -2)", 1200),
        ("decimal(n: 1.115, scale: 2)", Decimal("1.12")),
        ("decimal(7, 6176)", 7),
        ("decimal(7, -6111)", 0),
        ("decimal(1.25, 1.9)", Decimal("1.2")),
        ("floor(1.5)", 1),
        ("floor(-1.5)", -2),
        ("floor(-1.56, 1)", Decimal("-1.6")),
        ("floor(n: 12345, scale: -3)", 12000),
        ("floor(-0.1)", -1),
        ("ceiling(1.5)", 2),
        ("ceiling(-1.5)", -1),
        ("ceiling(-1.56, 1)", Decimal("-1.5")),
        ("round up(5.5, 0)", 6),
        ("round up(-5.5, 0)", -6),
        ("round up(1.121, 2)", Decimal("1.13")),
        ("round down(-1.126, 2)", Decimal("-1.12")),
        ("round half up(-1.126, 2)", Decimal("-1.13")),
        ("round half up(2.5, 0)", 3),
        ("round half down(5.5, 0)", 5),
        ("round half down(-1.126, 2)", Decimal("-1.13")),
        ("abs(-10)", 10),
        ("abs(10.5)", Decimal("10.5")),
        ('abs(@"-PT5H") = @"PT5H"', True),
        ('abs(@"-P3M") = @"P3M"', True),
        ("abs(n: [-1])", 1),
        ("modulo(12, 5)", 2),
        ("modulo(-12, 5)", 3),
        ("modulo(12, -5)", -3),
        ("modulo(-12, -5)", -2),
        ("modulo(10.1, 4.5)", Decimal("1.1")),
        ("modulo(-10.1, 4.5)", Decimal("3.4")),
        ("modulo(10.1, -4.5)", Decimal("-3.4")),
        ("modulo(dividend: 10, divisor: 5)", 0),
        ("sqrt(16)", 4),
        ("sqrt(0)", 0),
        ("sqrt(number: 2)", Decimal("1.414213562373095048801688724209698")),
        ("decimal(log(10), 2)", Decimal("2.30")),
        ("log(1)", 0),
        ("decimal(exp(5), 2)", Decimal("148.41")),
        ("exp(0)", 1),
        ("odd(5)", True),
        ("odd(-5)", True),
        ("odd(2)", False),
        ("odd(1.5)", False),
        ("even(0)", True),
        ("even(5)", False),
        ("even(1e6144)", True),
        ("sum([1, 2.5, 3])", Decimal("6.5")),
        ("sum(1, 2, 3)", 6),
        ("sum(1)", 1),
        ("sum([])", None),
        ("sum([0.5, 0.5])", 1),
        ("sum(list: [1, 2])", 3),
        ('sum([@"P1D", @"PT12H"]) = @"P1DT12H"', True),
        ("mean([1, 2, 3])", 2),
        ("mean(1, 2)", Decimal("1.5")),
        ("mean([])", None),
        ("mean(list: [2])", 2),
        ("median(8, 2, 5, 3, 4)", 4),
        ("median([6, 1, 2, 3])", Decimal("2.5")),
        ("median([])", None),
        ("stddev(2, 4, 7, 5)", Decimal("2.081665999466132735282297706979931")),
        ("stddev([1, 1, 1])", 0),
        ("mode(6, 3, 9, 6, 6)", [6]),
        ("mode([6, 1, 9, 6, 1])", [1, 6]),
        ("mode([])", []),
        ("mode([1.0, 1, 2])", [1]),
        ("mode(list: [3, 1])", [1, 3]),
        ("mode(5)", [5]),
        ("product([2, 3, 4])", 24),
        ("product(2, 3, 4)", 24),
        ("product([])", None),
        ("product(2.5, 2)", 5),
    ],
)
def test_a_numeric_function_gives_what_the_standard_says(text: str, value: object) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "decimal(1)", "decimal(null, 1)", "decimal(1, null)", "decimal(1, 6177)", "decimal(1, -6112)",
        'decimal("1", 1)', "floor(null)", "floor(1.5, null)", 'floor("1.5")', "floor()", "floor(number: 1)",
        "ceiling(null)", "ceiling(true)", "ceiling(1, 2, 3)", "round up(5.5)", "round up(5.5, null)",
        "round half up(null, 0)", "abs(null)", 'abs("1")', "abs([1, 2])", 'abs(@"2024-01-01")', "abs()",
        "modulo(1, 0)", "modulo(null, 1)", 'modulo(1, "a")', "modulo(1)", "sqrt(-1)", "sqrt(null)", 'sqrt("4")',
        "sqrt()", "sqrt(1, 2)", "sqrt(n: 4)", "log(0)", "log(-1)", "log(null)", "exp(1e10)", "exp(null)", 'exp("a")',
        "odd(null)", 'odd("1")', "even(true)", "even()", "sum()", "sum(null)", "sum([1, null])", 'sum([1, "2"])',
        'sum([1, @"P1D"])', "sum([true])", "sum(l: [1])", "mean()", "mean(null)", 'mean(["a"])', "mean([1, null])",
        "median()", "median(null)", 'median([1, "foo"])', "stddev([47])", "stddev(47)", "stddev([])", "stddev()",
        "stddev(null)", 'stddev([1, "foo"])', "mode()", "mode(null)", "mode([1, null])", 'mode(["a"])', "product()",
        "product(null)", "product([1, null])", 'product([1, "foo"])', "product([1e6000, 1e6000])",
    ],
)  # fmt: skip
def test_a_numeric_function_of_unsuitable_arguments_is_null_with_a_warning(text: str) -> None:
    assert evaluate(text) is None
    assert warnings_of(text)


NUMBERS = st.integers(-(10**20), 10**20) | st.decimals(-(10**6), 10**6, places=3)


@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_the_sum_is_exact_and_the_mean_lies_between_the_extremes(numbers: list[int | Decimal]) -> None:
    variables = {"numbers": numbers}
    assert evaluate("sum(numbers)", variables) == sum(map(Decimal, numbers))
    assert evaluate("min(numbers) <= mean(numbers) and mean(numbers) <= max(numbers)", variables) is True
    assert evaluate("sort(numbers)", variables) == sorted(numbers)


@given(NUMBERS, NUMBERS.filter(bool))
def test_a_modulo_has_the_sign_of_the_divisor_and_is_less(dividend: int | Decimal, divisor: int | Decimal) -> None:
    rest = evaluate("modulo(a, b)", {"a": dividend, "b": divisor})
    assert abs(rest) < abs(divisor)
    assert rest == 0 or (rest < 0) is (divisor < 0)


@given(st.decimals(-(10**6), 10**6, places=6), st.integers(0, 5))
def test_every_rounding_lies_between_floor_and_ceiling(number: Decimal, scale: int) -> None:
    variables = {"n": number, "s": scale}
    below, above = evaluate("floor(n, s)", variables), evaluate("ceiling(n, s)", variables)
    assert below <= number <= above
    for rounding in ("decimal", "round up", "round down", "round half up", "round half down"):
        assert evaluate(f"{rounding}(n, s)", variables) in (below, above)
