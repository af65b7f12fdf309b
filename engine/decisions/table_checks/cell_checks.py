"""Cells that no value meets, or that ask for values their column cannot have."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from engine.decisions.table_checks import wording
from engine.decisions.table_checks.conditions import Condition, Constant
from engine.decisions.table_checks.dimensions import bits_of
from engine.decisions.table_checks.findings import ExampleValue, Finding, FindingCode, Severity
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
        found: list[Callable[[], Finding]] = []  # most of a large table's are only counted, and never worded
        for position in range(len(self.view.table.inputs)):
            for rule, condition in enumerate(self.view.conditions[position]):
                self.view.work.spend()
                problems = list(self._of_cell(position, rule, condition))
                if problems:
                    self.told.add(rule)
                found += problems
        found += [partial(self._never, rule) for rule in bits_of(self.view.never) if rule not in self.told]
        for worded in found[:MAX_LISTED]:
            yield worded()
        if len(found) > MAX_LISTED:
            words = wording.not_all_listed(len(found) - MAX_LISTED, wording.CELLS)
            yield self.view.finding(FindingCode.NOT_ALL_LISTED, Severity.NOTE, (words, wording.NOTHING))

    def _of_cell(self, position: int, rule: int, condition: Condition) -> Iterator[Callable[[], Finding]]:
        if condition.cell.matches_anything or self.view.domains[position].opaque:
            return
        found = False
        for ends in dict.fromkeys((as_feel(start), as_feel(end)) for start, end in condition.empty_ranges):
            found = True
            yield partial(self._empty_range, position, rule, ends)
        for constant in {(as_feel(each.value), each.is_choice): each for each in condition.constants}.values():
            for problem in self._of_constant(position, rule, constant):
                found = True
                yield problem
        if not found and condition.closed and self._is_dead(position, rule):
            yield partial(self._dead, position, rule, condition.cell.text)

    def _of_constant(self, position: int, rule: int, constant: Constant) -> Iterator[Callable[[], Finding]]:
        domain, value = self.view.domains[position], constant.value
        line = line_of(value)
        if line is None:
            return
        refusing = [each for each in self.view.allowed[position] if each.alone and each.truth(value) is False]
        if domain.lines and line not in domain.lines:
            yield partial(self._wrong_type, position, rule, value)
        elif constant.is_choice and domain.whole and line is NUMBERS and value != int(value):
            yield partial(self._not_whole, position, rule, value)
        elif constant.is_choice and refusing:
            yield partial(self._not_allowed, position, rule, value, refusing[0].cell.text)

    # --- findings -----------------------------------------------------------------------------

    def _empty_range(self, position: int, rule: int, ends: tuple[str, str]) -> Finding:
        example = self._example(position, rule)
        words = wording.empty_range(*self._names(position, rule), ends, self._shown(example, position))
        return self._finding(FindingCode.EMPTY_RANGE, words, position, rule, example)

    def _dead(self, position: int, rule: int, text: str) -> Finding:
        example = self._example(position, rule)
        words = wording.cell_never_matches(*self._names(position, rule), text, self._shown(example, position))
        return self._finding(FindingCode.CELL_NEVER_MATCHES, words, position, rule, example)

    def _wrong_type(self, position: int, rule: int, value: FeelValue) -> Finding:
        example, line = self._example(position, rule), line_of(value)
        kinds = (line.name if line else "", self.view.domains[position].lines[0].name)
        shown = self._shown(example, position)
        words = wording.wrong_type(*self._names(position, rule), as_feel(value), kinds, shown)
        return self._finding(FindingCode.WRONG_TYPE, words, position, rule, example)

    def _not_whole(self, position: int, rule: int, value: FeelValue) -> Finding:
        example = self._example(position, rule)
        words = wording.not_whole(*self._names(position, rule), as_feel(value), self._shown(example, position))
        return self._finding(FindingCode.WRONG_TYPE, words, position, rule, example)

    def _not_allowed(self, position: int, rule: int, value: FeelValue, listed: str) -> Finding:
        example, meant = self._example(position, rule), self._alike(position, value)
        if meant is not None:
            example = self.view.example(self.view.place_of(rule), {position: meant})
        shown = self._shown(example, position)
        reason = wording.not_allowed(*self._names(position, rule), as_feel(value), listed, shown)
        remedy = wording.did_you_mean(None if meant is None else as_feel(meant))
        return self._finding(FindingCode.VALUE_NOT_ALLOWED, (reason, remedy), position, rule, example)

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
            return not dimension.sometimes >> rule & 1
        condition = self.view.conditions[position][rule]
        values = [region.value for group in dimension.groups for region in group.regions]
        return not any(value is ANYTHING or condition.holds(value) for value in values)

    def _never(self, rule: int) -> Finding:
        """Every cell can be met, but not those of columns with one expression together."""
        bit = 1 << rule
        dimension = next(each for each in self.view.dimensions if not each.sometimes & bit)
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
