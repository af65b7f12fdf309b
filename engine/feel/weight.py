"""What parts of an expression cost, in steps: about the time of one plain operation, some tenths of a microsecond.

Loops, filters and functions pay for their body each time they run it, built-in functions for each call and for
the lists they walk through. So the step budget bounds the time of an evaluation whatever its text does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

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

RANGE_ITEM = 8
"""Steps of making one more value of a range for a filter."""

CHARACTERS_PER_STEP = 100
"""Of a text that is joined: the time to copy it, and the memory it takes."""

_CHARACTERS_COMPARED = 20_000  # in the time of a step


def comparing(value: FeelValue) -> int:
    """What comparing the value once costs beside the operation itself: something for very long texts only."""
    return len(value) // _CHARACTERS_COMPARED if type(value) is str else 0


_WEIGHTS: dict[type, int] = {
    Arithmetic: 3,
    Between: 4,
    Call: 4,
    Comparison: 1,
    ContextLiteral: 3,
    Filter: 3,
    For: 5,
    FunctionDefinition: 10,
    In: 4,
    InstanceOf: 5,
    Negation: 3,
    Quantified: 5,
    RangeLiteral: 8,
}
_POWER = 60
_ROOT = 400  # a power whose exponent is not whole is a long series
_RESULTS: dict[type, int] = {int: 0, bool: 0, type(None): 0, Decimal: 3}
_TEMPORAL = 12
_STEPS: dict[type, int] = {int: 0, Decimal: 6, dt.date: 8}
_BEYOND_PYTHON = 40  # dates of years that Python's own do not have

PER_MEMBER = 5
"""Steps of comparing one item or entry of two values."""

_FRAMES: dict[type, int] = {Call: 6, Filter: 3, For: 4, Quantified: 4, In: 2}
"""Python frames an operation holds while a part of it runs, where it is more than one."""

_FUNCTIONS = {
    "context": 10,
    "context put": 12,
    "context merge": 10,
    "decimal": 10,
    "floor": 8,
    "ceiling": 8,
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


def result_cost(symbol: str, right: FeelValue, result: FeelValue) -> int:
    """Steps of an arithmetic operation beyond those of one on whole numbers."""
    if type(result) is str:
        return len(result) // CHARACTERS_PER_STEP
    if symbol == "**" and type(right) is not int:
        return _ROOT
    return _RESULTS.get(type(result), _TEMPORAL)


def step_cost(value: FeelValue) -> int:
    """Steps of going on from `value` to the next value of a range, besides the round itself."""
    return _STEPS.get(type(value), _BEYOND_PYTHON)


def call_cost(function: str, arguments: Sequence[FeelValue]) -> int:
    """Steps of a built-in function for these arguments, beyond those of any call."""
    cost = _FUNCTIONS.get(function, 0)
    if function not in _LOOKING:
        share = 1 if function in _WALKING else 64
        for argument in arguments:
            if type(argument) is list:
                cost += len(argument) // share
    return cost
