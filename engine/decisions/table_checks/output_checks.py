"""Outputs that do not fit their column's type or output values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from engine.decisions.item_types import DataType
from engine.decisions.logic import placeholder_environment
from engine.decisions.table_checks import wording
from engine.decisions.table_checks.conditions import Condition, output_value, read_condition
from engine.decisions.table_checks.findings import Finding, FindingCode, Severity
from engine.decisions.table_checks.notation import as_feel
from engine.decisions.table_checks.rule_checks import MAX_LISTED
from engine.decisions.table_checks.view import TableView
from engine.decisions.table_checks.wording import Words
from engine.decisions.tables import Output
from engine.feel import Expression, FeelEvaluationError, FeelValue


def output_findings(view: TableView) -> Iterator[Finding]:
    """Of outputs that are the same for all input; null fits everywhere, as it means that nothing is said."""
    found: list[Callable[[], Finding]] = []
    never = view.never
    for position, column in enumerate(view.table.outputs):
        check = _ColumnCheck(view, position, column)
        if column.default is not None:
            found += check.problems(None, column.default)
        for index, rule in enumerate(view.table.rules):
            if not never >> index & 1:
                found += check.problems(index, rule.outputs[position])
    for worded in found[:MAX_LISTED]:
        yield worded()
    if len(found) > MAX_LISTED:
        words = wording.not_all_listed(len(found) - MAX_LISTED, wording.CELLS)
        yield view.finding(FindingCode.NOT_ALL_LISTED, Severity.NOTE, (words, wording.NOTHING))


class _ColumnCheck:
    """Of one output column."""

    def __init__(self, view: TableView, position: int, column: Output) -> None:
        self._view = view
        self._column = column
        self._type = _type_of(view, position)
        hidden = frozenset(function.name for function in view.model.functions.values())
        self._allowed: Condition | None = read_condition(column.allowed, hidden) if column.allowed else None

    def problems(self, rule: int | None, entry: Expression) -> Iterator[Callable[[], Finding]]:
        """What is wrong with one output; `rule` is None for the default."""
        self._view.work.spend(10)
        known = output_value(entry)
        if known is None or known[0] is None:
            return
        value = known[0]
        if self._type is not None and not _fits(value, self._type):
            yield partial(self._finding, rule, value, FindingCode.OUTPUT_WRONG_TYPE)
        elif self._allowed is not None and self._allowed.alone and self._is_refused(value):
            yield partial(self._finding, rule, value, FindingCode.OUTPUT_NOT_ALLOWED)

    def _finding(self, rule: int | None, value: FeelValue, code: FindingCode) -> Finding:
        who = wording.DEFAULT_OUTPUT if rule is None else wording.rule_words(self._view.rules([rule]))
        place = self._view.place_of(rule) if rule is not None else [each.groups[0] for each in self._view.dimensions]
        example = self._view.example(place)
        shown, label = wording.example_words(example), Words(f"“{self._column.name}”", f"“{self._column.name}”")
        if code is FindingCode.OUTPUT_WRONG_TYPE:
            kind = self._type.name if self._type else ""
            words = wording.output_wrong_type(who, label, as_feel(value), kind, shown)
        else:
            listed = self._allowed.cell.text if self._allowed else ""
            reason = wording.output_not_allowed(who, label, as_feel(value), listed, shown)
            words = reason, wording.did_you_mean(None)
        return self._view.finding(
            code,
            Severity.WARNING,
            words,
            rules=[] if rule is None else [rule],
            columns=[self._column.id],
            example=example,
        )

    def _is_refused(self, value: FeelValue) -> bool:
        """Whether the output values certainly do not have it, nor, of a list, one of its items."""
        assert self._allowed is not None
        if self._allowed.truth(value) is not False:
            return False
        return type(value) is not list or any(self._allowed.truth(item) is False for item in value)


def _type_of(view: TableView, position: int) -> DataType | None:
    """The declared type of an output column: its own, else the decision's where that says it."""
    column = view.table.outputs[position]
    if column.data_type is not None:
        return column.data_type
    decision = view.model.decisions.get(view.holder)
    if decision is None or decision.logic is not view.table or not view.table.policy.is_single:
        return None
    whole = decision.data_type
    if whole is None or len(view.table.outputs) == 1:
        return whole
    while whole.base is not None and not whole.components:
        whole = whole.base
    return dict(whole.components).get(column.name)


def _fits(value: FeelValue, data_type: DataType) -> bool:
    """Whether the value, as the type converts it, is of the type; allowed values are another finding."""
    try:
        return data_type.includes(value) or data_type.coerced(value, placeholder_environment()) is not None
    except FeelEvaluationError:
        return True
