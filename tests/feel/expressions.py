"""Random syntax trees, values and texts of FEEL."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from engine.feel.arithmetic import CONTEXT
from engine.feel.syntax import (
    Arithmetic,
    AtLiteral,
    Between,
    Call,
    Comparison,
    ComparisonTest,
    Conjunction,
    ContextLiteral,
    Disjunction,
    Filter,
    For,
    FunctionDefinition,
    If,
    In,
    InstanceOf,
    Iteration,
    ListLiteral,
    Literal,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    RangeLiteral,
    TypeName,
    UnaryTests,
)
from engine.model.values import YearsMonthsDuration

NUMBERS = st.one_of(
    st.integers(-(10**34) + 1, 10**34 - 1),
    st.decimals(allow_nan=False, allow_infinity=False).map(CONTEXT.create_decimal).filter(lambda value: value != 0),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_DATES = st.dates()
_ZONES = st.sampled_from([None, dt.UTC, dt.timezone(dt.timedelta(hours=8))])
_TIMES = st.builds(lambda time, zone: time.replace(tzinfo=zone), st.times(), _ZONES)
_INSTANTS = st.builds(
    lambda instant, zone: instant.replace(tzinfo=zone),
    st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1)),  # noqa: DTZ001 — the zone is drawn beside it
    _ZONES,
)
TEMPORALS = st.one_of(
    _DATES, _TIMES, _INSTANTS, st.timedeltas(), st.builds(YearsMonthsDuration, st.integers(-99_999, 99_999))
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, TEMPORALS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abxy") | TEXTS, inner, max_size=3),
    max_leaves=8,
)
CONTEXTS = st.fixed_dictionaries({}, optional=dict.fromkeys(("a", "b", "x", "a-b", "in stock", "名"), VALUES))

_NAMES = st.sampled_from(
    ["a", "b", "a-b", "a b", "x.y", "in stock", "if", "not", "null", "item", "partial", "?", "order by", "名", "date"]
) | st.sampled_from(
    ["date and time", "string length", "and", "1st", "external", "instance", "a/b", "it's", "x + 1", "时间", "$"]
)
KNOWN = st.lists(_NAMES.filter(lambda name: name != "?"), max_size=4)
_LABELS = _NAMES.filter(lambda name: name != "?")
_COMPARISONS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
_TYPES = st.recursive(
    st.builds(TypeName, st.sampled_from(["number", "date and time", "Any", "list", "function", "tA", "a.b", "x y"])),
    lambda inner: st.one_of(
        st.builds(TypeName, st.sampled_from(["list", "range"]), st.tuples(inner)),
        st.builds(lambda inners: TypeName("function", tuple(inners)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(
            lambda entries: TypeName("context", entries=tuple(entries)),
            st.lists(st.tuples(_LABELS, inner), min_size=1, max_size=2),
        ),
    ),
    max_leaves=3,
)


def _tuples(items: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, min_size=least, max_size=3).map(tuple)


def _joined(shape: type[Conjunction] | type[Disjunction], operands: tuple[Node, ...]) -> Node:
    """As the parser makes it: a connective on the left of its like is part of it."""
    first = operands[0]
    return shape((*first.operands, *operands[1:]) if isinstance(first, shape) else operands)


def _iterations(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[Iteration, ...]]:
    return _tuples(st.builds(Iteration, _LABELS, inner, st.none() | inner), 1)


def _operations(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    tests = inner | st.builds(ComparisonTest, _COMPARISONS, inner)
    named = st.lists(st.tuples(_LABELS, tests), min_size=1, max_size=2).map(tuple)
    return st.one_of(
        st.builds(Path, inner, _LABELS),
        st.builds(Filter, inner, inner),
        st.builds(Call, inner, _tuples(tests)),
        st.builds(Call, inner, st.just(()), named),
        st.builds(Negation, inner),
        st.builds(Arithmetic, st.sampled_from(["+", "-", "*", "/", "**"]), inner, inner),
        st.builds(Comparison, _COMPARISONS, inner, inner),
        st.builds(_joined, st.sampled_from([Conjunction, Disjunction]), _tuples(inner, 2)),
        st.builds(Between, inner, inner, inner),
        st.builds(ComparisonTest, _COMPARISONS, inner),
        st.builds(In, inner, _tuples(tests, 1)),
        st.builds(InstanceOf, inner, _TYPES),
        st.builds(ListLiteral, _tuples(tests)),
        st.builds(ContextLiteral, _tuples(st.tuples(_LABELS | TEXTS, inner))),
        st.builds(RangeLiteral, inner, inner, st.booleans(), st.booleans()),
        st.builds(If, inner, inner, inner),
        st.builds(For, _iterations(inner), inner),
        st.builds(Quantified, st.booleans(), _iterations(inner), inner),
        st.builds(FunctionDefinition, _tuples(st.tuples(_LABELS, st.none() | _TYPES)), inner, st.booleans()),
    )


_LITERALS = st.builds(Literal, SCALARS) | st.builds(AtLiteral, st.sampled_from(["", "1", "x", '"', "2026-02-30"]))
TREES: st.SearchStrategy[Node] = st.recursive(st.builds(Name, _NAMES) | _LITERALS, _operations, max_leaves=8)
SUMS: st.SearchStrategy[Node] = st.recursive(
    st.builds(Literal, st.integers(0, 9)),
    lambda inner: (
        st.builds(Arithmetic, st.sampled_from(["+", "-", "*", "/", "**"]), inner, inner) | st.builds(Negation, inner)
    ),
    max_leaves=6,
)
"""Operators within operators, of which TREES has few."""
CELLS = st.builds(
    UnaryTests, _tuples(TREES | st.builds(ComparisonTest, _COMPARISONS, TREES), 1), st.booleans()
) | st.just(UnaryTests(()))

_WORDS = (  # separated by blanks
    "a b 1 2.5 .5 1e3 .. . , ( ) [ ] { } : + - * / ** = != < <= > >= and or not in between if then else for return "
    'some every satisfies function external instance of null true false "x" "\\u0041" @"P1D" @"2026-01-01" ? -> date '
    "string length date and time item partial list<number> number for(i ， \\ ' ! && == => `n` // /* */ 1..3 [1..3] "
    "x.y count( sum( [item>1] {a:1} a-b 名 10**12 -1"
)
WORDS = st.lists(st.sampled_from(_WORDS.split(" ")), max_size=14).map(" ".join)
ANY_TEXT = st.one_of(
    WORDS, st.text(max_size=40), st.text(st.sampled_from("ab1.,()[]{}:+-*/=<>\"'@?`#\\ \n"), max_size=30)
)


def is_value(value: object) -> bool:
    """Whether every number in `value` is finite and no zero has a sign."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, list | dict):
            waiting += current.values() if isinstance(current, dict) else current
        elif isinstance(current, float) or (
            isinstance(current, Decimal) and (not current.is_finite() or (current == 0 and current.is_signed()))
        ):
            return False
    return True
