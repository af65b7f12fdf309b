"""List functions (DMN 1.5, 10.3.4.4 and 10.3.4.9, and Camunda 8's) that look at items and arrange them."""

from __future__ import annotations

from functools import cmp_to_key
from typing import Any

from engine.feel import comparison
from engine.feel.builtins.equality import NOTHING, EqualValues, text_steps
from engine.feel.builtins.signatures import Family, boolean_or_null, items, whole
from engine.feel.environment import Environment
from engine.feel.errors import TooManyItems, Unsuitable
from engine.feel.size import MAX_ITEMS, measured
from engine.feel.types import FeelValue, Function, Kind

LISTS = Family()
_ITEMS_PER_STEP = 32
"""Copied in one go."""


def _paid(environment: Environment, values: list[Any]) -> list[Any]:
    """A list that has just been made, paid for by its length. Raises TooManyItems."""
    if len(values) > MAX_ITEMS:
        raise TooManyItems(limit=MAX_ITEMS)
    environment.spend(len(values) // _ITEMS_PER_STEP)
    return values


@LISTS.function("list contains", "list, element")
def list_contains(environment: Environment, values: FeelValue, element: FeelValue) -> FeelValue:
    """Whether an item equals `element`."""
    wanted = _wanted(environment, values, element)
    return any(wanted.find(item) is not NOTHING for item in items(values))


def _wanted(environment: Environment, values: FeelValue, element: FeelValue) -> EqualValues:
    """The one value to look for among `values`, which may not be too large to look through."""
    measured(values)
    wanted = EqualValues(environment)
    wanted.add(element)
    return wanted


@LISTS.function("count", "list")
def count(environment: Environment, values: FeelValue) -> FeelValue:
    """How many items."""
    return len(items(values))


def _extreme(environment: Environment, values: FeelValue, symbol: str) -> FeelValue:
    candidates = items(values)
    environment.spend(2 * len(candidates) + text_steps(candidates))
    best = candidates[0] if candidates else None
    if candidates and comparison.comparable(best, best) is None:
        raise Unsuitable
    for candidate in candidates[1:]:
        better = comparison.ordered(symbol, candidate, best)
        if better is None:
            raise Unsuitable
        if better:
            best = candidate
    return best


@LISTS.function("min", "list", variadic=True)
def minimum(environment: Environment, values: FeelValue) -> FeelValue:
    """The least item; null for an empty list."""
    return _extreme(environment, values, "<")


@LISTS.function("max", "list", variadic=True)
def maximum(environment: Environment, values: FeelValue) -> FeelValue:
    """The greatest item; null for an empty list."""
    return _extreme(environment, values, ">")


@LISTS.function("all", "list", variadic=True)
def all_of(environment: Environment, values: FeelValue) -> FeelValue:
    """Three-valued conjunction; true for an empty list."""
    given = items(values)
    environment.spend(len(given))
    return comparison.three_valued_all([boolean_or_null(item) for item in given])


@LISTS.function("any", "list", variadic=True)
def any_of(environment: Environment, values: FeelValue) -> FeelValue:
    """Three-valued disjunction; false for an empty list."""
    given = items(values)
    environment.spend(len(given))
    return comparison.three_valued_any([boolean_or_null(item) for item in given])


def _index(position: FeelValue, length: int) -> int:
    """A position from 1 (or from -1 at the end) as Python's index."""
    place = whole(position)
    if place == 0 or abs(place) > length:
        raise Unsuitable
    return place - 1 if place > 0 else length + place


@LISTS.function("sublist", "list, start position, length?")
def sublist(environment: Environment, values: FeelValue, start: FeelValue, *length: FeelValue) -> FeelValue:
    """Items from `start` on, or `length` of them, as many as there must be."""
    source = items(values)
    begin = _index(start, len(source))
    if not length or length[0] is None:
        return _paid(environment, source[begin:])
    size = whole(length[0])
    if size < 1 or begin + size > len(source):
        raise Unsuitable
    return _paid(environment, source[begin : begin + size])


@LISTS.function("insert before", "list, position, newItem")
def insert_before(environment: Environment, values: FeelValue, position: FeelValue, new: FeelValue) -> FeelValue:
    """The list with `new` at the position."""
    source = items(values)
    index = _index(position, len(source))
    return _paid(environment, [*source[:index], new, *source[index:]])


@LISTS.function("remove", "list, position")
def remove(environment: Environment, values: FeelValue, position: FeelValue) -> FeelValue:
    """The list without the item at the position."""
    source = items(values)
    index = _index(position, len(source))
    return _paid(environment, [*source[:index], *source[index + 1 :]])


@LISTS.function(
    "list replace",
    "list, position, newItem",
    "list, match, newItem",
    pure=False,
    kinds={"position": Kind.NUMBER, "match": Kind.FUNCTION},
)
def list_replace(environment: Environment, values: FeelValue, where: FeelValue, new: FeelValue) -> FeelValue:
    """The list with another item at the position, or wherever `match(item, newItem)` is true."""
    source = items(values)
    if not isinstance(where, Function):
        index = _index(where, len(source))
        return _paid(environment, [*source[:index], new, *source[index + 1 :]])
    return [new if _is_true(environment, where, item, new) else item for item in source]


def _is_true(environment: Environment, function: Function, left: FeelValue, right: FeelValue) -> bool:
    """What a function of two says; null counts as false, anything else but a boolean is unsuitable."""
    environment.spend(4)
    answer = function.call(environment, (left, right))
    if answer is not None and type(answer) is not bool:
        raise Unsuitable
    return answer is True


@LISTS.function("reverse", "list")
def reverse(environment: Environment, values: FeelValue) -> FeelValue:
    """The items from last to first."""
    return _paid(environment, items(values)[::-1])


@LISTS.function("index of", "list, match")
def index_of(environment: Environment, values: FeelValue, match: FeelValue) -> FeelValue:
    """The positions of the items that equal `match`."""
    wanted = _wanted(environment, values, match)
    return [at + 1 for at, item in enumerate(items(values)) if wanted.find(item) is not NOTHING]


def _distinct(environment: Environment, values: list[Any]) -> list[Any]:
    measured(values)
    kept = EqualValues(environment)
    return [item for item in values if kept.add(item)]


@LISTS.function("distinct values", "list")
def distinct_values(environment: Environment, values: FeelValue) -> FeelValue:
    """Each value once, in order of appearance."""
    return _distinct(environment, items(values))


@LISTS.function("duplicate values", "list")
def duplicate_values(environment: Environment, values: FeelValue) -> FeelValue:
    """Each value that occurs more than once, in order of its second appearance (Camunda 8)."""
    measured(values)
    seen, repeated = EqualValues(environment), EqualValues(environment)
    return [item for item in items(values) if not seen.add(item) and repeated.add(item)]


@LISTS.function("flatten", "list")
def flatten(environment: Environment, values: FeelValue) -> FeelValue:
    """Lists in lists as one list."""
    flat: list[FeelValue] = []
    waiting = _paid(environment, items(values)[::-1])
    while waiting:
        environment.spend()
        item = waiting.pop()
        if type(item) is list:
            environment.spend(len(item) // _ITEMS_PER_STEP)
            waiting.extend(item[::-1])
        else:
            flat.append(item)
    return _paid(environment, flat)


@LISTS.function("sort", "list, precedes?", pure=False)
def sort(environment: Environment, values: FeelValue, *precedes: FeelValue) -> FeelValue:
    """The items in the order of `precedes(a, b)`, else ascending; equal ones stay in their order."""
    source = items(values)
    before = precedes[0] if precedes else None
    if before is not None and not isinstance(before, Function):
        raise Unsuitable

    def order(left: FeelValue, right: FeelValue) -> int:
        environment.spend(3)  # Python's sort asks only whether one is less than the other
        if before is not None:
            return -1 if _is_true(environment, before, left, right) else 0
        less = comparison.ordered("<", left, right)
        if less is None:
            raise Unsuitable
        return -1 if less else 0

    if before is None:
        environment.spend(text_steps(source) * len(source).bit_length())
    return sorted(_paid(environment, source), key=cmp_to_key(order))


@LISTS.function("partition", "list, size")
def partition(environment: Environment, values: FeelValue, size: FeelValue) -> FeelValue:
    """Lists of at most `size` items (Camunda 8)."""
    source, step = items(values), whole(size)
    if step < 1:
        raise Unsuitable
    environment.spend(len(source) // step)
    _paid(environment, source)
    return [source[at : at + step] for at in range(0, len(source), step)]


@LISTS.function("is empty", "list")
def is_empty(environment: Environment, values: FeelValue) -> FeelValue:
    """Whether there are no items (Camunda 8)."""
    return not items(values)


def _joined(environment: Environment, lists: tuple[FeelValue, ...]) -> list[Any]:
    environment.spend(len(lists))
    joined: list[Any] = []
    for values in lists:
        joined.extend(items(values))
        if len(joined) > MAX_ITEMS:
            raise TooManyItems(limit=MAX_ITEMS)
    return _paid(environment, joined)


@LISTS.function("append", "list, item...")
def append(environment: Environment, values: FeelValue, *new: FeelValue) -> FeelValue:
    """The list with further items at its end."""
    return _paid(environment, [*items(values), *new])


@LISTS.function("concatenate", "list...")
def concatenate(environment: Environment, *lists: FeelValue) -> FeelValue:
    """All items of several lists."""
    return _joined(environment, lists)


@LISTS.function("union", "list...")
def union(environment: Environment, *lists: FeelValue) -> FeelValue:
    """Each value of several lists once."""
    return _distinct(environment, _joined(environment, lists))
