"""List functions (DMN 1.5, table 72 and 10.3.4.5, and Camunda 8's)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cmp_to_key

from engine.feel import arithmetic, comparison
from engine.feel.arithmetic import CONTEXT, decimal_of, shortest
from engine.feel.builtins.numbers import product, total
from engine.feel.builtins.signatures import Family, boolean_or_null, items, number, whole
from engine.feel.environment import Environment
from engine.feel.errors import Unsuitable
from engine.feel.size import measured
from engine.feel.types import FeelValue, Function, is_number
from engine.model.values import YearsMonthsDuration

LISTS = Family()


def _same(left: FeelValue, right: FeelValue) -> bool:
    return comparison.equal(left, right) is True


@LISTS.function("list contains", "list, element")
def list_contains(environment: Environment, values: FeelValue, element: FeelValue) -> FeelValue:
    """Whether an item equals `element`."""
    environment.spend(measured(values))
    return any(_same(item, element) for item in items(values))


@LISTS.function("count", "list", variadic=True)
def count(environment: Environment, values: FeelValue) -> FeelValue:
    """How many items."""
    return len(items(values))


def _extreme(values: FeelValue, symbol: str) -> FeelValue:
    candidates = items(values)
    best = candidates[0] if candidates else None
    for candidate in candidates[1:]:
        better = comparison.ordered(symbol, candidate, best)
        if better is None:
            raise Unsuitable
        if better:
            best = candidate
    if len(candidates) == 1 and comparison.comparable(best, best) is None:
        raise Unsuitable
    return best


@LISTS.function("min", "list", variadic=True)
def minimum(environment: Environment, values: FeelValue) -> FeelValue:
    """The least item; null for an empty list."""
    return _extreme(values, "<")


@LISTS.function("max", "list", variadic=True)
def maximum(environment: Environment, values: FeelValue) -> FeelValue:
    """The greatest item; null for an empty list."""
    return _extreme(values, ">")


@LISTS.function("sum", "list", variadic=True)
def sum_of(environment: Environment, values: FeelValue) -> FeelValue:
    """The sum of numbers or durations; null for an empty list."""
    summands = items(values)
    environment.spend(len(summands))
    if not all(is_number(item) or isinstance(item, dt.timedelta | YearsMonthsDuration) for item in summands):
        raise Unsuitable
    return total(summands) if summands else None


@LISTS.function("product", "list", variadic=True)
def product_of(environment: Environment, values: FeelValue) -> FeelValue:
    """The product of numbers; null for an empty list."""
    factors = items(values)
    environment.spend(len(factors))
    return product(factors) if factors else None


def _numbers(values: FeelValue) -> list[int | Decimal]:
    found = items(values)
    if not all(is_number(item) for item in found):
        raise Unsuitable
    return found


@LISTS.function("mean", "list", variadic=True)
def mean(environment: Environment, values: FeelValue) -> FeelValue:
    """The average; null for an empty list."""
    summands = _numbers(values)
    return arithmetic.divide(total(summands), len(summands)) if summands else None


@LISTS.function("median", "list", variadic=True)
def median(environment: Environment, values: FeelValue) -> FeelValue:
    """The middle number, or the average of the two in the middle."""
    ranked = sorted(_numbers(values))
    if not ranked:
        return None
    middle = len(ranked) // 2
    if len(ranked) % 2:
        return ranked[middle]
    return arithmetic.divide(arithmetic.add(ranked[middle - 1], ranked[middle]), 2)


@LISTS.function("stddev", "list", variadic=True)
def standard_deviation(environment: Environment, values: FeelValue) -> FeelValue:
    """The sample standard deviation of at least two numbers."""
    given = [decimal_of(item) for item in _numbers(values)]
    if len(given) < 2:
        raise Unsuitable
    average = CONTEXT.divide(decimal_of(total(list(given))), Decimal(len(given)))
    squares = [CONTEXT.power(CONTEXT.subtract(item, average), 2) for item in given]
    return shortest(CONTEXT.sqrt(CONTEXT.divide(decimal_of(total(list(squares))), Decimal(len(given) - 1))))


@LISTS.function("mode", "list", variadic=True)
def mode(environment: Environment, values: FeelValue) -> FeelValue:
    """The most frequent numbers, in ascending order."""
    given = _numbers(values)
    counts: dict[int | Decimal, int] = {}
    for item in given:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, times in counts.items() if times == most)


@LISTS.function("all", "list", variadic=True)
def all_of(environment: Environment, values: FeelValue) -> FeelValue:
    """Three-valued conjunction; true for an empty list."""
    return comparison.three_valued_all([boolean_or_null(item) for item in items(values)])


@LISTS.function("any", "list", variadic=True)
def any_of(environment: Environment, values: FeelValue) -> FeelValue:
    """Three-valued disjunction; false for an empty list."""
    return comparison.three_valued_any([boolean_or_null(item) for item in items(values)])


def _index(position: FeelValue, length: int) -> int:
    """A position from 1 (or from -1 at the end) as Python's index."""
    place = whole(position)
    if place == 0 or abs(place) > length:
        raise Unsuitable
    return place - 1 if place > 0 else length + place


@LISTS.function("sublist", "list, start position, length?")
def sublist(environment: Environment, values: FeelValue, start: FeelValue, *length: FeelValue) -> FeelValue:
    """Items from `start` on, at most `length` of them."""
    source = items(values)
    begin = _index(start, len(source))
    if not length or length[0] is None:
        return source[begin:]
    size = whole(length[0])
    if size < 0 or begin + size > len(source):
        raise Unsuitable
    return source[begin : begin + size]


@LISTS.function("insert before", "list, position, newItem")
def insert_before(environment: Environment, values: FeelValue, position: FeelValue, new: FeelValue) -> FeelValue:
    """The list with `new` at the position."""
    source = items(values)
    index = _index(position, len(source))
    return [*source[:index], new, *source[index:]]


@LISTS.function("remove", "list, position")
def remove(environment: Environment, values: FeelValue, position: FeelValue) -> FeelValue:
    """The list without the item at the position."""
    source = items(values)
    index = _index(position, len(source))
    return [*source[:index], *source[index + 1 :]]


@LISTS.function("list replace", "list, position, newItem", "list, match, newItem", pure=False)
def list_replace(environment: Environment, values: FeelValue, where: FeelValue, new: FeelValue) -> FeelValue:
    """The list with another item at the position, or wherever `match(item, newItem)` is true."""
    source = items(values)
    if not isinstance(where, Function):
        index = _index(where, len(source))
        return [*source[:index], new, *source[index + 1 :]]
    replaced = []
    for item in source:
        matched = where.call(environment, (item, new))
        if type(matched) is not bool:
            raise Unsuitable
        replaced.append(new if matched else item)
    return replaced


@LISTS.function("reverse", "list")
def reverse(environment: Environment, values: FeelValue) -> FeelValue:
    """The items from last to first."""
    return items(values)[::-1]


@LISTS.function("index of", "list, match")
def index_of(environment: Environment, values: FeelValue, match: FeelValue) -> FeelValue:
    """The positions of the items that equal `match`."""
    environment.spend(measured(values))
    return [at + 1 for at, item in enumerate(items(values)) if _same(item, match)]


def _distinct(environment: Environment, values: list[FeelValue]) -> list[FeelValue]:
    kept: list[FeelValue] = []
    size = measured(values)
    for item in values:
        environment.spend(1 + size // 16)  # comparing with all kept ones is quadratic
        if not any(_same(item, other) for other in kept):
            kept.append(item)
    return kept


@LISTS.function("distinct values", "list")
def distinct_values(environment: Environment, values: FeelValue) -> FeelValue:
    """Each value once, in order of appearance."""
    return _distinct(environment, items(values))


@LISTS.function("duplicate values", "list")
def duplicate_values(environment: Environment, values: FeelValue) -> FeelValue:
    """Each value that occurs more than once (Camunda 8)."""
    source = items(values)
    environment.spend(len(source) * measured(source) // 16)
    repeated = [item for at, item in enumerate(source) if any(_same(item, other) for other in source[:at])]
    return _distinct(environment, repeated)


@LISTS.function("flatten", "list")
def flatten(environment: Environment, values: FeelValue) -> FeelValue:
    """Lists in lists as one list."""
    flat: list[FeelValue] = []
    waiting = items(values)[::-1]
    while waiting:
        environment.spend()
        item = waiting.pop()
        if type(item) is list:
            waiting.extend(item[::-1])
        else:
            flat.append(item)
    return flat


@LISTS.function("sort", "list, precedes?", pure=False)
def sort(environment: Environment, values: FeelValue, *precedes: FeelValue) -> FeelValue:
    """The items in the order of `precedes(a, b)`, else ascending."""
    source = items(values)
    before = precedes[0] if precedes else None
    if before is not None and not isinstance(before, Function):
        raise Unsuitable

    def order(left: FeelValue, right: FeelValue) -> int:
        environment.spend()
        if before is None:
            less = comparison.ordered("<", left, right)
            if less is None:
                raise Unsuitable
            return -1 if less else int(comparison.ordered("<", right, left) is True)
        if before.call(environment, (left, right)) is True:
            return -1
        return int(before.call(environment, (right, left)) is True)

    return sorted(source, key=cmp_to_key(order))


@LISTS.function("partition", "list, size")
def partition(environment: Environment, values: FeelValue, size: FeelValue) -> FeelValue:
    """Lists of at most `size` items (Camunda 8)."""
    source, step = items(values), whole(number(size))
    if step < 1:
        raise Unsuitable
    return [source[at : at + step] for at in range(0, len(source), step)]


@LISTS.function("is empty", "list")
def is_empty(environment: Environment, values: FeelValue) -> FeelValue:
    """Whether there are no items (Camunda 8)."""
    return not items(values)


def _joined(environment: Environment, lists: tuple[FeelValue, ...]) -> list[FeelValue]:
    joined: list[FeelValue] = []
    for values in lists:
        joined.extend(items(values))
        environment.spend(len(joined))
    return joined


@LISTS.function("append", "list, item...")
def append(environment: Environment, values: FeelValue, *new: FeelValue) -> FeelValue:
    """The list with further items at its end."""
    environment.spend(len(new))
    return [*items(values), *new]


@LISTS.function("concatenate", "list...")
def concatenate(environment: Environment, *lists: FeelValue) -> FeelValue:
    """All items of several lists."""
    return _joined(environment, lists)


@LISTS.function("union", "list...")
def union(environment: Environment, *lists: FeelValue) -> FeelValue:
    """Each value of several lists once."""
    return _distinct(environment, _joined(environment, lists))
