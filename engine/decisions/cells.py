"""Cells that compare with constants, tested directly (DMN 1.5, 7.3.14 and table 55).

Most cells of real tables are like `[1..5]`, `>= 18`, `"CN", "HK"` or `not("US")`. For an input of the constants' own
kind they need neither a frame nor the three-valued logic of FEEL: they are met or not. Every other input, and every
other cell, is a matter for the compiled test itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.feel import FeelValue, UnaryTests
from engine.feel.arithmetic import negate
from engine.feel.comparison import PLAIN
from engine.feel.syntax import ComparisonTest, ListLiteral, Literal, Negation, Node, RangeLiteral
from engine.feel.types import NUMBERS, is_number

Predicate = Callable[[FeelValue], bool]

_BOUNDS: dict[str, str] = {"<": "__gt__", "<=": "__ge__", ">": "__lt__", ">=": "__le__"}
"""`value < bound` is `bound > value`: the bound's own method, so that no Python code runs per cell."""


@dataclass(frozen=True)
class DirectTest:
    """`predicate` answers for inputs of one of the Python `types`, exactly as the compiled cell would."""

    types: frozenset[type]
    predicate: Predicate


NEVER_DIRECT = DirectTest(frozenset(), bool)
"""Of a cell whose test has to be evaluated for every input."""


def direct_test(cell: UnaryTests) -> DirectTest:
    """The direct test of a cell; `NEVER_DIRECT` unless all it says is constant and of one kind."""
    alternatives = [_alternative(node) for node in _spread(cell.syntax.tests)]
    if not alternatives or not all(alternatives):
        return NEVER_DIRECT
    found = [each for each in alternatives if each]
    types = found[0].types
    if any(each.types != types for each in found):
        return NEVER_DIRECT
    predicate = _any_of([each.predicate for each in found])
    return DirectTest(types, _none_of(predicate) if cell.syntax.negated else predicate)


def _spread(tests: Sequence[Node]) -> list[Node]:
    """The tests, with those inside a list literal one by one: the input may equal any of them."""
    return [node for test in tests for node in (test.items if isinstance(test, ListLiteral) else (test,))]


def _alternative(node: Node) -> DirectTest | None:
    match node:
        case ComparisonTest(operator=symbol, operand=operand):
            return _compared(symbol, _constant(operand))
        case RangeLiteral():
            return _between(node, _constant(node.start), _constant(node.end))
    constant = _constant(node)
    if type(constant) is bool:
        return DirectTest(frozenset({bool}), constant.__eq__)
    return _compared("=", constant)


def _constant(node: Node) -> FeelValue:
    """The value of a literal, a negated number included; None for any other node."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Negation) and isinstance(node.operand, Literal) and is_number(node.operand.value):
        return negate(node.operand.value)
    return None


def _types_of(constant: FeelValue) -> frozenset[type] | None:
    if is_number(constant):
        return NUMBERS
    return frozenset({type(constant)}) if type(constant) in PLAIN else None


def _compared(symbol: str, constant: FeelValue) -> DirectTest | None:
    types = _types_of(constant)
    if types is None:
        return None
    bound = Decimal(constant) if is_number(constant) else constant  # a decimal compares with both kinds of number
    if symbol in _BOUNDS:
        return DirectTest(types, getattr(bound, _BOUNDS[symbol]))
    if symbol == "=":
        return DirectTest(types, bound.__eq__)
    return DirectTest(types, bound.__ne__) if symbol == "!=" else None


def _between(node: RangeLiteral, start: FeelValue, end: FeelValue) -> DirectTest | None:
    low = _compared(">=" if node.start_included else ">", start)
    high = _compared("<=" if node.end_included else "<", end)
    if low is None or high is None or low.types != high.types:
        return None
    above, below = low.predicate, high.predicate
    return DirectTest(low.types, lambda value: above(value) and below(value))


def _any_of(predicates: Sequence[Predicate]) -> Predicate:
    if len(predicates) == 1:
        return predicates[0]
    return lambda value: any([predicate(value) for predicate in predicates])  # noqa: C419  a list is quicker here


def _none_of(predicate: Predicate) -> Predicate:
    return lambda value: not predicate(value)
