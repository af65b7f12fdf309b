"""How large a value is when written out.

Lists and contexts share their parts in memory, so forty doublings fit in a kilobyte and yet have a million
million items for whoever compares, prints or stores them. What walks through a value asks here first.
"""

from __future__ import annotations

from engine.feel.errors import NestedTooDeep, TooManyItems
from engine.feel.types import FeelValue

MAX_DEPTH = 128
"""Levels of lists and contexts in a value; the JSON writer gives up at 254."""

MAX_ITEMS = 250_000
"""Items and entries at all levels; more than the step budget lets a loop make."""


def measured(value: FeelValue) -> int:
    """Items and entries at all levels, 1 for anything without. Raises NestedTooDeep and TooManyItems."""
    if type(value) is not list and type(value) is not dict:
        return 1
    total = 1
    waiting: list[tuple[FeelValue, int]] = [(value, 1)]
    while waiting:
        current, level = waiting.pop()
        if level > MAX_DEPTH:
            raise NestedTooDeep
        total += len(current)
        if total > MAX_ITEMS:
            raise TooManyItems(limit=MAX_ITEMS)
        inner = current.values() if type(current) is dict else current
        waiting.extend((item, level + 1) for item in inner if type(item) is list or type(item) is dict)
    return total
