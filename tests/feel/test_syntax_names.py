"""Names with blanks, signs and keywords in them, resolved by what the scope knows (DMN 1.5, 10.3.1.2, rules 27–30)."""

from __future__ import annotations

import pytest

from engine.feel import compile_expression, compile_unary_tests
from engine.feel.parser import Parser
from engine.feel.syntax import Name
from tests.feel.evaluation import environment, evaluate


def known(text: str, variables: dict[str, object]) -> object:
    return compile_expression(text, known_names=variables.keys()).evaluate(variables, environment())


NAMES = """
order by, information, notes, input, format, if_x, nullable, inx, android, not valid, for you, if only, in stock
rock and roll, between us, some thing, every one, true story, return value, instance of x, date of birth
a-b, a.b, a/b, a*b, a**b, a+b, x'y, address line 2, _x, Größe, ñandú, über-weg, a  b, 🐎 race
名称（中文）, 客户名称
"""


@pytest.mark.parametrize("name", [name.strip() for line in NAMES.split("\n") for name in line.split(",") if name])
def test_a_name_of_the_scope_is_read_whole(name: str) -> None:
    assert known(f"{name} + 1", {name: 41, "a": 1, "b": 1, "x": 1}) == 42


def test_a_keyword_is_a_name_in_backticks() -> None:
    assert evaluate("`then` + `null`", {"then": 40, "null": 2}) == 42


def test_blanks_in_a_known_name_may_be_written_as_one_likes() -> None:
    assert known("a -\n b + 1", {"a-b": 2}) == 3
    assert known("monthly   income", {"monthly income": 2}) == 2


def test_the_longest_known_name_wins() -> None:
    variables = {"a": 10, "b": 1, "a-b": 5, "a - b - c": 7, "c": 1}
    assert known("a-b", variables) == 5
    assert known("a-b-c", variables) == 7
    assert known("(a)-b", variables) == 9
    assert known("`a` - b", variables) == 9


def test_a_quoted_text_is_never_part_of_a_name() -> None:
    assert known('contains(owner, "name")', {"owner": "my name", "owner name": 1}) is True


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a+b": 1, c: a+b + 1}.c', 2),
        ('{"a+b": 1}.a+b', 1),
        ("{a-b: 1}.a-b", 1),
        ("[{a-b: 1}, {a-b: 2}].a-b", [1, 2]),
        ("for a-b in [1, 2] return a-b * 2", [2, 4]),
        ("for line 2 in [1] return line 2", [1]),
        ("(function(in stock: number) in stock + 1)(in stock: 2)", 3),
        ("(function(a+b) a+b + 1)(a+b: 2)", 3),
        ('{"a\\"b": 1}', {'a"b': 1}),
        ("{if x: 1}.if x", 1),
        ("{a b: {c d: 2}}.a b.c d", 2),
        ("some date and time in [1] satisfies date and time = 1", True),
    ],
)
def test_names_that_an_expression_defines_are_read_whole_behind_their_definition(text: str, value: object) -> None:
    assert evaluate(text) == value


def test_words_nobody_knows_make_one_name_up_to_a_keyword() -> None:
    assert Parser("monthly income").expression_text() == Name("monthly income")
    assert compile_expression("a b and c d in e f").names == {"a b", "c d", "e f"}
    assert compile_expression("if a b then c d else e f").names == {"a b", "c d", "e f"}
    assert compile_expression("x y instance of number").names == {"x y"}


def test_names_known_in_one_compilation_are_not_known_in_another() -> None:
    assert compile_expression("a-b", known_names={"a-b"}).names == {"a-b"}
    assert compile_expression("a-b").names == {"a", "b"}
    assert compile_unary_tests("a-b", known_names={"a-b"}).names == {"a-b"}
    assert compile_unary_tests("a-b").names == {"a", "b"}
    assert compile_expression("{a-b: 1, c: a-b}").names == set()
    assert compile_expression("a-b").names == {"a", "b"}


def test_names_that_share_their_beginning_are_told_apart() -> None:
    names = {f"a {number}": number for number in range(2_000)}
    assert known("a 1999 + a 19 + a 1", names) == 2019
