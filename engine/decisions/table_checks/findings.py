"""What the checks of decision tables find."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.feel import FeelValue


class FindingCode(StrEnum):
    """Machine-readable; by it the findings are kept in the operations log."""

    OVERLAP = "table_overlap"
    CONTRADICTION = "table_contradiction"
    GAP = "table_gap"
    RULE_UNREACHABLE = "table_rule_unreachable"
    RULE_DUPLICATE = "table_rule_duplicate"
    RULE_NEVER_MATCHES = "table_rule_never_matches"
    CELL_NEVER_MATCHES = "table_cell_never_matches"
    EMPTY_RANGE = "table_empty_range"
    WRONG_TYPE = "table_wrong_type"
    VALUE_NOT_ALLOWED = "table_value_not_allowed"
    OUTPUT_WRONG_TYPE = "table_output_wrong_type"
    OUTPUT_NOT_ALLOWED = "table_output_not_allowed"
    NOT_ALL_LISTED = "table_not_all_listed"
    NOT_CHECKED_FULLY = "table_not_checked_fully"


class Severity(StrEnum):
    """How bad it is: the decision fails, probably does not do what is meant, or the reader should know."""

    FAILURE = "failure"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class RuleReference:
    """A rule a finding is about; `number` counts from 1."""

    number: int
    id: str
    annotation: str = ""
    annotation_en: str = ""


@dataclass(frozen=True, kw_only=True)
class ExampleValue:
    """One column of the example: its value, and the value as FEEL text."""

    label: str
    label_en: str
    expression: str
    value: FeelValue
    feel: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found in a table. `example` has a value for every input column, in their order, and shows it.

    `missing` is of a gap: the cells, by input column, of a rule that would cover it.
    `holder` is the id of the decision or knowledge model the table is part of, `columns` are ids of columns.
    """

    code: FindingCode
    severity: Severity
    holder: str
    table: str
    rules: tuple[RuleReference, ...] = ()
    columns: tuple[str, ...] = ()
    example: tuple[ExampleValue, ...] = ()
    missing: tuple[str, ...] = ()
    reason_en: str
    reason_zh: str
    remedy_en: str = ""
    remedy_zh: str = ""

    def text(self, language: str) -> str:
        """Reason and remedy, on one line, for a reader of `language`."""
        if language.startswith("zh"):
            return self.reason_zh + self.remedy_zh
        return " ".join(part for part in (self.reason_en, self.remedy_en) if part)
