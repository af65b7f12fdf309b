"""A table made ready to be checked: its cells read, its columns cut, and examples taken from them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.decisions.model import DecisionModel
from engine.decisions.table_checks.conditions import Condition, read_condition
from engine.decisions.table_checks.dimensions import Dimension, Group, Work, dimension_of
from engine.decisions.table_checks.domains import UNDECLARED, Domain, input_domain
from engine.decisions.table_checks.findings import ExampleValue, Finding, FindingCode, RuleReference, Severity
from engine.decisions.table_checks.notation import as_feel
from engine.decisions.table_checks.regions import ANYTHING, regions_of
from engine.decisions.table_checks.wording import Words, column_words
from engine.decisions.tables import DecisionTable
from engine.feel import FeelValue

ANY_VALUE = "-"
"""In an example, of a column that may have any value."""

_SOME_VALUE = "other"
"""For a closed cell that compares with nothing but null, any value speaks for all."""


class TableView:
    """One table of one model. Raises TooMuchWork when its cells alone are more than `work` allows."""

    def __init__(self, holder: str, table: DecisionTable, model: DecisionModel, work: Work) -> None:
        self.holder = holder
        self.table = table
        self.model = model
        self.work = work
        hidden = frozenset(function.name for function in model.functions.values())
        read: dict[int, Condition] = {}

        def condition_of(cell: object) -> Condition:
            work.spend()
            if id(cell) not in read:  # cells of one text are compiled once
                read[id(cell)] = read_condition(cell, hidden)  # type: ignore[arg-type]
            return read[id(cell)]

        self.domains: list[Domain] = [input_domain(column, model) for column in table.inputs]
        self.allowed = [[condition_of(tests) for tests in domain.allowed] for domain in self.domains]
        self.conditions = [
            [condition_of(rule.cells[position]) for rule in table.rules] for position in range(len(table.inputs))
        ]
        self.dimensions = [self._dimension(columns) for columns in self._columns_by_expression()]
        self.side_of = {column: side for side, each in enumerate(self.dimensions) for column in each.columns}

    def _columns_by_expression(self) -> list[tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for position, column in enumerate(self.table.inputs):
            found.setdefault(" ".join(column.expression.text.split()), []).append(position)
        return [tuple(columns) for columns in found.values()]

    def _dimension(self, columns: tuple[int, ...]) -> Dimension:
        cells = [self.conditions[column] for column in columns]
        domain = next((self.domains[column] for column in columns if self.domains[column] != UNDECLARED), UNDECLARED)
        allowed = [condition for column in columns for condition in self.allowed[column]]
        distinct = list({id(condition): condition for column in cells for condition in column}.values())
        return dimension_of(columns, cells, regions_of(distinct, domain, allowed, self.work), self.work)

    @property
    def never(self) -> int:
        """The rules that match no input at all, as bits."""
        dead = 0
        for dimension in self.dimensions:
            dead |= ((1 << len(self.table.rules)) - 1) & ~dimension.sometimes
        return dead

    # --- examples -----------------------------------------------------------------------------

    def place_of(self, rule: int) -> list[Group]:
        """A place where a rule holds, or may hold where that cannot be said; anything where it never does."""
        bit = 1 << rule
        return [
            max(
                each.groups,
                key=lambda group: (bool(group.bits.true & bit), bool(group.bits.sometimes & bit), group.usual),
            )
            for each in self.dimensions
        ]

    def example(self, place: Sequence[Group], instead: dict[int, FeelValue] | None = None) -> tuple[ExampleValue, ...]:
        """A value for every column; `instead` has other values, by column."""
        found = []
        for position, column in enumerate(self.table.inputs):
            value = place[self.side_of[position]].value
            if instead and position in instead:
                value = instead[position]
            shown = _SOME_VALUE if value is ANYTHING else value
            feel = ANY_VALUE if value is ANYTHING else as_feel(value)
            found.append(
                ExampleValue(
                    label=column.label,
                    label_en=column.label_en,
                    expression=column.expression.text,
                    value=shown,
                    feel=feel,
                )
            )
        return tuple(found)

    def holds(self, rule: int, example: Sequence[ExampleValue]) -> bool | None:
        """Whether the rule's own cells hold for the example, evaluated anew; None when that cannot be said."""
        known = True
        for position, shown in enumerate(example):
            condition = self.conditions[position][rule]
            if condition.cell.matches_anything:
                continue
            is_any = shown.feel == ANY_VALUE
            told = (
                condition.truth(_SOME_VALUE if is_any else shown.value)
                if (condition.closed if is_any else condition.alone)
                else None
            )
            if told is False:
                return False
            known = known and told is not None
        return True if known else None

    # --- findings -----------------------------------------------------------------------------

    def rules(self, indices: Sequence[int]) -> tuple[RuleReference, ...]:
        """References to rules by index."""
        rows = [(index, self.table.rules[index]) for index in indices]
        return tuple(
            RuleReference(number=index + 1, id=rule.id, annotation=rule.annotation, annotation_en=rule.annotation_en)
            for index, rule in rows
        )

    def columns(self, positions: Sequence[int]) -> Words:
        """The names of input columns."""
        return column_words([(self.table.inputs[each].label, self.table.inputs[each].label_en) for each in positions])

    def finding(
        self,
        code: FindingCode,
        severity: Severity,
        words: tuple[Words, Words],
        *,
        rules: Sequence[int] = (),
        columns: Sequence[str] = (),
        example: tuple[ExampleValue, ...] = (),
        missing: tuple[str, ...] = (),
    ) -> Finding:
        """A finding of this table; `words` are reason and remedy."""
        reason, remedy = words
        return Finding(
            code=code,
            severity=severity,
            holder=self.holder,
            table=self.table.decision,
            rules=self.rules(rules),
            columns=tuple(columns),
            example=example,
            missing=missing,
            reason_en=reason.en,
            reason_zh=reason.zh,
            remedy_en=remedy.en,
            remedy_zh=remedy.zh,
        )
