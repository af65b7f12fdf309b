"""`kaihu feel`: an expression's value, its warnings, and where its text is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import app
from cli.feel_context import MAX_CONTEXT
from cli.main import command_line
from tests.cli.conftest import Kaihu


def value_of(result: Result) -> str:
    assert result.exit_code == 0, result.stderr
    return result.stdout.rstrip("\n")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("0.1 + 0.2", "0.3"),
        ('"开" + "户"', '"开户"'),
        ("null", "null"),
        ("-5 + 3", "-2"),
        ("[1, 2, 3][item > 1]", "[2, 3]"),
        ('date("2026-11-23") + duration("P1M")', "2026-12-23"),
        ('{name: "A", size: 1.50}', '{name: "A", size: 1.5}'),
    ],
)
def test_a_value_is_printed_as_feel(kaihu: Kaihu, expression: str, value: str) -> None:
    assert value_of(kaihu("feel", expression)) == value


def test_names_with_blanks_come_from_the_context_at_every_level(kaihu: Kaihu) -> None:
    context = '{"monthly income": {"net pay": 100, "tax-free": 5}}'
    assert value_of(kaihu("feel", "monthly income.net pay + monthly income.tax-free", "--context", context)) == "105"


def test_numbers_of_the_context_are_read_and_written_with_every_digit(kaihu: Kaihu) -> None:
    given = '{"n": 1234567890123456789012345678901.234, "m": 0.1}'
    found = kaihu("feel", "[n, m * 3]", "--context", given, "--json")
    assert '"value": [1234567890123456789012345678901.234, 0.3]' in found.stdout


def test_the_context_comes_from_a_file_or_from_standard_input(kaihu: Kaihu, tmp_path: Path) -> None:
    (tmp_path / "context.json").write_text('{"x": 2}', encoding="utf-8-sig")
    assert value_of(kaihu("feel", "x * 21", "--context", f"@{tmp_path / 'context.json'}")) == "42"
    piped = CliRunner(env={"KAIHU_LANGUAGE": "en"}).invoke(
        command_line(app.build), ["feel", "x * 21", "--context", "-"], input='{"x": 3}'
    )
    assert value_of(piped) == "63"


def test_the_object_for_programs_has_value_text_kind_and_warnings(kaihu: Kaihu) -> None:
    found = json.loads(value_of(kaihu("feel", "missing", "--json")))
    assert (found["value"], found["text"], found["kind"]) == (None, "null", "null")
    assert found["warnings"] == [
        {
            "code": "unknown_name",
            "subject": "missing",
            "message": "There is no variable named missing; it is null.",
        }
    ]
    day = json.loads(value_of(kaihu("feel", 'date("2026-11-23")', "--json")))
    assert (day["value"], day["kind"]) == ("2026-11-23", "date")


def test_a_program_is_told_of_an_error_in_the_object(kaihu: Kaihu) -> None:
    for arguments, code in ((("1 +",), "feel_syntax"), (("1", "--context", "["), "context_unreadable")):
        told = kaihu("feel", *arguments, "--json")
        assert (told.exit_code, json.loads(told.stdout)["error"]["code"]) == (1, code)


def test_a_warning_goes_to_standard_error_in_the_persons_language(kaihu: Kaihu) -> None:
    told = kaihu("feel", "missing", KAIHU_LANGUAGE="zh")
    assert told.stdout == "null\n"
    assert told.stderr == "提示：没有名为 missing 的变量，按 null 处理。\n"


def test_a_syntax_error_names_the_place_and_points_at_it_below_wide_characters(kaihu: Kaihu) -> None:
    refused = kaihu("feel", '1 +\n"中文" + * 3')
    assert refused.exit_code == 1
    sentence, line, mark = refused.stderr.splitlines()
    assert sentence == "Error: Line 2, column 8: expected a value, a name or a bracket, but found “*”."
    assert line == '  "中文" + * 3'
    assert mark == "  " + " " * len('"----" + ') + "^"


def test_only_the_part_around_a_place_far_to_the_right_is_shown(kaihu: Kaihu) -> None:
    _, line, mark = kaihu("feel", "1 + " * 100 + "* 2").stderr.splitlines()
    assert len(line) < 80
    assert line[mark.index("^")] == "*"


def test_a_cell_is_tried_with_an_input(kaihu: Kaihu) -> None:
    assert value_of(kaihu("feel", "[18..65], > 100", "--input", "17")) == "false"
    assert value_of(kaihu("feel", "[18..65], > 100", "--input", "101")) == "true"
    assert (
        value_of(kaihu("feel", "not(blocked)", "--input", "c", "--context", '{"blocked": ["X"], "c": "Y"}')) == "true"
    )
    wrong = kaihu("feel", "[18..", "--input", "17")
    assert (wrong.exit_code, wrong.stderr.splitlines()[-1]) == (1, "       ^")


def test_the_time_is_the_given_one_and_the_day_that_of_the_bank(kaihu: Kaihu) -> None:
    at = ("--at", "2026-11-23T23:00:00Z")
    assert value_of(kaihu("feel", 'today() = date("2026-11-24")', *at)) == "true"
    assert value_of(kaihu("feel", "today()", *at, KAIHU_ZONE="UTC")) == "2026-11-23"
    assert value_of(kaihu("feel", "business days after(now(), 1) > now()", *at)) == "true"
    assert kaihu("feel", "now()", "--at", "tomorrow").exit_code == 2


HOSTILE = {
    "brackets": "(" * 10_000,
    "range": "for i in 1..10**12 return i",
    "doubling": "{a: [1,1], f: function(x, n) if n = 0 then x else f([x, x], n - 1), r: f(a, 40)}",
    "recursion": "{f: function(n) f(n + 1), r: f(0)}.r",
    "half a character": '"\\uD83D"',
    "control": "\x00\x1b[2J\x07",
    "not UTF-8": "'\udcff",
    "long": "1 + " * 300_000,
}


@pytest.mark.parametrize("expression", HOSTILE.values(), ids=HOSTILE)
def test_any_text_ends_in_a_value_or_one_sentence(kaihu: Kaihu, expression: str) -> None:
    ended = kaihu("feel", expression)
    assert ended.exit_code in (0, 1)
    assert ended.exception is None or isinstance(ended.exception, SystemExit)
    assert "Traceback" not in ended.stderr
    assert "\x1b" not in ended.output


@pytest.mark.parametrize(
    ("context", "why"),
    [
        ("{", "line 1, column 2 is not JSON"),
        ("[1]", "it must be one JSON object"),
        ("", ""),
        ('{"a": NaN}', "NaN is not a FEEL number"),
        ('{"a": 1e99999}', "1e99999 is not a FEEL number"),
        ('{"a": 1, "a": 2}', "an object has a name twice"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        ('{"a": ' + "[" * 200 + "]" * 200 + "}", "nested too deeply"),
        ('{"$date": "2026-11-23"}', "cannot be stored"),
        ("@nowhere.json", "nowhere.json: No such file"),
        ("@/", "/: Is a directory"),
        ("@\0", "no such file"),
        ('{"a": "' + "x" * MAX_CONTEXT + '"}', f"larger than {MAX_CONTEXT} bytes"),
        ('{"a": "\udcff"}', "it is not UTF-8"),
    ],
)
def test_a_context_that_cannot_be_read_is_refused_with_the_reason(kaihu: Kaihu, context: str, why: str) -> None:
    refused = kaihu("feel", "1", "--context", context)
    assert refused.exit_code == (1 if why else 0)
    assert why in refused.stderr
    assert "Traceback" not in refused.stderr
