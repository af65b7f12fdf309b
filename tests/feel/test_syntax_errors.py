"""What somebody who knows another language, or types full-width signs, is told, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.feel import FeelSyntaxError, compile_expression, compile_unary_tests
from tests.feel.evaluation import environment, warnings_of


def refusal(text: str, compiling: Callable[[str], object] = compile_expression) -> FeelSyntaxError:
    with pytest.raises(FeelSyntaxError) as caught:
        compiling(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "column", "hint", "hint_zh"),
    [
        ("a == 1", 3, "FEEL writes = for equality.", "FEEL 用 = 表示相等。"),
        ("a === 1", 3, "FEEL writes = for equality.", "FEEL 用 = 表示相等。"),
        ("a !== 1", 3, "FEEL writes != for inequality.", "FEEL 用 != 表示不相等。"),
        ("a <> 1", 3, "FEEL writes != for inequality.", "FEEL 用 != 表示不相等。"),
        ("a => 1", 3, "FEEL writes >= for “at least”", "FEEL 用 >= 表示大于或等于"),
        ("a =< 1", 3, "FEEL writes <= for “at most”.", "FEEL 用 <= 表示小于或等于。"),
        ("a && b", 3, "FEEL writes and.", "FEEL 用 and 表示“并且”。"),
        ("a || b", 3, "FEEL writes or.", "FEEL 用 or 表示“或者”。"),
        ("a | b", 3, "FEEL writes or.", "FEEL 用 or 表示“或者”。"),
        ('"a" & "b"', 5, "joins texts with +", "用 + 连接文本"),
        ("!a", 1, "FEEL writes not(…).", "FEEL 用 not(…) 表示否定。"),
        ("b and !a", 7, "FEEL writes not(…).", "FEEL 用 not(…) 表示否定。"),
        ('not "a"', 5, "FEEL writes not(…).", "FEEL 用 not(…) 表示否定。"),
        ("a = 'x'", 5, "double quotation marks", "英文双引号"),
        ("a ? b : c", 3, "if … then … else", "if … then … else"),
        ("a % b", 3, "modulo(a, b)", "modulo(a, b)"),
        ("2 ^ 3", 3, "FEEL writes ** for powers.", "FEEL 用 ** 表示乘方。"),
        ("${a} > 1", 1, "without ${ }", "不加 ${ }"),
        ("1 + #{a}", 5, "without #{ }", "不加 #{ }"),
        ("{a: 1; b: 2}", 6, "by commas", "英文逗号"),
        ("a = 5;", 6, "ends without a sign", "末尾不加符号"),
        ("{a = 1}", 4, "{name: value}", "{名称: 值}"),
        ("[1, 2, ]", 8, "Nothing follows the last comma", "最后一个逗号后没有内容"),
        ("f(1,)", 5, "Nothing follows the last comma", "最后一个逗号后没有内容"),
        ("{a: 1,}", 7, "Nothing follows the last comma", "最后一个逗号后没有内容"),
        ("10,000 + a", 3, "without separators", "千位分隔符"),
        ("a in 10..20", 8, "a range in brackets: [1..10]", "区间须加括号"),
        ("a > 5 and < 10", 11, "a > 5 and a < 10", "请重复写出要比较的值"),
        ("xs[> 5]", 4, "[item > 5]", "[item > 5]"),
        ("if a then b", 12, "write else null", "else null"),
        ("(1 + 2", 7, "The bracket ( at line 1, column 1 is not closed.", "第 1 行第 1 列的括号 ( 没有闭合。"),
        ("count(\n [1, 2", 7, "The bracket [ at line 2, column 2", "第 2 行第 2 列的括号 [ 没有闭合。"),
        ("1 + 2)", 6, "There is no open bracket for it.", "没有与之对应的左括号。"),
        ('"abc”', 1, "A full-width quotation mark does not close a text", "全角引号不能结束文本"),
        ("a ＝ 1", 3, "Write = instead of ＝.", "请用 = 代替 ＝。"),
        ("a > １０", 5, "Write 1 instead of １.", "请用 1 代替 １。"),
        ("（1 + 2）", 1, "Write ( instead of （.", "请用 ( 代替 （。"),
        ("a = “高”", 5, 'Write " instead of “.', '请用 " 代替 “。'),
        ("{a：1}", 3, "Write : instead of ：.", "请用 : 代替 ：。"),
    ],
)
def test_a_common_mistake_is_answered_with_what_feel_writes(text: str, column: int, hint: str, hint_zh: str) -> None:
    error = refusal(text)
    assert error.column == column
    assert hint in error.message("en")
    assert hint_zh in error.message("zh")


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("> 5 and < 10", "such as [5..10]"),
        ("10..20", "in brackets"),
        ("== 5", "FEEL writes ="),
        ("'high'", "double quotation marks"),
        ('"高"，"低"', "Write , instead of ，"),
        ('"high",', "expected a value"),
        ("not()", "expected a value"),
        ("", "expected a value"),
    ],
)
def test_a_mistake_in_a_cell_is_answered_too(cell: str, hint: str) -> None:
    assert hint in refusal(cell, compile_unary_tests).message("en")


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("for x in xs x + 1", 1, 18, '"return"'),
        ("for x return x", 1, 15, '"in"'),
        ("some x in xs return x", 1, 14, '"satisfies"'),
        ("if a\nb else c", 2, 3, '"then"'),
        ("a between 1 or 2", 1, 13, '"and"'),
        ("a +", 1, 4, "a value"),
        ("a.", 1, 3, "a name"),
        ("[]..", 1, 3, "an operator or the end"),
        ("f(1 2)", 1, 5, "“,” or “)”"),
        ("{a: 1 b: 2}", 1, 7, "“,” or “}”"),
        ("1e9999", 1, 1, "below 10 to the power of 6145"),
        ("function(1) 2", 1, 10, "a name"),
        ("x instance of list<", 1, 20, "a type name"),
        ('"\ud800"', 1, 2, "whole characters"),
        ("a\n  + \ud800", 2, 5, "whole characters"),
    ],
)
def test_every_other_mistake_has_its_place_and_what_was_expected(
    text: str, line: int, column: int, expected: str
) -> None:
    error = refusal(text)
    assert (error.line, error.column) == (line, column)
    assert expected in error.message("en").split(", but found")[0]
    assert "此处应为" in error.message("zh")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("active = True", "FEEL writes true for True."),
        ("a AND b", "FEEL writes and for AND."),
        ("a = NULL", "FEEL writes null for NULL."),
        ("a is null", "FEEL writes = for is."),
    ],
)
def test_a_word_that_could_be_a_variable_is_explained_where_there_is_none(text: str, hint: str) -> None:
    assert any(hint in warning for warning in warnings_of(text, {"a": 1, "active": True}))


def test_a_variable_may_be_named_like_a_word_of_another_language() -> None:
    where = environment()
    assert compile_expression("True + 1", known_names={"True"}).evaluate({"True": 1}, where) == 2
    assert not where.warnings
