"""What parts of an expression cost, in steps: about the time of one plain operation, some tenths of a microsecond.

Loops, filters and functions pay for their body each time they run it, built-in functions for each call and for
the lists they walk through. So the step budget bounds the time of an evaluation whatever its text does.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.feel.syntax import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    ContextLiteral,
    Filter,
    For,
    FunctionDefinition,
    In,
    InstanceOf,
    Negation,
    Node,
    Quantified,
    RangeLiteral,
)
from engine.feel.types import FeelValue

ITERATION = 5
"""Steps of going round once, besides the body."""

RANGE_ITEM = 4
"""Steps of making one more value of a range for a filter."""

CHARACTERS_PER_STEP = 100
"""Of a text that is joined: the time to copy it, and the memory it takes."""

_WEIGHTS: dict[type, int] = {
    Arithmetic: 3,
    Between: 4,
    Call: 4,
    Comparison: 2,
    ContextLiteral: 3,
    Filter: 3,
    For: 5,
    FunctionDefinition: 4,
    In: 4,
    InstanceOf: 5,
    Negation: 3,
    Quantified: 5,
    RangeLiteral: 8,
}
_POWER = 60  # decimal powers and roots are long series

_FRAMES: dict[type, int] = {Call: 6, Filter: 3, For: 4, Quantified: 4, In: 2}
"""Python frames an operation holds while a part of it runs, where it is more than one."""

_FUNCTIONS = {
    "decimal": 10,
    "exp": 100,
    "log": 150,
    "sqrt": 30,
    "stddev": 60,
    "date": 15,
    "time": 20,
    "date and time": 30,
    "duration": 20,
    "years and months duration": 15,
    "day of week": 8,
    "month of year": 8,
    "week of year": 8,
    "day of year": 8,
    "last day of month": 8,
    "now": 8,
    "today": 8,
    "string": 8,
    "number": 10,
    "range": 60,
    "matches": 25,
    "replace": 25,
    "split": 25,
    "extract": 25,
}
_WALKING = frozenset(
    {"all", "any", "max", "mean", "median", "min", "mode", "product", "stddev", "sum", "string join", "context"}
    | {"context merge", "index of", "list contains", "sort", "flatten", "list replace"}
)
"""Functions that look at each item; the others count or copy, which is some hundred times quicker."""

_LOOKING = frozenset({"count", "is empty", "get value", "is defined"})


def weight_of(node: Node) -> int:
    """Steps of evaluating `node` once, without its parts."""
    if type(node) is Arithmetic and node.operator == "**":
        return _POWER
    return _WEIGHTS.get(type(node), 1)


def frames_of(node: Node) -> int:
    """Python frames `node` holds while its parts run."""
    return _FRAMES.get(type(node), 1)


def call_cost(function: str, arguments: Sequence[FeelValue]) -> int:
    """Steps of a built-in function for these arguments, beyond those of any call."""
    cost = _FUNCTIONS.get(function, 0)
    if function not in _LOOKING:
        share = 1 if function in _WALKING else 64
        for argument in arguments:
            if type(argument) is list:
                cost += len(argument) // share
    return cost
