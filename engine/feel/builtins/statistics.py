"""Sums and averages of lists (DMN 1.5, 10.3.4.4): of all items of a list, or of all arguments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.feel import arithmetic
from engine.feel.arithmetic import CONTEXT, decimal_of, exact, shortest
from engine.feel.builtins.signatures import Family, items
from engine.feel.environment import Environment
from engine.feel.errors import Unsuitable
from engine.feel.types import FeelValue, Kind, is_number, kind_of

STATISTICS = Family()
_STEPS_PER_SUMMAND = 5
_SUMMABLE = frozenset({Kind.NUMBER, Kind.DAYS_AND_TIME_DURATION, Kind.YEARS_AND_MONTHS_DURATION})


def _numbers(environment: Environment, values: FeelValue) -> list[Any]:
    """The numbers of a list, paid for by their count; anything else among them is unsuitable."""
    found = items(values)
    environment.spend(_STEPS_PER_SUMMAND * len(found))
    if not all(is_number(item) for item in found):
        raise Unsuitable
    return found


def _total(values: list[Any]) -> FeelValue:
    """The sum of at least one number or duration."""
    if all(type(value) is int for value in values):
        return exact(sum(values))
    result: FeelValue = values[0]
    for value in values[1:]:
        result = arithmetic.add(result, value)
    return shortest(result) if type(result) is Decimal else result


@STATISTICS.function("sum", "list", variadic=True)
def sum_of(environment: Environment, values: FeelValue) -> FeelValue:
    """The sum of numbers, or of durations of one kind; null for an empty list."""
    summands = items(values)
    environment.spend(_STEPS_PER_SUMMAND * len(summands))
    if not all(kind_of(item) in _SUMMABLE for item in summands):
        raise Unsuitable
    return _total(summands) if summands else None


@STATISTICS.function("product", "list", variadic=True)
def product_of(environment: Environment, values: FeelValue) -> FeelValue:
    """The product of numbers; null for an empty list."""
    factors = _numbers(environment, values)
    result: FeelValue = 1 if factors else None
    for factor in factors:
        result = arithmetic.multiply(result, factor)
    return result


@STATISTICS.function("mean", "list", variadic=True)
def mean(environment: Environment, values: FeelValue) -> FeelValue:
    """The average; null for an empty list."""
    summands = _numbers(environment, values)
    return arithmetic.divide(_total(summands), len(summands)) if summands else None


@STATISTICS.function("median", "list", variadic=True)
def median(environment: Environment, values: FeelValue) -> FeelValue:
    """The middle number, or the average of the two in the middle; null for an empty list."""
    ranked = sorted(_numbers(environment, values))
    if not ranked:
        return None
    middle = len(ranked) // 2
    if len(ranked) % 2:
        return ranked[middle]
    return arithmetic.divide(arithmetic.add(ranked[middle - 1], ranked[middle]), 2)


@STATISTICS.function("stddev", "list", variadic=True)
def standard_deviation(environment: Environment, values: FeelValue) -> FeelValue:
    """The sample standard deviation of at least two numbers; null for fewer."""
    given = [decimal_of(item) for item in _numbers(environment, values)]
    if len(given) < 2:
        raise Unsuitable
    average = CONTEXT.divide(decimal_of(_total(given)), Decimal(len(given)))
    squares = Decimal(0)
    environment.spend(2 * len(given))
    for item in given:
        distance = CONTEXT.subtract(item, average)
        squares = CONTEXT.fma(distance, distance, squares)
    return shortest(CONTEXT.sqrt(CONTEXT.divide(squares, Decimal(len(given) - 1))))


@STATISTICS.function("mode", "list", variadic=True)
def mode(environment: Environment, values: FeelValue) -> FeelValue:
    """The most frequent numbers, in ascending order."""
    counts: dict[int | Decimal, int] = {}
    for item in _numbers(environment, values):
        counts[item] = counts.get(item, 0) + 1
    environment.spend(3 * len(counts))
    most = max(counts.values(), default=0)
    return sorted(item for item, times in counts.items() if times == most)
