"""The abstract syntax of FEEL: one frozen class per construct of the grammar (DMN 1.5, 10.3.1.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Protocol, TypeAlias

from engine.feel.types import FeelValue


@dataclass(frozen=True)
class Literal:
    """A value written out: a number, string, boolean, null or temporal literal."""

    value: FeelValue


@dataclass(frozen=True)
class AtLiteral:
    """`@"text"` whose text names no date, time or duration: null, with a warning."""

    text: str


@dataclass(frozen=True)
class Name:
    """A variable, or a function that is called."""

    text: str


@dataclass(frozen=True)
class Path:
    """`source.name`: an entry of a context, or a property of a value."""

    source: Node
    name: str


@dataclass(frozen=True)
class Filter:
    """`source[condition]`: the items a condition holds for, or the item at a position."""

    source: Node
    condition: Node


@dataclass(frozen=True)
class Call:
    """`function(…)`, with arguments by position or by name."""

    function: Node
    positional: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True)
class Negation:
    """`-operand`."""

    operand: Node


@dataclass(frozen=True)
class Arithmetic:
    """`left operator right` with `+`, `-`, `*`, `/` or `**`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Comparison:
    """`left operator right` with `=`, `!=`, `<`, `<=`, `>` or `>=`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Conjunction:
    """`… and …`, by three-valued logic."""

    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Disjunction:
    """`… or …`, by three-valued logic."""

    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Between:
    """`value between low and high`, both ends included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class ComparisonTest:
    """`< 5` in a test, or `(< 5)` as a range."""

    operator: str
    operand: Node


@dataclass(frozen=True)
class In:
    """`value in tests`: whether one of the tests holds for the value."""

    value: Node
    tests: tuple[Node, ...]


class DeclaredType(Protocol):
    """A type that a model declares; it may be made of itself, so it is not spelled out."""

    def includes(self, value: FeelValue) -> bool:
        """Whether `value`, which is not null, is of the type."""


@dataclass(frozen=True)
class TypeName:
    """`name` is a FEEL type, `list`, `range`, `context`, `function` or, with `declared`, one of the model."""

    name: str
    arguments: tuple[TypeName, ...] = ()
    entries: tuple[tuple[str, TypeName], ...] = ()
    declared: DeclaredType | None = None


@dataclass(frozen=True)
class InstanceOf:
    """`value instance of type`."""

    value: Node
    type: TypeName


@dataclass(frozen=True)
class ListLiteral:
    """`[item, …]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class ContextLiteral:
    """`{key: value, …}`; later entries see the earlier ones."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class RangeLiteral:
    """`[start..end]`; a parenthesis or turned bracket leaves its end out."""

    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True)
class If:
    """`if condition then … else …`."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True)
class Iteration:
    """`name in domain`, or `name in domain..end`."""

    name: str
    domain: Node
    end: Node | None


@dataclass(frozen=True)
class For:
    """`for name in domain, … return body`."""

    iterations: tuple[Iteration, ...]
    body: Node


@dataclass(frozen=True)
class Quantified:
    """`every` when `all_must` is true, else `some`."""

    all_must: bool
    iterations: tuple[Iteration, ...]
    condition: Node


@dataclass(frozen=True)
class FunctionDefinition:
    """`function(parameter, …) body`; an `external` one is never run and gives null."""

    parameters: tuple[tuple[str, TypeName | None], ...]
    body: Node
    external: bool = False


@dataclass(frozen=True)
class UnaryTests:
    """The tests of one cell; no tests means anything matches (`-`)."""

    tests: tuple[Node, ...]
    negated: bool = False


Node: TypeAlias = (
    Literal
    | AtLiteral
    | Name
    | Path
    | Filter
    | Call
    | Negation
    | Arithmetic
    | Comparison
    | Conjunction
    | Disjunction
    | Between
    | ComparisonTest
    | In
    | InstanceOf
    | ListLiteral
    | ContextLiteral
    | RangeLiteral
    | If
    | For
    | Quantified
    | FunctionDefinition
)


def _children(value: object) -> Iterator[object]:
    if isinstance(value, tuple):
        yield from value
    elif type(value).__module__ == __name__ and not isinstance(value, Literal | TypeName):
        yield from (getattr(value, field.name) for field in fields(value))  # type: ignore[arg-type]


def height(node: object) -> int:
    """Levels of the tree below and including `node`; walks without recursion."""
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        current, level = waiting.pop()
        deepest = max(deepest, level)
        step = 0 if isinstance(current, tuple) else 1
        waiting.extend((child, level + step) for child in _children(current) if not isinstance(child, str))
    return deepest


def mentions(node: object, name: str) -> bool:
    """Whether the name `name` occurs anywhere in `node`."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Name) and current.text == name:
            return True
        waiting.extend(_children(current))
    return False
