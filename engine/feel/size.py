"""How large a value is when written out.

Lists and contexts share their parts in memory, so forty doublings fit in a kilobyte and yet have a million
million items for whoever compares, prints or stores them. What walks through a value asks here first.
"""

from __future__ import annotations

from engine.feel.errors import NestedTooDeep, TooManyItems
from engine.feel.types import FeelValue

MAX_DEPTH = 128
"""Levels of lists and contexts in a value; the JSON writer gives up at 254."""

MAX_ITEMS = 100_000
"""Items and entries at all levels; as many as the step budget lets a loop make."""


def measured(value: FeelValue) -> int:
    """Items and entries at all levels, 1 for anything without. Raises NestedTooDeep and TooManyItems."""
    if type(value) is not list and type(value) is not dict:
        return 1
    total, level, layer = 1, 0, [value]
    while layer:
        level += 1
        if level > MAX_DEPTH:
            raise NestedTooDeep
        inner: list[FeelValue] = []
        for container in layer:
            total += len(container)
            if total > MAX_ITEMS:
                raise TooManyItems(limit=MAX_ITEMS)
            members = container.values() if type(container) is dict else container
            inner += [item for item in members if type(item) is list or type(item) is dict]
        layer = inner
    return total
