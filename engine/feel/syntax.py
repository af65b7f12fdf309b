"""The abstract syntax of FEEL: one frozen class per construct of the grammar (DMN 1.5, 10.3.1.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TypeAlias

from engine.feel.types import FeelValue


@dataclass(frozen=True)
class Literal:
    value: FeelValue


@dataclass(frozen=True)
class Name:
    text: str


@dataclass(frozen=True)
class Path:
    source: Node
    name: str


@dataclass(frozen=True)
class Filter:
    source: Node
    condition: Node


@dataclass(frozen=True)
class Call:
    function: Node
    positional: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True)
class Negation:
    operand: Node


@dataclass(frozen=True)
class Arithmetic:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Comparison:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Conjunction:
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Disjunction:
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Between:
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
    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True)
class TypeName:
    """`name` is a FEEL type, `list`, `range`, `context`, `function` or one the model declares."""

    name: str
    arguments: tuple[TypeName, ...] = ()
    entries: tuple[tuple[str, TypeName], ...] = ()


@dataclass(frozen=True)
class InstanceOf:
    value: Node
    type: TypeName


@dataclass(frozen=True)
class ListLiteral:
    items: tuple[Node, ...]


@dataclass(frozen=True)
class ContextLiteral:
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class RangeLiteral:
    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True)
class If:
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
