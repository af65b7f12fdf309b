"""Decision tables: evaluating the rules and saying why (DMN 1.5, 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.decisions.cells import Predicate, direct_test
from engine.decisions.hit_policies import Aggregation, Hit, HitPolicy, resolve
from engine.decisions.item_types import DataType, coerced
from engine.decisions.logic import Logic
from engine.decisions.trace import Record, storable
from engine.feel import Environment, Expression, FeelValue, Scope, UnaryTests
from engine.feel.errors import WarningCode


def _is_among(allowed: UnaryTests | None, value: FeelValue, scope: Scope, environment: Environment) -> bool:
    """Whether the value, or each item of it, is among those a column allows. Null is: every type has it."""
    if allowed is None or value is None:
        return True
    items = value if type(value) is list else [value]
    if all(allowed.matches(item, scope, environment) is True for item in items):
        return True
    return allowed.matches(value, scope, environment) is True


@dataclass(frozen=True)
class Input:
    """An input column: what it reads, and the type and the values (`allowed`) declared for it, if any."""

    label: str
    expression: Expression
    label_en: str = ""
    id: str = ""
    type_ref: str | None = None
    allowed: UnaryTests | None = None
    data_type: DataType | None = None

    def is_allowed(self, value: FeelValue, scope: Scope, environment: Environment) -> bool:
        """Whether the value is among the column's input values (DMN 1.5, 8.3.2)."""
        return _is_among(self.allowed, value, scope, environment)

    def record(self, value: FeelValue) -> Record:
        """What the trace says of the column for a value."""
        noted: Record = {"label": self.label, "expression": self.expression.text, "value": storable(value)}
        if self.label_en:
            noted["label_en"] = self.label_en
        return noted


@dataclass(frozen=True)
class Output:
    """An output column: its name, what it is without a match, and its values from high to low priority."""

    name: str
    default: Expression | None
    priorities: Sequence[FeelValue]
    id: str = ""
    type_ref: str | None = None
    allowed: UnaryTests | None = None
    data_type: DataType | None = None

    def value_of(self, entry: Expression, scope: Scope, environment: Environment) -> FeelValue:
        """The entry's value in the column's type and among its output values (DMN 1.5, 8.3.3); else null, with a
        warning."""
        value = coerced(entry.evaluate(scope, environment), self.data_type, environment)
        if _is_among(self.allowed, value, scope, environment):
            return value
        environment.warn(WarningCode.NOT_ALLOWED, self.name)
        return None


@dataclass(frozen=True)
class Rule:
    """A row."""

    id: str
    cells: tuple[UnaryTests, ...]
    outputs: tuple[Expression, ...]
    annotation: str
    annotation_en: str = ""

    def matched_record(self, index: int) -> Record:
        """What the trace says of the rule when it matches; `index` counts from 1."""
        noted: Record = {
            "id": self.id,
            "index": index,
            "annotation": self.annotation,
            "cells": [{"text": cell.text, "matched": True} for cell in self.cells],
            "outputs": [entry.text for entry in self.outputs],
        }
        if self.annotation_en:
            noted["annotation_en"] = self.annotation_en
        return noted


NO_MATCH = "no_rule_matched"
DEFAULT_USED = "default_output"
NOT_ALLOWED = "input_not_allowed"

MAX_MISSED = 100
"""Rules the trace says of why they were missed; a table of thousands would make the journal grow with each decision."""


class DecisionTable(Logic):
    """A table of one decision."""

    def __init__(
        self,
        decision: str,
        *,
        policy: HitPolicy,
        aggregation: Aggregation | None,
        inputs: Sequence[Input],
        outputs: Sequence[Output],
        rules: Sequence[Rule],
    ) -> None:
        self.decision = decision
        self.policy = policy
        self.aggregation = aggregation
        self.inputs = tuple(inputs)
        self.outputs = tuple(outputs)
        self.rules = tuple(rules)
        self._rows = [_tests(rule) for rule in self.rules]
        self._cost = sum(1 + len(tests) for tests in self._rows)
        self._policy_text = policy.value + (f" {aggregation.value}" if aggregation else "")
        self._priorities = [column.priorities for column in self.outputs]
        self._matched = [rule.matched_record(index) for index, rule in enumerate(self.rules, 1)]
        self._missed: dict[tuple[int, int], Record] = {}
        """What the trace says of rows that match, of others with the cell that decided: made once, given as copies."""
        reading = [column.expression.names for column in inputs]
        for rule in rules:
            reading += [cell.names for cell in rule.cells] + [entry.names for entry in rule.outputs]
        self.names = frozenset[str]().union(*reading)

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The output by the hit policy; null (noted) when no rule matches and there is no default.

        Raises HitPolicyViolated, with the trace so far in `record`, and FeelEvaluationError.
        """
        environment.spend(self._cost)
        values = [
            coerced(column.expression.evaluate(scope, environment), column.data_type, environment)
            for column in self.inputs
        ]
        record["hit_policy"] = self._policy_text
        record["inputs"] = [column.record(value) for column, value in zip(self.inputs, values, strict=True)]
        refused = self._refused_inputs(values, scope, environment)
        if refused:  # a rule that asks nothing of the column must not answer for a value nobody thought of
            record["note"], record["refused"] = NOT_ALLOWED, refused
            return None
        matched, missed = self._sorted_out(values, scope, environment)
        record["rules"] = [dict(self._matched[row]) for row in matched]
        record["missed"] = [dict(self._missed.get(cell) or self._missed_record(*cell)) for cell in missed[:MAX_MISSED]]
        if len(missed) > MAX_MISSED:
            record["further_missed"] = len(missed) - MAX_MISSED
        if not matched:
            return self._without_match(scope, environment, record)
        hits = [self._hit(row + 1, self.rules[row], scope, environment) for row in matched]
        holder = str(record.get("id", self.decision))
        return resolve(holder, self.policy, self.aggregation, hits, self._priorities, environment)

    def _refused_inputs(self, values: Sequence[FeelValue], scope: Scope, environment: Environment) -> list[str]:
        """Labels of the columns whose value is outside the input values; the environment is warned."""
        refused = []
        for column, value in zip(self.inputs, values, strict=True):
            if column.allowed is not None and not column.is_allowed(value, scope, environment):
                environment.warn(WarningCode.NOT_ALLOWED, column.label)
                refused.append(column.label)
        return refused

    def _sorted_out(
        self, values: Sequence[FeelValue], scope: Scope, environment: Environment
    ) -> tuple[list[int], list[tuple[int, int]]]:
        """The rows that match, and the others each with the column of their first cell that is not met.

        FIRST asks no rule after the one that matches.
        """
        kinds = [type(value) for value in values]
        matched: list[int] = []
        missed: list[tuple[int, int]] = []
        only_first = self.policy is HitPolicy.FIRST
        for row, tests in enumerate(self._rows):
            for column, types, predicate, cell in tests:
                if kinds[column] in types:
                    met: bool | None = predicate(values[column])
                else:
                    met = cell.matches(values[column], scope, environment)
                if met is not True:
                    missed.append((row, column))
                    break
            else:
                matched.append(row)
                if only_first:
                    break
        return matched, missed

    def _missed_record(self, row: int, column: int) -> Record:
        """Why a rule did not match: its first cell that was not met; `input` counts from 1."""
        noted: Record = {
            "id": self.rules[row].id,
            "index": row + 1,
            "input": column + 1,
            "column": self.inputs[column].label,
            "text": self.rules[row].cells[column].text,
            "matched": False,
        }
        self._missed[row, column] = noted
        return noted

    def _hit(self, index: int, rule: Rule, scope: Scope, environment: Environment) -> Hit:
        columns = [
            column.value_of(entry, scope, environment) for column, entry in zip(self.outputs, rule.outputs, strict=True)
        ]
        return Hit(index, self._output(columns), columns)

    def _output(self, columns: Sequence[FeelValue]) -> FeelValue:
        if len(columns) == 1:
            return columns[0]
        return {column.name: value for column, value in zip(self.outputs, columns, strict=True)}

    def _without_match(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        if all(column.default is None for column in self.outputs):
            record["note"] = NO_MATCH
            return 0 if self.aggregation is Aggregation.COUNT else None
        record["note"] = DEFAULT_USED
        default = self._output(
            [column.value_of(column.default, scope, environment) if column.default else None for column in self.outputs]
        )
        return default if self.policy.is_single or self.aggregation else [default]


Test = tuple[int, frozenset[type], Predicate, UnaryTests]
"""A cell that asks something: its 0-based column and, for inputs of the types, the direct answer."""


def _tests(rule: Rule) -> tuple[Test, ...]:
    """The rule's cells in order, those that match anything left out."""
    found = []
    for column, cell in enumerate(rule.cells):
        if not cell.matches_anything:
            direct = direct_test(cell)
            found.append((column, direct.types, direct.predicate, cell))
    return tuple(found)


__all__ = ["DecisionTable", "Input", "Output", "Rule", "storable"]
