"""What the checks of decision tables say, by example."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from engine.decisions import parse_decisions
from engine.decisions.table_checks import Finding, FindingCode, Severity, check_tables
from tests.decisions.checked_tables import Column, checked, item_type

SHIPPED = Path(__file__).parents[2] / "processes" / "account_opening"
SCORE = Column("score", "number", label="得分")
KIND = Column("kind", "string", '"company", "person"')


def only(findings: list[Finding], code: FindingCode) -> Finding:
    (finding,) = findings
    assert finding.code is code, finding.reason_en
    return finding


def test_rules_of_a_unique_table_that_match_together_are_shown_by_an_input() -> None:
    found = only(
        checked("UNIQUE", [SCORE], ["band"], ["<= 10", '"low"'], ["[10..20]", '"high"'], ["> 20", '"high"']),
        FindingCode.OVERLAP,
    )
    assert [(rule.number, rule.id) for rule in found.rules] == [(1, "r1"), (2, "r2")]
    assert [(each.label, each.value, each.feel) for each in found.example] == [("得分", 10, "10")]
    assert found.severity is Severity.FAILURE
    assert found.text("en").startswith(
        "Rules 1 (r1) and 2 (r2) match together for 得分 = 10. Hit policy UNIQUE allows one rule"
    )
    assert found.text("zh").startswith(
        "规则 1（r1）和规则 2（r2）会同时命中，例如 得分 = 10。命中策略 UNIQUE 只允许命中一条规则"
    )


def test_rules_of_an_any_table_may_match_together_only_with_the_same_output() -> None:
    rules = [["> 0", '"a"'], ["> 5", '"a"'], ["<= 0", '"b"']]
    assert checked("ANY", [SCORE], ["band"], *rules) == []
    found = only(checked("ANY", [SCORE], ["band"], *rules, ["< 3", '"b"']), FindingCode.CONTRADICTION)
    assert [rule.number for rule in found.rules] == [1, 4]
    assert 0 < found.example[0].value < 3


def test_outputs_that_depend_on_data_do_not_contradict_for_certain() -> None:
    assert checked("ANY", [SCORE], ["band"], ["> 0", "x"], ["> 5", "y"], ["<= 0", '"b"']) == []


def test_a_gap_names_the_values_without_rule_and_the_cells_of_a_rule_for_them() -> None:
    rules = [["< 10", "-", '"a"'], ["> 20", '"person"', '"b"'], [">= 10", '"company"', '"c"']]
    found = only(checked("UNIQUE", [SCORE, KIND], ["band"], *rules), FindingCode.GAP)
    assert found.missing == ("[10..20]", '"person"')
    assert [each.value for each in found.example] == [15, "person"]
    assert found.text("zh").startswith(
        '没有规则覆盖以下取值：得分 [10..20]；kind "person"。例如 得分 = 15，kind = "person" 时'
    )


@pytest.mark.parametrize(
    ("column", "cells", "missing"),
    [
        (Column("b", "boolean"), ["true"], "false"),
        (Column("b"), ["true"], "false"),
        (Column("n", "number"), ["<= 1", ">= 2"], "(1..2)"),
        (Column("n", "integer"), ["<= 1", ">= 3"], "(1..3)"),
        (Column("s", "string", '"x", "y", "z"'), ['"x"'], '"y", "z"'),
        (Column("s", "string"), ['"x"', 'not("x", "y")'], '"y"'),
        (Column("s", "string"), ['"x"'], 'not("x")'),
        (Column("d", "date"), ['< date("2026-01-01")', '> date("2026-01-01")'], 'date("2026-01-01")'),
        (Column("t", "time"), ['< time("12:00:00")', '>= time("13:00:00")'], '[time("12:00:00")..time("13:00:00"))'),
        (Column("p", "years and months duration"), ['>= duration("P1Y")'], '< duration("P1Y")'),
        (Column("m", "date and time"), ['<= @"2026-01-01T00:00:00Z"'], '> date and time("2026-01-01T00:00:00Z")'),
        (Column("n", "number"), ["? > 5 and ? < 10", "not(? >= 5)"], "5, >= 10"),
    ],
)
def test_gaps_are_found_in_values_of_every_kind(column: Column, cells: list[str], missing: str) -> None:
    found = only(checked("FIRST", [column], ["y"], *([cell, "1"] for cell in cells)), FindingCode.GAP)
    assert found.missing == (missing,)


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (Column("n", "integer"), ["<= 1", ">= 2"]),
        (Column("d", "date"), ['<= date("2026-01-01")', '>= date("2026-01-02")']),
        (Column("s", "string", '"x", "y"'), ['"x"', '"y"']),
        (Column("b", "boolean"), ["true", "not(true)"]),
        (Column("n", "number", "[0..100]"), ["< 50", ">= 50"]),
        (Column("n", "number"), ["> limit", "<= limit"]),
    ],
)
def test_what_cannot_occur_or_cannot_be_said_is_no_gap(column: Column, cells: list[str]) -> None:
    findings = checked("UNIQUE", [column], ["y"], *([cell, "1"] for cell in cells))
    assert not [found for found in findings if found.severity is not Severity.NOTE]


def test_a_default_output_or_a_list_as_result_leaves_no_gap() -> None:
    assert checked("UNIQUE", [SCORE], [Column("y", default="0")], ["> 5", "1"]) == []
    assert checked("COLLECT", [SCORE], ["y"], ["> 5", "1"]) == []


def test_the_allowed_values_of_a_declared_type_bound_the_column() -> None:
    types = item_type("tKind", "string", '"company", "person"')
    column = Column("kind", "tKind")
    assert checked("UNIQUE", [column], ["y"], ['"company"', "1"], ['"person"', "2"], types=types) == []
    found = only(
        checked("UNIQUE", [column], ["y"], ['"company"', "1"], ['"persn", "person"', "2"], types=types),
        FindingCode.VALUE_NOT_ALLOWED,
    )
    assert found.remedy_en == 'Did you mean "person"?'
    assert found.remedy_zh == '是否应为 "person"？'


def test_a_rule_below_more_general_ones_never_decides() -> None:
    rules = [["< 10", "1"], [">= 5", "2"], ["[7..20]", "3"], ["-", "4"]]
    found = only(checked("FIRST", [SCORE], ["y"], *rules), FindingCode.RULE_UNREACHABLE)
    assert [rule.number for rule in found.rules] == [3, 2]  # the last is left what is null


def test_priority_decides_which_rule_hides_another() -> None:
    output = Column("y", values='"high", "low"')
    found = only(
        checked("PRIORITY", [SCORE], [output], ["> 10", '"low"'], ["-", '"high"']), FindingCode.RULE_UNREACHABLE
    )
    assert [rule.number for rule in found.rules] == [1, 2]
    assert "优先级更高" in found.reason_zh


def test_the_same_rule_twice_is_a_duplicate_where_rules_may_match_together() -> None:
    rules = [["> 5", '"a"'], ["(5..10], > 10", '"a"'], ["> 5", '"b"']]
    found = only(checked("COLLECT", [SCORE], ["y"], *rules), FindingCode.RULE_DUPLICATE)
    assert [rule.number for rule in found.rules] == [1, 2]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        (Column("n", "number"), '"5"', FindingCode.WRONG_TYPE),
        (Column("s", "string"), "5", FindingCode.WRONG_TYPE),
        (Column("n", "integer"), "2.5", FindingCode.WRONG_TYPE),
        (Column("d", "date"), '"2026-01-01"', FindingCode.WRONG_TYPE),
        (Column("n", "number"), "[10..5]", FindingCode.EMPTY_RANGE),
        (Column("n", "number"), "(5..5]", FindingCode.EMPTY_RANGE),
        (Column("n", "number"), "? < 5 and ? > 7", FindingCode.CELL_NEVER_MATCHES),
        (Column("n", "number", "[0..10]"), "> 10", FindingCode.CELL_NEVER_MATCHES),
        (Column("n", "number", "[0..10]"), "11", FindingCode.VALUE_NOT_ALLOWED),
        (Column("s", "string", '"x", "y"'), '"z"', FindingCode.VALUE_NOT_ALLOWED),
    ],
)
def test_a_cell_no_value_meets_is_told_with_an_input_it_fails(column: Column, cell: str, code: FindingCode) -> None:
    found = only(checked("COLLECT", [column], ["y"], [cell, "1"]), code)
    assert found.rules[0].number == 1
    assert found.columns == ("i1",)
    assert len(found.example) == 1
    assert all(found.text(language) for language in ("en", "zh"))


def test_types_are_named_as_feel_and_the_modeller_name_them() -> None:
    found = only(checked("COLLECT", [Column("n", "number")], ["y"], ['"5"', "1"]), FindingCode.WRONG_TYPE)
    assert 'holds values of type number, but "5" is of type string' in found.reason_en
    assert '的类型为 number，而 "5" 的类型为 string' in found.reason_zh


def test_cells_of_columns_with_one_expression_may_exclude_each_other() -> None:
    found = only(
        checked("COLLECT", [SCORE, Column("score", "number")], ["y"], ["> 5", "< 3", "1"]),
        FindingCode.RULE_NEVER_MATCHES,
    )
    assert found.example[0].value == found.example[1].value


def test_columns_that_read_the_same_data_are_pointed_out() -> None:
    columns = [Column("a.kind", "string", '"x", "y"'), Column('a.kind = "x"', "boolean")]
    findings = checked("UNIQUE", columns, ["y"], ['"x"', "-", "1"], ["-", "false", "2"], ['"y"', "true", "3"])
    overlap = next(found for found in findings if found.code is FindingCode.OVERLAP)
    assert "read the same data" in overlap.reason_en
    assert "读取同一数据" in overlap.reason_zh


def test_outputs_must_fit_their_type_and_their_output_values() -> None:
    column = Column("y", "string", '"low", "high"')
    wrong, misspelt = checked("COLLECT", [SCORE], [column], ["1", "5"], ["2", '"hihg"'], ["3", '"low"'], ["4", "x"])
    assert (wrong.code, misspelt.code) == (FindingCode.OUTPUT_WRONG_TYPE, FindingCode.OUTPUT_NOT_ALLOWED)
    assert misspelt.example[0].value == 2


def test_cells_that_depend_on_other_data_are_named_in_a_note() -> None:
    findings = checked("UNIQUE", [SCORE], ["y"], ["> limit", "1"], ["<= limit", "2"])
    found = only(findings, FindingCode.NOT_CHECKED_FULLY)
    assert (found.severity, [rule.number for rule in found.rules]) == (Severity.NOTE, [1, 2])


def test_a_function_of_the_input_is_tried_but_not_thought_through() -> None:
    findings = checked("UNIQUE", [Column("s", "string")], ["y"], ['"ax"', "1"], ['starts with(?, "a")', "2"])
    overlap = next(found for found in findings if found.code is FindingCode.OVERLAP)
    assert overlap.example[0].value == "ax"


def test_the_clock_is_no_constant() -> None:
    findings = checked("UNIQUE", [Column("d", "date")], ["y"], ["< today()", "1"], [">= today()", "2"])
    assert [found.code for found in findings] == [FindingCode.NOT_CHECKED_FULLY]


def test_many_findings_of_a_kind_are_counted_not_listed() -> None:
    rules = [[f"[{number}..{number + 1}]", "1"] for number in range(30)]
    findings = checked("UNIQUE", [SCORE], ["y"], *rules)
    codes = [found.code for found in findings]
    assert codes.count(FindingCode.OVERLAP) == 10
    assert "19 more" in next(found.reason_en for found in findings if found.code is FindingCode.NOT_ALL_LISTED)


def test_a_table_too_large_to_be_checked_says_so() -> None:
    columns = [Column(f"x{index}", "number") for index in range(12)]
    rules = [[*(f"[{rule * 7 % 50 + at}..{rule * 3 % 40 + 30 + at}]" for at in range(12)), "1"] for rule in range(150)]
    findings = checked("UNIQUE", columns, ["y"], *rules)
    assert FindingCode.NOT_CHECKED_FULLY in [found.code for found in findings]


def test_dates_in_examples_are_feel() -> None:
    findings = checked("UNIQUE", [Column("d", "date")], ["y"], ['>= date("2026-01-01")', "1"])
    assert findings[0].example[0].value == dt.date(2025, 12, 31)
    assert findings[0].example[0].feel == 'date("2025-12-31")'


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.dmn")), ids=lambda file: file.name)
def test_the_shipped_tables_have_no_findings(file: Path) -> None:
    assert check_tables(parse_decisions(file.read_bytes(), file.name)) == []


def test_a_date_at_the_end_of_the_calendar_is_left_open() -> None:
    """Dates go on behind the last one an example could be given for."""
    findings = checked("COLLECT", [Column("d", "date")], ["y"], ['> date("9999-12-31")', "1"])
    assert [found.code for found in findings] == [FindingCode.NOT_CHECKED_FULLY]


def test_a_table_without_input_columns_is_checked() -> None:
    found = only(checked("UNIQUE", [], ["y"], ["1"], ["2"]), FindingCode.OVERLAP)
    assert found.example == ()


def test_null_may_be_what_two_rules_share() -> None:
    findings = checked("UNIQUE", [SCORE], ["y"], ["null", "1"], ["-", "2"])
    assert only(findings, FindingCode.OVERLAP).example[0].feel == "null"
