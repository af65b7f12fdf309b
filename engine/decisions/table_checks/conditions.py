"""What a cell says of its input, read from its syntax: which constants it compares with, and whether that is all.

A condition is *closed* when its truth depends only on how the input lies to these constants: then it is the same
for all values between two neighbouring ones, and one value speaks for all. It is *alone* when it reads nothing but
the input: then evaluating it for a value is certain for that value. Everything else is *opaque* and may hold or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

from engine.decisions.logic import placeholder_environment
from engine.decisions.table_checks.lines import Line, line_of
from engine.feel import Expression, FeelEvaluationError, FeelValue, Range, UnaryTests
from engine.feel.builtins import BUILTINS
from engine.feel.compiler import Compiler
from engine.feel.scope import EMPTY
from engine.feel.syntax import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    ComparisonTest,
    Conjunction,
    Disjunction,
    If,
    In,
    ListLiteral,
    Literal,
    Name,
    Negation,
    Node,
    RangeLiteral,
    TypeName,
    mentions,
)

_CONSTANT_PARTS = (Literal, Negation, Arithmetic, Call, Name, RangeLiteral, ListLiteral, ComparisonTest)
"""What a text may be made of that means the same value at all times."""

_IMPURE_CALL = re.compile(
    r"\b(?:" + "|".join(re.escape(name) for name, function in BUILTINS.items() if not function.pure) + r")\s*\("
)

_FEW_STEPS = 500
"""For a cell with functions or loops, which is tried for many values: a deployment must not wait for it."""

_MAX_CONSTANTS = 2_000
"""Of one cell; a longer list of values belongs into a table of its own."""


@dataclass(frozen=True)
class Constant:
    """A value a cell compares with; `is_choice` when it asks for equality, not for an order."""

    value: FeelValue
    is_choice: bool


@dataclass
class Condition:
    """A cell as it is checked."""

    cell: UnaryTests
    alone: bool = True
    closed: bool = True
    constants: list[Constant] = field(default_factory=list)
    empty_ranges: list[tuple[FeelValue, FeelValue]] = field(default_factory=list)
    """Ends of ranges no value lies in."""
    has_list: bool = False
    """Whether it compares with lists, which a list as input may equal."""

    def truth(self, value: FeelValue) -> bool | None:
        """Whether the compiled cell is met by `value`, for a condition that is alone; None when that takes too long."""
        environment = placeholder_environment()
        if not self.closed:
            environment.step_budget = _FEW_STEPS
        try:
            return self.cell.matches(value, EMPTY, environment) is True
        except FeelEvaluationError:
            return None

    def holds(self, value: FeelValue) -> bool:
        """Whether the compiled cell is certainly met by `value`; only for a condition that is alone."""
        return self.truth(value) is True

    def points(self, line: Line) -> dict[Any, FeelValue]:
        """Its constants on a line, by their keys."""
        return {line.key(each.value): each.value for each in self.constants if line_of(each.value) is line}

    @property
    def lines(self) -> set[Line]:
        """The lines its constants are on."""
        return {line for each in self.constants if (line := line_of(each.value))}


def read_condition(cell: UnaryTests, hidden: frozenset[str]) -> Condition:
    """The condition of a cell. `hidden` are names of the model's functions, which hide built-in ones."""
    condition = Condition(cell)
    condition.alone = not cell.names and all(_is_pure(node, hidden) for node in _nodes(cell.syntax))
    reader = _Reader(condition, hidden)
    condition.closed = condition.alone and _every(reader.test, cell.syntax.tests)
    condition.closed = condition.closed and len(condition.constants) <= _MAX_CONSTANTS
    return condition


def constant_value(node: Node, hidden: frozenset[str]) -> tuple[FeelValue] | None:
    """The one value of a text without variables, in a tuple; None when it may have another at another time."""
    if isinstance(node, Literal):
        return (node.value,)
    parts = list(_nodes(node))
    if not all(isinstance(part, _CONSTANT_PARTS) and _is_pure(part, hidden) for part in parts):
        return None
    names = sum(isinstance(part, Name) for part in parts)
    if names != sum(isinstance(part, Call) for part in parts):
        return None  # a name that is not the function of a call
    try:
        environment = placeholder_environment()
        environment.step_budget = _FEW_STEPS
        return (Expression("", Compiler(hidden).compile(node)).evaluate(EMPTY, environment),)
    except FeelEvaluationError:
        return None


def output_value(expression: Expression) -> tuple[FeelValue] | None:
    """An output that surely has one value, in a tuple; None when it reads variables or the clock, or takes too long."""
    if expression.names or expression.functions or _IMPURE_CALL.search(expression.text):
        return None
    environment = placeholder_environment()
    environment.step_budget = _FEW_STEPS
    try:
        return (expression.evaluate(EMPTY, environment),)
    except FeelEvaluationError:
        return None


def _nodes(value: object) -> Iterator[object]:
    """Every part of the syntax, `value` included; walks without recursion."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, tuple):
            waiting.extend(current)
        elif type(current).__module__ == Literal.__module__ and not isinstance(current, TypeName):
            yield current
            if not isinstance(current, Literal):
                waiting.extend(getattr(current, part.name) for part in fields(current))  # type: ignore[arg-type]


def _is_pure(node: object, hidden: frozenset[str]) -> bool:
    """Whether the part by itself means the same at all times."""
    if isinstance(node, Call):
        return isinstance(node.function, Name) and node.function.text in BUILTINS
    if isinstance(node, Name) and node.text in BUILTINS:
        return BUILTINS[node.text].pure and node.text not in hidden
    return True


def _every(reads: Callable[[Any], bool], parts: Iterable[Any]) -> bool:
    """Whether all parts are closed; reads on after one that is not, for the constants of the others."""
    results = [reads(part) for part in parts]
    return all(results)


class _Reader:
    """Collects into `condition`; every method says whether what it read is closed."""

    def __init__(self, condition: Condition, hidden: frozenset[str]) -> None:
        self._condition = condition
        self._hidden = hidden

    def test(self, node: Node) -> bool:
        """One alternative of a cell."""
        if isinstance(node, ComparisonTest):
            return self._compared(node.operator, node.operand)
        if mentions(node, "?"):
            return self._truth(node)
        if isinstance(node, ListLiteral):
            self._condition.has_list = True
            return _every(self.test, node.items)
        if isinstance(node, RangeLiteral):
            self._note_empty(node)
        known = constant_value(node, self._hidden)
        return known is not None and self._value(known[0], is_choice=True)

    def _value(self, value: FeelValue, *, is_choice: bool) -> bool:
        if isinstance(value, Range):
            ends = [end for end in (value.start, value.end) if end is not None]
            return _every(partial(self._value, is_choice=False), ends)
        if type(value) is list:
            self._condition.has_list = True
            return _every(partial(self._value, is_choice=is_choice), value)
        if value is None:
            return True
        if line_of(value) is None:
            return False
        self._condition.constants.append(Constant(value, is_choice))
        return True

    def _compared(self, operator: str, operand: Node) -> bool:
        known = None if mentions(operand, "?") else constant_value(operand, self._hidden)
        if known is None or isinstance(known[0], Range) or type(known[0]) is list:
            return False
        return self._value(known[0], is_choice=operator in ("=", "!="))

    def _truth(self, node: Node) -> bool:
        """An expression that asks for the input itself."""
        match node:
            case Name("?") | Literal():
                return True
            case Comparison(operator, Name("?"), other) | Comparison(operator, other, Name("?")):
                return self._compared(operator, other)
            case Conjunction(operands) | Disjunction(operands):
                return _every(self._truth, operands)
            case If(condition, then, otherwise):
                return _every(self._truth, (condition, then, otherwise))
            case Between(Name("?"), low, high):
                return _every(partial(self._compared, "<="), (low, high))
            case In(Name("?"), tests) if not any(mentions(test, "?") for test in tests):
                return _every(self.test, tests)
            case Call(Name("not"), (operand,), ()):
                return self._truth(operand)
        return False

    def _note_empty(self, node: RangeLiteral) -> None:
        ends = [constant_value(end, self._hidden) for end in (node.start, node.end)]
        if ends[0] is None or ends[1] is None:
            return
        start, end = ends[0][0], ends[1][0]
        line = line_of(start)
        if line is None or line is not line_of(end):
            return
        low, high = line.key(start), line.key(end)
        if low > high or (low == high and not (node.start_included and node.end_included)):
            self._condition.empty_ranges.append((start, end))
