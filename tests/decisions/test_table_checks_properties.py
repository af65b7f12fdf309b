"""The checks of tables against trying every value: nothing found that is not so, and nothing missed."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decisions.table_checks import Finding, FindingCode, check_tables
from engine.decisions.tables import DecisionTable
from engine.feel import UnaryTests, compile_unary_tests
from engine.feel.scope import EMPTY
from tests.decisions.checked_tables import Column, model_of
from tests.decisions.models import environment

NEVER = {
    FindingCode.CELL_NEVER_MATCHES,
    FindingCode.RULE_NEVER_MATCHES,
    FindingCode.EMPTY_RANGE,
    FindingCode.VALUE_NOT_ALLOWED,
    FindingCode.WRONG_TYPE,
}


@dataclass(frozen=True)
class Kind:
    """Constants cells may name, and values that between them stand for all of the kind."""

    type: str
    constants: tuple[str, ...]
    points: tuple[Any, ...]
    ordered: bool = True


DAYS = [dt.date(2026, 1, day) for day in range(1, 9)]
KINDS = (
    Kind("number", ("0", "1", "2", "2.5"), tuple(Decimal(each) / 4 for each in range(-4, 16))),
    Kind("string", ('"a"', '"b"', '"c"'), ("", "0", "a", "aa", "b", "bb", "c", "d", "other")),
    Kind("boolean", ("true", "false"), (True, False), ordered=False),
    Kind("date", tuple(f'date("2026-01-0{day}")' for day in (2, 3, 6)), tuple(DAYS)),
    Kind(
        "days and time duration", ('duration("PT1H")', 'duration("P1D")'),
        tuple(dt.timedelta(hours=hours) for hours in (-1, 0, 1, 2, 24, 30)),
    ),
)  # fmt: skip


@st.composite
def alternatives_of(draw: st.DrawFn, kind: Kind) -> str:
    """One alternative of a cell."""
    one = st.sampled_from(kind.constants)
    forms = [one, one]
    if kind.ordered:
        forms += [
            st.builds("{} {}".format, st.sampled_from(("<", "<=", ">", ">=")), one),
            st.builds("{}{}..{}{}".format, st.sampled_from(("[", "(")), one, one, st.sampled_from(("]", ")"))),
            st.builds("? > {} and ? <= {}".format, one, one),
            st.builds("? between {} and {}".format, one, one),
        ]
    forms += [
        st.builds("? = {} or ? = {}".format, one, one),
        st.builds("? in ({}, {})".format, one, one),
        st.builds("!= {}".format, one),
        st.just("null"),
    ]
    return draw(st.one_of(forms))


def cells_of(kind: Kind) -> st.SearchStrategy[str]:
    some = st.lists(alternatives_of(kind), min_size=1, max_size=2).map(", ".join)
    return st.one_of(st.just("-"), some, some, some.map("not({})".format))


@st.composite
def tables(draw: st.DrawFn, *, opaque: bool = False) -> tuple[str, list[Column], list[Kind], list[list[str]]]:
    """Hit policy, columns, their kinds, and rules of cells with one output."""
    policy = draw(st.sampled_from(("UNIQUE", "ANY", "FIRST", "PRIORITY")))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3))
    columns = []
    for position, kind in enumerate(kinds):
        declared = draw(st.booleans())
        allowed = draw(st.sampled_from(("", "", ", ".join(kind.constants))))
        name = draw(st.sampled_from(("x", f"x{position}")))
        same = [index for index in range(position) if columns[index].expression == name]
        if same:  # what reads the same has the same type
            kinds[position], columns_type = kinds[same[0]], columns[same[0]].type
            columns.append(Column(name, columns_type, columns[same[0]].values))
        else:
            columns.append(Column(name, kind.type if declared else "", allowed if declared else ""))
    rules = []
    for _ in range(draw(st.integers(1, 5))):
        cells = [draw(cells_of(kind)) for kind in kinds]
        if opaque and draw(st.booleans()):
            at = draw(st.integers(0, len(cells) - 1))
            cells[at] = draw(st.sampled_from(("> limit", "limit", 'contains(?, "b")', "? = limit", "f(?)")))
        rules.append([*cells, draw(st.sampled_from(('"low"', '"high"')))])
    return policy, columns, kinds, rules


class Tried:
    """Every point of a table with the rules that match there, found by evaluating every cell."""

    def __init__(
        self, table: DecisionTable, columns: Sequence[Column], kinds: Sequence[Kind], limit: Any = None
    ) -> None:
        self.table = table
        scope = {"limit": limit}
        names = list(dict.fromkeys(column.expression for column in columns))
        values = [self._values(name, columns, kinds) for name in names]
        self.matches: dict[tuple[Any, ...], list[int]] = {}
        self.usual: dict[tuple[Any, ...], bool] = {}
        for point in itertools.product(*(range(len(each)) for each in values)):
            by_name = {name: each[at] for name, each, at in zip(names, values, point, strict=True)}
            found = [by_name[column.expression] for column in columns]
            self.usual[point] = all(value is not None for value in found)
            self.matches[point] = [
                number
                for number, rule in enumerate(table.rules, 1)
                if all(
                    cell.matches(value, scope, environment()) is True
                    for cell, value in zip(rule.cells, found, strict=True)
                )
            ]
        self.values, self.names, self.columns = values, names, columns

    def _values(self, name: str, columns: Sequence[Column], kinds: Sequence[Kind]) -> list[Any]:
        position = next(index for index, column in enumerate(columns) if column.expression == name)
        allowed = compile_unary_tests(columns[position].values or "-")
        points = [value for value in kinds[position].points if allowed.matches(value, EMPTY, environment()) is True]
        return [None, *points]

    def inside(self, point: tuple[Any, ...], cells: Sequence[UnaryTests]) -> bool:
        by_name = {name: each[at] for name, each, at in zip(self.names, self.values, point, strict=True)}
        return all(
            cell.matches(by_name[column.expression], EMPTY, environment()) is True
            for cell, column in zip(cells, self.columns, strict=True)
        )


def numbers(findings: Sequence[Finding], *codes: FindingCode) -> list[list[int]]:
    return [[rule.number for rule in found.rules] for found in findings if found.code in codes]


def winners(tried: Tried, policy: str) -> set[int]:
    """The rules that decide somewhere."""
    outputs = [rule.outputs[0].text for rule in tried.table.rules]

    def rank(number: int) -> tuple[bool, int]:
        return outputs[number - 1] == '"low"' if policy == "PRIORITY" else False, number

    return {min(matched, key=rank) for matched in tried.matches.values() if matched}


OUTPUT = Column("band", values='"high", "low"')


@settings(max_examples=150, deadline=None)
@given(tables())
def test_closed_tables_have_exactly_the_findings_that_trying_every_value_shows(
    drawn: tuple[str, list[Column], list[Kind], list[list[str]]],
) -> None:
    policy, columns, kinds, rules = drawn
    model = model_of(policy, columns, [OUTPUT], *rules)
    findings, table = check_tables(model), model.tables[0][1]
    tried = Tried(table, columns, kinds)
    assert not numbers(findings, FindingCode.NOT_CHECKED_FULLY)
    check_overlaps(policy, tried, findings)
    check_gaps(tried, findings)
    matching = {number for matched in tried.matches.values() for number in matched}
    everyone = set(range(1, len(rules) + 1))
    told = {number for group in numbers(findings, *NEVER) for number in group}
    certain = numbers(findings, FindingCode.CELL_NEVER_MATCHES, FindingCode.RULE_NEVER_MATCHES)
    if all(column.type for column in columns):  # else a value of another kind might match
        assert everyone - matching <= told
    assert not {number for group in certain for number in group} & matching
    covered = {group[0] for group in numbers(findings, FindingCode.RULE_UNREACHABLE)}
    if policy in ("FIRST", "PRIORITY") and all(column.type for column in columns):
        assert covered == matching - winners(tried, policy)
    assert not covered & winners(tried, policy)


def check_overlaps(policy: str, tried: Tried, findings: Sequence[Finding]) -> None:
    outputs = [rule.outputs[0].text for rule in tried.table.rules]
    pairs = {pair for matched in tried.matches.values() for pair in itertools.combinations(matched, 2)}
    if policy == "ANY":
        pairs = {(one, other) for one, other in pairs if outputs[one - 1] != outputs[other - 1]}
    told = numbers(findings, FindingCode.OVERLAP, FindingCode.CONTRADICTION)
    found = {pair for group in told for pair in itertools.combinations(group, 2)}
    assert found == (pairs if policy in ("UNIQUE", "ANY") else set())
    for finding in findings:
        if finding.code in (FindingCode.OVERLAP, FindingCode.CONTRADICTION):
            for rule in finding.rules:
                cells = tried.table.rules[rule.number - 1].cells
                for cell, shown in zip(cells, finding.example, strict=True):
                    assert cell.matches(shown.value, EMPTY, environment()) is True


def check_gaps(tried: Tried, findings: Sequence[Finding]) -> None:
    boxes = [
        [compile_unary_tests(cell) for cell in found.missing] for found in findings if found.code is FindingCode.GAP
    ]
    listed = not numbers(findings, FindingCode.NOT_ALL_LISTED)
    for point, matched in tried.matches.items():
        if tried.usual[point]:
            told = any(tried.inside(point, box) for box in boxes)
            assert not (told and matched), (point, matched)
            assert told or matched or not listed, point


@settings(max_examples=80, deadline=None)
@given(tables(opaque=True), st.sampled_from((None, 1, "b", True, DAYS[3])))
def test_tables_with_cells_that_read_other_data_have_no_false_findings(
    drawn: tuple[str, list[Column], list[Kind], list[list[str]]], limit: Any
) -> None:
    policy, columns, kinds, rules = drawn
    model = model_of(policy, columns, [OUTPUT], *rules)
    findings, table = check_tables(model), model.tables[0][1]
    tried = Tried(table, columns, kinds, limit)
    pairs = {pair for matched in tried.matches.values() for pair in itertools.combinations(matched, 2)}
    for group in numbers(findings, FindingCode.OVERLAP, FindingCode.CONTRADICTION):
        for one, other in itertools.combinations(group, 2):
            assert (one, other) in pairs
    matching = {number for matched in tried.matches.values() for number in matched}
    for group in numbers(findings, FindingCode.CELL_NEVER_MATCHES, FindingCode.RULE_NEVER_MATCHES):
        assert not set(group) & matching
    for group in numbers(findings, FindingCode.RULE_UNREACHABLE):
        assert group[0] not in winners(tried, policy)
    for found in findings:
        if found.code is FindingCode.GAP:
            shown = [each.value for each in found.example]
            assert not any(
                all(
                    cell.matches(value, {"limit": limit}, environment()) is True
                    for cell, value in zip(rule.cells, shown, strict=True)
                )
                for rule in table.rules
            )
