"""Finding equal values among many without comparing each with each.

Values that are equal (DMN 1.5, tables 48 and 49) have the same key, and values with the same key are equal but for
times, which are compared with and without a zone and so belong to no one class: those are compared in pairs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from decimal import Decimal

from engine.feel import comparison
from engine.feel.environment import Environment
from engine.feel.errors import NestedTooDeep
from engine.feel.size import MAX_DEPTH
from engine.feel.types import FeelValue, Kind, kind_of

_CHARACTERS_PER_STEP = 200
_COMPARED_PER_STEP = 4_000
_COMPARED_IN_PAIRS = frozenset({Kind.TIME, Kind.DATE_AND_TIME})


def text_steps(values: Iterable[FeelValue]) -> int:
    """Steps of comparing texts among these values as long as they begin alike; the rest of them costs nothing here."""
    return sum(len(value) for value in values if type(value) is str) // _COMPARED_PER_STEP


def nested_text_steps(value: FeelValue) -> int:
    """As `text_steps`, for the texts at all levels of a value."""
    steps, waiting = 0, [value]
    while waiting:
        current = waiting.pop()
        inner = current.values() if type(current) is dict else current if type(current) is list else [current]
        steps += text_steps(inner)
        waiting.extend(item for item in inner if type(item) is list or type(item) is dict)
    return steps


class EqualValues:
    """Values to look among. Every value put in or looked for is paid for by its size."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._by_key: dict[Hashable, list[FeelValue]] = {}
        self._in_pairs = False

    def find(self, value: FeelValue) -> FeelValue:
        """The first value put in that equals `value`, or a value of its own, `NOTHING`, if there is none."""
        return self._found(value, self._key(value))

    def add(self, value: FeelValue) -> bool:
        """Put `value` in, unless an equal one is there; says whether it was new."""
        key = self._key(value)
        if self._found(value, key) is not NOTHING:
            return False
        self._by_key.setdefault(key, []).append(value)
        return True

    def _found(self, value: FeelValue, key: Hashable) -> FeelValue:
        alike = self._by_key.get(key)
        if not alike:
            return NOTHING
        if not self._in_pairs:
            return alike[0]
        for other in alike:
            self._environment.spend(6)
            if comparison.equal(value, other) is True:
                return other
        return NOTHING

    def _key(self, value: FeelValue, level: int = 0) -> Hashable:
        """A key that equal values share. Raises NestedTooDeep."""
        kind = type(value)
        if kind is str:
            self._environment.spend(2 + len(value) // _CHARACTERS_PER_STEP)
            return value  # type: ignore[no-any-return]  # a str
        if kind is int or kind is Decimal:
            self._environment.spend(2)
            return value  # type: ignore[no-any-return]  # equal numbers have equal hashes
        self._environment.spend(5)
        if level > MAX_DEPTH:
            raise NestedTooDeep
        return self._structured_key(value, level + 1)

    def _structured_key(self, value: FeelValue, level: int) -> Hashable:
        kind = kind_of(value)
        if kind is Kind.LIST:
            return kind, tuple([self._key(item, level) for item in value])
        if kind is Kind.CONTEXT:
            return kind, frozenset([(key, self._key(item, level)) for key, item in value.items()])
        if kind is Kind.RANGE:
            included = (value.start_included, value.end_included, value.of_test)
            return kind, included, self._key(value.start, level), self._key(value.end, level)
        if kind in _COMPARED_IN_PAIRS:
            self._in_pairs = True
            return kind
        return kind, id(value) if kind is Kind.FUNCTION else value


NOTHING = object()
"""What `find` gives when there is no equal value; no FEEL value is this."""
