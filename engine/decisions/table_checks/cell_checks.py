"""Cells that no value meets, or that ask for values their column cannot have."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.decisions.table_checks import wording
from engine.decisions.table_checks.conditions import Condition, Constant
from engine.decisions.table_checks.findings import ExampleValue, Finding, FindingCode, Severity
from engine.decisions.table_checks.geometry import bits_of
from engine.decisions.table_checks.lines import NUMBERS, line_of
from engine.decisions.table_checks.notation import as_feel
from engine.decisions.table_checks.regions import ANYTHING
from engine.decisions.table_checks.rule_checks import MAX_LISTED
from engine.decisions.table_checks.view import TableView
from engine.decisions.table_checks.wording import Words
from engine.feel import FeelValue


@dataclass
class CellCheck:
    """Goes through the cells of a table; `told` are rules for which a reason why they never match was found."""

    view: TableView
    told: set[int] = field(default_factory=set)

    def findings(self) -> Iterator[Finding]:
        """Of each cell what is wrong with it, then of each rule whether it can match at all."""
        count = 0
        for position in range(len(self.view.table.inputs)):
            for rule, condition in enumerate(self.view.conditions[position]):
                for finding in self._of_cell(position, rule, condition):
                    self.told.add(rule)
                    count += 1
                    if count <= MAX_LISTED:
                        yield finding
        for rule in bits_of(self.view.never):
            if rule not in self.told:
                count += 1
                if count <= MAX_LISTED:
                    yield self._never(rule)
        if count > MAX_LISTED:
            words = wording.not_all_listed(count - MAX_LISTED, wording.CELLS)
            yield self.view.finding(FindingCode.NOT_ALL_LISTED, Severity.NOTE, (words, wording.NOTHING))

    def _of_cell(self, position: int, rule: int, condition: Condition) -> Iterator[Finding]:
        if condition.cell.matches_anything or self.view.domains[position].opaque:
            return
        found = False
        seen = set()
        for start, end in condition.empty_ranges:
            found = True
            ends = (as_feel(start), as_feel(end))
            example = self._example(position, rule)
            words = wording.empty_range(*self._names(position, rule), ends, self._shown(example, position))
            yield self._finding(FindingCode.EMPTY_RANGE, words, position, rule, example)
        for constant in condition.constants:
            key = (line_of(constant.value), as_feel(constant.value))
            if key in seen:
                continue
            seen.add(key)
            for finding in self._of_constant(position, rule, constant):
                found = True
                yield finding
        if not found and condition.closed and self._is_dead(position, rule):
            example = self._example(position, rule)
            words = wording.cell_never_matches(
                *self._names(position, rule), condition.cell.text, self._shown(example, position)
            )
            yield self._finding(FindingCode.CELL_NEVER_MATCHES, words, position, rule, example)

    def _of_constant(self, position: int, rule: int, constant: Constant) -> Iterator[Finding]:
        domain, allowed = self.view.domains[position], self.view.allowed[position]
        line, text = line_of(constant.value), as_feel(constant.value)
        example = self._example(position, rule)
        shown = self._shown(example, position)
        names = self._names(position, rule)
        if line is None:
            return
        if domain.lines and line not in domain.lines:
            words = wording.wrong_type(*names, text, (line.name, domain.lines[0].name), shown)
            yield self._finding(FindingCode.WRONG_TYPE, words, position, rule, example)
        elif constant.is_choice and domain.whole and line is NUMBERS and constant.value != int(constant.value):
            words = wording.not_whole(*names, text, shown)
            yield self._finding(FindingCode.WRONG_TYPE, words, position, rule, example)
        elif constant.is_choice and any(each.alone and not each.holds(constant.value) for each in allowed):
            listed = next(each for each in allowed if each.alone and not each.holds(constant.value)).cell.text
            meant = self._alike(position, constant.value)
            if meant is not None:
                example = self.view.example(self.view.place_of(rule), {position: meant})
                shown = self._shown(example, position)
            reason, _ = wording.not_allowed(*names, text, listed, shown)
            remedy = wording.did_you_mean(None if meant is None else as_feel(meant))
            yield self._finding(FindingCode.VALUE_NOT_ALLOWED, (reason, remedy), position, rule, example)

    def _alike(self, position: int, value: FeelValue) -> FeelValue:
        """An allowed text that is spelt like `value`; None when there is none."""
        usual = self.view.dimensions[self.view.side_of[position]].usual
        texts = [region.value for group in usual for region in group.regions if type(region.value) is str]
        close = difflib.get_close_matches(value, texts, n=1, cutoff=0.6) if type(value) is str else []
        folded = [text for text in texts if type(value) is str and text.casefold() == value.casefold()]
        return next(iter([*folded, *close]), None)

    def _is_dead(self, position: int, rule: int) -> bool:
        """Whether no value the column may have meets the cell by itself."""
        dimension = self.view.dimensions[self.view.side_of[position]]
        if len(dimension.columns) == 1:
            return not any(group.bits.sometimes >> rule & 1 for group in dimension.groups)
        condition = self.view.conditions[position][rule]
        values = [region.value for group in dimension.groups for region in group.regions]
        return not any(value is ANYTHING or condition.holds(value) for value in values)

    def _never(self, rule: int) -> Finding:
        """Every cell can be met, but not those of columns with one expression together."""
        bit = 1 << rule
        dimension = next(
            each for each in self.view.dimensions if not any(group.bits.sometimes & bit for group in each.groups)
        )
        asked = [each for each in dimension.columns if not self.view.conditions[each][rule].cell.matches_anything]
        example = self._example(asked[0], rule)
        words = wording.never_matches(
            wording.rule_words(self.view.rules([rule])), self.view.columns(asked), self._shown(example, asked[0])
        )
        return self.view.finding(
            FindingCode.RULE_NEVER_MATCHES,
            Severity.WARNING,
            words,
            rules=[rule],
            columns=[self.view.table.inputs[each].id for each in asked],
            example=example,
        )

    # --- parts of findings --------------------------------------------------------------------

    def _names(self, position: int, rule: int) -> tuple[Words, Words]:
        return wording.rule_words(self.view.rules([rule])), self.view.columns([position])

    def _example(self, position: int, rule: int) -> tuple[ExampleValue, ...]:
        """Input the rule would match but for this column; there a usual value that does not meet the cell, if any."""
        condition = self.view.conditions[position][rule]
        usual = self.view.dimensions[self.view.side_of[position]].usual
        values = [group.value for group in usual if group.value is not ANYTHING]
        missed = [value for value in values if not (condition.alone and condition.holds(value))]
        place = self.view.place_of(rule)
        if not values:
            return self.view.example(place)
        instead = dict.fromkeys(self.view.dimensions[self.view.side_of[position]].columns, (missed or values)[0])
        return self.view.example(place, instead)

    def _shown(self, example: tuple[ExampleValue, ...], position: int) -> Words:
        """The column in question only: the others say nothing about its cell."""
        return wording.example_words([example[position]])

    def _finding(
        self,
        code: FindingCode,
        words: tuple[Words, Words],
        position: int,
        rule: int,
        example: tuple[ExampleValue, ...],
    ) -> Finding:
        columns = [self.view.table.inputs[position].id]
        return self.view.finding(code, Severity.WARNING, words, rules=[rule], columns=columns, example=example)
