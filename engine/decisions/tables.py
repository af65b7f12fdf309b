"""Decision tables: evaluating the rules and saying why (DMN 1.5, 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.decisions.hit_policies import Aggregation, Hit, HitPolicy, resolve
from engine.decisions.logic import Logic, Record
from engine.feel import Environment, Expression, FeelValue, Function, Range, Scope, UnaryTests, text_of


@dataclass(frozen=True)
class Input:
    """An input column."""

    label: str
    expression: Expression
    label_en: str = ""


@dataclass(frozen=True)
class Output:
    """An output column: its name, what it is without a match, and its values from high to low priority."""

    name: str
    default: Expression | None
    priorities: Sequence[FeelValue]


@dataclass(frozen=True)
class Rule:
    """A row."""

    id: str
    cells: tuple[UnaryTests, ...]
    outputs: tuple[Expression, ...]
    annotation: str
    annotation_en: str = ""


NO_MATCH = "no_rule_matched"
DEFAULT_USED = "default_output"


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
        reading = [column.expression.names for column in inputs]
        for rule in rules:
            reading += [cell.names for cell in rule.cells] + [entry.names for entry in rule.outputs]
        self.names = frozenset[str]().union(*reading)

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The output by the hit policy; null (noted) when no rule matches and there is no default.

        Raises HitPolicyViolated, with the trace so far in `record`.
        """
        values = [column.expression.evaluate(scope, environment) for column in self.inputs]
        record["hit_policy"] = self.policy.value + (f" {self.aggregation.value}" if self.aggregation else "")
        record["inputs"] = [
            {"label": column.label, "expression": column.expression.text, "value": storable(value)}
            | ({"label_en": column.label_en} if column.label_en else {})
            for column, value in zip(self.inputs, values, strict=True)
        ]
        matched = [
            (index, rule)
            for index, rule in enumerate(self.rules, 1)
            if self._first_miss(rule, values, scope, environment) is None
        ]
        record["rules"] = [self._rule_record(index, rule) for index, rule in matched]
        if not matched:
            return self._without_match(values, scope, environment, record)
        hits = [self._hit(index, rule, scope, environment) for index, rule in matched]
        priorities = [column.priorities for column in self.outputs]
        return resolve(str(record.get("id", self.decision)), self.policy, self.aggregation, hits, priorities)

    def _first_miss(
        self, rule: Rule, values: Sequence[FeelValue], scope: Scope, environment: Environment
    ) -> int | None:
        """The column of the first cell that is not met; None when the rule matches."""
        for column, (cell, value) in enumerate(zip(rule.cells, values, strict=True)):
            if cell.matches(value, scope, environment) is not True:
                return column
        return None

    def _rule_record(self, index: int, rule: Rule) -> Record:
        return {
            "id": rule.id,
            "index": index,
            "annotation": rule.annotation,
            **({"annotation_en": rule.annotation_en} if rule.annotation_en else {}),
            "cells": [{"text": cell.text, "matched": True} for cell in rule.cells],
            "outputs": [entry.text for entry in rule.outputs],
        }

    def _hit(self, index: int, rule: Rule, scope: Scope, environment: Environment) -> Hit:
        columns = [entry.evaluate(scope, environment) for entry in rule.outputs]
        return Hit(index, self._output(columns), columns)

    def _output(self, columns: Sequence[FeelValue]) -> FeelValue:
        if len(columns) == 1:
            return columns[0]
        return {column.name: value for column, value in zip(self.outputs, columns, strict=True)}

    def _without_match(
        self, values: Sequence[FeelValue], scope: Scope, environment: Environment, record: Record
    ) -> FeelValue:
        record["missed"] = [
            self._miss_record(index, rule, values, scope, environment) for index, rule in enumerate(self.rules, 1)
        ]
        if all(column.default is None for column in self.outputs):
            record["note"] = NO_MATCH
            return 0 if self.aggregation is Aggregation.COUNT else None
        record["note"] = DEFAULT_USED
        default = self._output(
            [column.default.evaluate(scope, environment) if column.default else None for column in self.outputs]
        )
        return default if self.policy.is_single or self.aggregation else [default]

    def _miss_record(
        self, index: int, rule: Rule, values: Sequence[FeelValue], scope: Scope, environment: Environment
    ) -> Record:
        """Why a rule did not match: its first cell that was not met."""
        column = self._first_miss(rule, values, scope, environment) or 0
        return {
            "id": rule.id,
            "index": index,
            "column": self.inputs[column].label,
            "text": rule.cells[column].text,
            "matched": False,
        }


def storable(value: FeelValue) -> FeelValue:
    """`value` for the trace: ranges and functions, which no variable holds, as their text."""
    if type(value) is list:
        return [storable(item) for item in value]
    if type(value) is dict:
        return {key: storable(item) for key, item in value.items()}
    return text_of(value) if isinstance(value, Range | Function) else value


__all__ = ["DecisionTable", "Input", "Output", "Rule", "storable"]
