"""What parses, what does not, and what the author is told."""

from __future__ import annotations

import pytest

from engine.feel import (
    FeelEvaluationError,
    FeelSyntaxError,
    compile_expression,
    compile_template,
)
from engine.feel.environment import MAX_TEXT
from tests.feel.evaluation import environment, evaluate


def refusal(text: str) -> FeelSyntaxError:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("1 +", 1, 4, "a value"),
        ("if a then b", 1, 12, '"else"'),
        ("a =\n  (b", 2, 5, "“)”"),
        ('"open', 1, 1, "closing quotation mark"),
        ("for x in xs x", 1, 14, '"return"'),
        ("a /* b", 1, 3, "*/"),
        ("f(a: 1, 2)", 1, 9, "named argument"),
        ("[1..5", 1, 6, "end of a range"),
        ("x instance of", 1, 14, "type name"),
        ("@ 5", 1, 1, "quoted date"),
    ],
)
def test_an_error_names_line_column_and_what_was_expected(text: str, line: int, column: int, expected: str) -> None:
    error = refusal(text)
    assert (error.line, error.column) == (line, column)
    assert expected in error.message("en")


def test_an_error_is_said_in_chinese_too() -> None:
    assert refusal("for i in").message("zh") == "第 1 行第 9 列：此处应为值、名称或括号，实际为文本结尾。"


def test_a_full_width_comma_is_pointed_out_instead_of_becoming_part_of_a_name() -> None:
    assert "half-width" in refusal('contains(name，"公司")').message("en")


@pytest.mark.parametrize("opening", ["(", "[", "{a:", "-", "f(", "not(", "if ", "1 + (", "function() "])
def test_thousands_of_nested_constructs_are_refused_clearly(opening: str) -> None:
    assert "nesting" in refusal(opening * 5_000).message("en")


def test_a_chain_of_thousands_of_operators_is_refused_clearly() -> None:
    assert "nesting" in refusal("+".join(["1"] * 5_000)).message("en")


def test_a_text_longer_than_any_cell_is_refused() -> None:
    assert "shorter" in refusal("1 " + " " * 70_000).message("en")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a + b.c", {"a", "b"}),
        ("for x in xs return x + y", {"xs", "y"}),
        ("{a: 1, b: a + c}", {"c"}),
        ("function(a) a + b", {"b"}),
        ("count(rows[item > limit])", {"rows", "limit"}),
        ("today() + period", {"period"}),
        ("monthly income > 5", {"monthly income"}),
    ],
)
def test_an_expression_knows_the_variables_it_reads(text: str, names: set[str]) -> None:
    assert compile_expression(text).names == names


def test_an_expression_knows_the_functions_it_needs() -> None:
    assert compile_expression("business days after(now(), 1)").functions == {"business days after"}


def test_a_template_is_an_expression_only_after_an_equals_sign() -> None:
    assert compile_template("=1 + 1").evaluate({}, environment()) == 2
    assert compile_template("1 + 1").evaluate({}, environment()) == "1 + 1"


def test_the_same_text_is_compiled_once() -> None:
    assert compile_expression("a + 1") is compile_expression("a + 1")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\"b"', 'a"b'),
        (r'"a\nb"', "a\nb"),
        (r'"\\d"', r"\d"),
        (r'"\d"', r"\d"),
        (r'"\u5F00户"', "开户"),
        (r'"\uD83D\uDC0E"', "🐎"),
        ('"开户"', "开户"),
        ("1e3", 1000),
        (".5 + .5", 1),
        ("1 // comment\n + 1", 2),
        ("1 /* one */ + 1", 2),
    ],
)
def test_literals_mean_what_the_standard_says(text: str, value: object) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize("blank", "\t\n\v\f\r \x85\xa0\u1680\u180e\u2000\u200a\u200b\u2028\u202f\u205f\u3000\ufeff")
def test_every_blank_of_the_standard_is_one(blank: str) -> None:
    assert evaluate(f"1{blank}+{blank}x{blank}and{blank}1", {"x": 2}) is None
    assert evaluate(f"{blank}x{blank}y{blank}", {"x y": 3}) == 3


def test_a_known_name_with_operators_and_keywords_in_it_wins_over_the_operators() -> None:
    expression = compile_expression("Post-Bureau and Risk + 1", known_names=frozenset({"Post-Bureau and Risk", "Post"}))
    assert expression.evaluate({"Post-Bureau and Risk": 4}, environment()) == 5


def test_a_name_in_backticks_is_taken_as_it_is() -> None:
    assert evaluate("`a-b` + 1", {"a-b": 2}) == 3


def test_a_text_may_not_grow_without_bound() -> None:
    doubling = "".join(f", a{n}: a{n - 1} + a{n - 1}" for n in range(1, 30))
    with pytest.raises(FeelEvaluationError, match=str(MAX_TEXT)):
        evaluate('{a0: "abcdefgh"' + doubling + "}.a29")
