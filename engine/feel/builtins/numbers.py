"""Numeric functions (DMN 1.5, 10.3.4.5)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)

from engine.feel import arithmetic, comparison
from engine.feel.arithmetic import CONTEXT, decimal_of, shortest
from engine.feel.builtins.signatures import Family, Implementation, number, single, whole
from engine.feel.environment import Environment
from engine.feel.errors import Unsuitable
from engine.feel.types import FeelValue, Kind, kind_of

NUMBERS = Family()
_WITH_A_SIZE = frozenset({Kind.NUMBER, Kind.DAYS_AND_TIME_DURATION, Kind.YEARS_AND_MONTHS_DURATION})
_DIGITS_PER_STEP = 100
_MIN_SCALE, _MAX_SCALE = -6111, 6176  # of IEEE 754 decimal128
_WIDE = Context(prec=12_400, Emin=-20_000, Emax=20_000)  # holds any decimal128 in full while rounding


def _rounded(value: FeelValue, scale: FeelValue, rounding: str) -> FeelValue:
    places = whole(scale)
    if not _MIN_SCALE <= places <= _MAX_SCALE:
        raise Unsuitable
    given = number(value)
    if type(given) is int and places >= 0:
        return given
    unit = Decimal(1).scaleb(-places, _WIDE)
    return shortest(CONTEXT.plus(decimal_of(given).quantize(unit, rounding, _WIDE)))


def _rounding(rounding: str, default: tuple[int, ...] = ()) -> Implementation:
    def rounded(environment: Environment, n: FeelValue, *scale: FeelValue) -> FeelValue:
        return _rounded(n, (*scale, *default)[0], rounding)

    return rounded


for _name, _mode in (("floor", ROUND_FLOOR), ("ceiling", ROUND_CEILING)):
    NUMBERS.function(_name, "n, scale?")(_rounding(_mode, (0,)))
for _name, _mode in (
    ("decimal", ROUND_HALF_EVEN),
    ("round up", ROUND_UP),
    ("round down", ROUND_DOWN),
    ("round half up", ROUND_HALF_UP),
    ("round half down", ROUND_HALF_DOWN),
):
    NUMBERS.function(_name, "n, scale")(_rounding(_mode))


@NUMBERS.function("abs", "n")
def absolute(environment: Environment, n: FeelValue) -> FeelValue:
    """The size of a number or duration."""
    value = single(n)
    if kind_of(value) not in _WITH_A_SIZE:
        raise Unsuitable
    opposite = arithmetic.negate(value)
    return opposite if comparison.ordered("<", value, opposite) else value


@NUMBERS.function("modulo", "dividend, divisor")
def modulo(environment: Environment, dividend: FeelValue, divisor: FeelValue) -> FeelValue:
    """What is left after division, with the sign of the divisor."""
    left, right = decimal_of(number(dividend)), decimal_of(number(divisor))
    if not right:
        raise Unsuitable
    environment.spend(max(0, left.adjusted() - right.adjusted()) // _DIGITS_PER_STEP)
    left_over = _WIDE.remainder(left, right)
    if left_over and (left_over < 0) is not (right < 0):
        left_over = _WIDE.add(left_over, right)
    return shortest(CONTEXT.plus(left_over))


def _unary(name: str, parameter: str, operate: Callable[[Decimal], Decimal]) -> None:
    def apply(environment: Environment, value: FeelValue) -> FeelValue:
        return shortest(operate(decimal_of(number(value))))

    NUMBERS.function(name, parameter)(apply)


def _square_root(value: Decimal) -> Decimal:
    if value < 0:
        raise Unsuitable
    return CONTEXT.sqrt(value)


def _logarithm(value: Decimal) -> Decimal:
    if value <= 0:
        raise Unsuitable
    return CONTEXT.ln(value)


_unary("sqrt", "number", _square_root)
_unary("log", "number", _logarithm)
_unary("exp", "number", CONTEXT.exp)


@NUMBERS.function("odd", "number")
def odd(environment: Environment, value: FeelValue) -> FeelValue:
    """Whether a whole number is odd."""
    return _remainder_by_two(value) == 1


@NUMBERS.function("even", "number")
def even(environment: Environment, value: FeelValue) -> FeelValue:
    """Whether a whole number is even."""
    return _remainder_by_two(value) == 0


def _remainder_by_two(value: FeelValue) -> Decimal:
    given = decimal_of(number(value))
    return abs(_WIDE.remainder(given, Decimal(2)))
