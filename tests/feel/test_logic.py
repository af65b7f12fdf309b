"""Three-valued logic, equality and conditions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import compile_expression
from tests.feel.evaluation import environment, evaluate, warnings_of

TRUTHS = st.sampled_from([True, False, None])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=3), st.dates()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab"), inner)),
    max_leaves=5,
)

AND = {(True, True): True, (True, None): None, (None, None): None}
OR = {(False, False): False, (False, None): None, (None, None): None}


def looked_up(table: dict[tuple[Any, Any], Any], a: Any, b: Any, otherwise: bool) -> Any:
    return table.get((a, b), table.get((b, a), otherwise))


@given(TRUTHS, TRUTHS)
def test_and_or_follow_the_truth_tables_of_the_standard(a: Any, b: Any) -> None:
    assert evaluate("a and b", {"a": a, "b": b}) is looked_up(AND, a, b, otherwise=False)
    assert evaluate("a or b", {"a": a, "b": b}) is looked_up(OR, a, b, otherwise=True)


@given(TRUTHS, TRUTHS)
def test_de_morgan_holds_in_three_values(a: Any, b: Any) -> None:
    given_truths = {"a": a, "b": b}
    assert evaluate("not(a and b)", given_truths) is evaluate("not(a) or not(b)", given_truths)


@given(TRUTHS, TRUTHS, TRUTHS)
def test_all_and_any_agree_with_and_and_or(a: Any, b: Any, c: Any) -> None:
    three = {"a": a, "b": b, "c": c}
    assert evaluate("all([a, b, c])", three) is evaluate("a and b and c", three)
    assert evaluate("any([a, b, c])", three) is evaluate("a or b or c", three)


@given(VALUES)
def test_every_value_equals_itself(value: Any) -> None:
    assert evaluate("a = a", {"a": value}) is True
    assert evaluate("a != a", {"a": value}) is False


@given(VALUES, VALUES)
def test_equality_is_symmetric(a: Any, b: Any) -> None:
    assert evaluate("a = b", {"a": a, "b": b}) is evaluate("b = a", {"a": a, "b": b})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('1 = "1"', None),
        ("true = 1", None),
        ("x = null", True),
        ("1 = null", False),
        ("[1, 2] = [1, 2]", True),
        ("{a: 1} = {a: 2}", False),
        ('"b" > "a"', True),
        ('1 < "a"', None),
        ("5 between 1 and 5", True),
        ("5 in [1..5)", False),
        ("5 in (1..5]", True),
        ("5 in ]1..5[", False),
        ("5 in (> 3, < 1)", True),
        ("5 in >= 5", True),
        ("5 in [1, 2, 5]", True),
        ('"a" in ("a", "b")', True),
        ("(< 10).end", 10),
        ("if null then 1 else 2", 2),
        ('if "x" then 1 else 2', 2),
        ("1 instance of number", True),
        ("[1] instance of list<string>", False),
        ('@"P1D" instance of days and time duration', True),
    ],
)
def test_comparisons_mean_what_the_standard_says(text: str, value: object) -> None:
    assert evaluate(text) is value or evaluate(text) == value


def test_a_missing_variable_is_null_and_said_to_be_missing() -> None:
    assert evaluate("missing = null") is True
    assert warnings_of("missing = null") == ["There is no variable named missing; it is null."]


def test_a_variable_that_is_null_is_not_missing() -> None:
    assert warnings_of("present = null", {"present": None}) == []
    assert evaluate("is defined(present)", {"present": None}) is True
    assert evaluate("is defined(absent)") is False
    assert evaluate("is defined(case.owner)", {"case": {}}) is False


@pytest.mark.parametrize(
    ("text", "operator"),
    [('"a" or false', "or"), ("false or 1", "or"), ("true and [true]", "and"), ("1 and null", "and")],
)
def test_an_operand_that_is_no_truth_value_makes_the_result_null_with_a_warning(text: str, operator: str) -> None:
    assert evaluate(text) is None
    assert warnings_of(text) == [f"An operand of “{operator}” is neither true nor false; the result is null."]


@pytest.mark.parametrize("text", ['"a" or true', "1 and false", "null or false", "null and true", "null or null"])
def test_an_operand_that_decides_nothing_and_null_are_no_reason_for_a_warning(text: str) -> None:
    assert warnings_of(text) == []


@pytest.mark.parametrize("text", ["null.a", "null.a.b = null", "{a: null}.a.b"])
def test_asking_along_a_path_of_null_is_no_mistake(text: str) -> None:
    assert evaluate(text) in (None, True)
    assert warnings_of(text) == []


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ('@"2026-13-01"', "The text after @ is no date, time or duration; it is null.", "@ 之后的文本不是有效的日期"),
        (
            "(1)(2)",
            "What stands before the brackets ( ) is not a function; the result is null.",
            "括号 ( ) 之前的值不是函数",
        ),
        (
            "(function(x) x)()",
            "A function without a name was called with unsuitable arguments;",
            "调用未命名函数时参数不合适",
        ),
        ("{f: function(x) x}.f()", "The function f was called with unsuitable arguments.", "函数 f 的参数不合适。"),
        ("[abs][1]()", "The function abs was called with unsuitable arguments.", "函数 abs 的参数不合适。"),
        ("{f: 1}.f()", "There is no function named f.", "没有名为 f 的函数。"),
    ],
)
def test_warnings_are_sentences_in_both_languages(text: str, en: str, zh: str) -> None:
    where = environment()
    assert compile_expression(text).evaluate({}, where) is None
    (warning,) = where.warnings
    assert warning.message("en").startswith(en)
    assert warning.message("zh").startswith(zh)
