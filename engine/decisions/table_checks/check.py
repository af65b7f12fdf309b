"""All checks of all tables of a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.decisions.hit_policies import HitPolicy
from engine.decisions.model import DecisionModel
from engine.decisions.table_checks import wording
from engine.decisions.table_checks.cell_checks import CellCheck
from engine.decisions.table_checks.dimensions import TooMuchWork, Work
from engine.decisions.table_checks.findings import Finding, FindingCode, Severity
from engine.decisions.table_checks.output_checks import output_findings
from engine.decisions.table_checks.rule_checks import (
    RuleOutputs,
    covered_findings,
    duplicate_findings,
    gap_findings,
    overlap_findings,
)
from engine.decisions.table_checks.view import TableView
from engine.decisions.table_checks.wording import Words
from engine.decisions.tables import DecisionTable

WORK = 200_000
"""Steps per table: about half a second, and more than a table of a thousand rules and ten columns usually takes."""

MAX_COLUMNS = 200
"""Input columns; each is a level of the search."""

_MAX_CELLS_NAMED = 5


def check_tables(model: DecisionModel) -> list[Finding]:
    """What is found in the tables of a model, table by table in the order of the file; never raises.

    Sound, not complete: every finding is certain, but where cells depend on other data, or a table is very large,
    some are missed, and a finding of severity NOTE says so.
    """
    return [finding for holder, table in model.tables for finding in _check(holder, table, model)]


def _check(holder: str, table: DecisionTable, model: DecisionModel) -> list[Finding]:
    work = Work(WORK)
    found: list[Finding] = []
    try:
        if len(table.inputs) > MAX_COLUMNS:
            raise TooMuchWork
        view = TableView(holder, table, model, work)
    except TooMuchWork:
        return [_too_large(holder, table)]
    for what, findings in _parts(view):
        view.work.left = max(view.work.left, WORK // 4)  # a part that needs much must not cost the others theirs
        try:
            for finding in findings:
                found.append(finding)
        except TooMuchWork:
            words = wording.too_large(what), wording.NOTHING
            found.append(view.finding(FindingCode.NOT_CHECKED_FULLY, Severity.NOTE, words))
    return found


def _parts(view: TableView) -> Iterator[tuple[Words, Iterable[Finding]]]:
    """The checks that the hit policy asks for, with what each looks for."""
    policy, outputs = view.table.policy, RuleOutputs(view)
    yield wording.CELLS, CellCheck(view).findings()
    if policy in (HitPolicy.UNIQUE, HitPolicy.ANY):
        yield wording.OVERLAPS, overlap_findings(view, outputs)
    if policy.is_single and all(column.default is None for column in view.table.outputs):
        yield wording.GAPS, gap_findings(view)
    if policy in (HitPolicy.FIRST, HitPolicy.PRIORITY):
        yield wording.COVERED, covered_findings(view, outputs)
    elif policy is not HitPolicy.UNIQUE:
        yield wording.COVERED, duplicate_findings(view)
    yield wording.CELLS, output_findings(view)
    yield wording.CELLS, _opaque_cells(view)


def _opaque_cells(view: TableView) -> Iterator[Finding]:
    """One note on the cells whose meaning is not in the table."""
    cells: list[tuple[int, int]] = []
    columns: list[int] = []
    for position, conditions in enumerate(view.conditions):
        opaque = [index for index, condition in enumerate(conditions) if not condition.closed]
        cells += [(index, position) for index in opaque]
        if opaque or any(not condition.closed for condition in view.allowed[position]):
            columns.append(position)
    if not columns:
        return
    names = view.columns(columns)
    rules = sorted({index for index, _ in cells})
    words = wording.not_checked(wording.opaque_cells(view.rules(rules[:_MAX_CELLS_NAMED]), len(rules), names))
    yield view.finding(
        FindingCode.NOT_CHECKED_FULLY,
        Severity.NOTE,
        (words, wording.NOTHING),
        rules=rules,
        columns=[view.table.inputs[position].id for position in columns],
    )


def _too_large(holder: str, table: DecisionTable) -> Finding:
    words = wording.too_large(Words("findings of all kinds", "各类问题"))
    return Finding(
        code=FindingCode.NOT_CHECKED_FULLY,
        severity=Severity.NOTE,
        holder=holder,
        table=table.decision,
        reason_en=words.en,
        reason_zh=words.zh,
    )
