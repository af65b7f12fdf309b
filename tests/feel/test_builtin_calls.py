"""Calls by position and by name, functions as values, `instance of` and coercion (DMN 1.5, 10.3.2.9)."""

from __future__ import annotations

import pytest

from engine.feel import compile_expression
from engine.feel.builtins import BUILTINS
from engine.feel.errors import FeelEvaluationError
from engine.feel.types import Kind, kind_of
from tests.feel.evaluation import environment, evaluate, warnings_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(function(a, b) a - b)(3, 2)", 1),
        ("(function(a, b) a - b)(b: 2, a: 3)", 1),
        ("(function() 5)()", 5),
        ("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r", 120),
        ("{x: 2, f: function(y) x * y}.f(4)", 8),
        ("(function(a) function(b) a + b)(1)(2)", 3),
        ("[function(x) x + 1, abs][2](-4)", 4),
        ("(function(f, x) f(f(x)))(function(n) n * 2, 3)", 12),
        ("for f in [abs, sqrt, floor] return f(4)", [4, 2, 4]),
        ("(function(f) f(-2))(abs)", 2),
        ("(function(f) f([1, 2, 3]))(sum)", 6),
        ("(function(f) f(1, 2, 3))(max)", 3),
        ("{f: abs}.f(n: -1)", 1),
        ("sort([3, 1, 2], before)", [1, 2, 3]),
        ("list replace([1, 2, 3], before, 3)", [3, 3, 3]),
        ("{abs: function(n) 0, r: abs(-1)}.r", 0),
    ],
)
def test_functions_are_called_by_position_or_name_and_passed_as_values(text: str, value: object) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "(function(a, b) a)(1)",
        "(function(a, b) a)(1, 2, 3)",
        "(function(a, b) a)(a: 1)",
        "(function(a, b) a)(a: 1, c: 2)",
        "(function(a: number) a)(true)",
        "sort([2, 1], starts with)",
        "nowhere(1)",
        "null(1)",
        "[1, 2](1)",
        '"abs"(-1)',
        "abs(number: -1)",
        "abs(n: -1, m: 1)",
        "now(1)",
    ],
)
def test_a_call_that_does_not_fit_is_null_with_a_warning(text: str) -> None:
    assert evaluate(text) is None
    assert warnings_of(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(function(x: number) x)([1])", 1),
        ("(function(x: list<number>) x)(1)", [1]),
        ("(function(x: list<number>) x)([1, 2])", [1, 2]),
        ("(function(x: Any) x)([1])", [1]),
        ("(function(x: number) x)(null)", None),
        ('(function(x: date and time) x)(@"2024-01-31") = @"2024-01-31T00:00:00Z"', True),
        ('(function(x: date) x)(@"2024-01-31") = @"2024-01-31"', True),
        ("(function(x: context<a: number>) x.a)({a: 1, b: 2})", 1),
        ("(function(x: range<number>) x.end)([1..2])", 2),
        ("(function(f: function<number> -> number) f(-1))(abs)", 1),
    ],
)
def test_an_argument_is_made_to_fit_its_parameter(text: str, value: object) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 instance of number", True),
        ('"1" instance of number', False),
        ("true instance of boolean", True),
        ("1 instance of Any", True),
        ("null instance of Any", False),
        ("null instance of number", False),
        ("null instance of Null", True),
        ("1 instance of Null", False),
        ('@"2024-01-31" instance of date', True),
        ('@"2024-01-31" instance of date and time', False),
        ('@"2024-01-31T10:00:00" instance of date', False),
        ('@"10:00:00" instance of time', True),
        ('@"P1D" instance of days and time duration', True),
        ('@"P1D" instance of years and months duration', False),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ('[1, "a"] instance of list<Any>', True),
        ("[1, null] instance of list<number>", True),
        ("[] instance of list<string>", True),
        ("[[1]] instance of list<list<number>>", True),
        ("1 instance of list<number>", False),
        ("{a: 1, b: 2} instance of context<a: number>", True),
        ("{a: null} instance of context<a: number>", True),
        ("{} instance of context<a: number>", False),
        ("{} instance of context<>", True),
        ("[1..2] instance of range<number>", True),
        ('["a".."b"] instance of range<number>', False),
        ("(< 5) instance of range<number>", True),
        ("abs instance of function<number> -> number", True),
        ("abs instance of function<number, number> -> number", False),
        ("(function(a, b) a) instance of function<Any, Any> -> Any", True),
        ("(function() 1) instance of function<> -> number", True),
        ("1 instance of function<> -> number", False),
        ("abs instance of function", True),
        ("(function(a: number) a) instance of function<number> -> number", True),
        ("(function(a: number) a) instance of function<string> -> number", False),
        ("(function(a: number) a) instance of function<Any> -> number", False),
        ("(function(a: Any) a) instance of function<string> -> string", True),
        ("(function(a: list<number>) a) instance of function<list<number>> -> Any", True),
        ("(function(a: list<number>) a) instance of function<list<Any>> -> Any", False),
        ("(function(a: context<a: string>) 1) instance of function<context<a: string, b: string>> -> number", True),
        ("(function(a: context<a: string, b: string>) 1) instance of function<context<a: string>> -> number", False),
        ("(function(f: function<Any> -> number) 1) instance of function<function<Any> -> number> -> number", True),
        ("(function(f: function<number> -> Any) 1) instance of function<function<Any> -> number> -> number", True),
        ("(function(f: function<Any> -> number) 1) instance of function<function<number> -> Any> -> number", False),
        ("(function(a: dateTime) a) instance of function<date and time> -> Any", True),
    ],
)
def test_instance_of_knows_every_type(text: str, value: bool) -> None:
    assert evaluate(text) is value


def test_a_cheap_call_of_constants_is_made_once_and_a_costly_one_is_paid_for_at_each_evaluation() -> None:
    poor = environment(step_budget=20)
    assert compile_expression("abs(-2)").evaluate({}, poor) == 2
    with pytest.raises(FeelEvaluationError, match="steps"):
        compile_expression("log(2)").evaluate({}, poor)
    with pytest.raises(FeelEvaluationError, match="steps"):
        compile_expression('matches("a", "a")').evaluate({}, poor)


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_no_function_takes_a_parameter_nobody_declared(name: str) -> None:
    assert evaluate(f"{name}(no such parameter: 1)") is None
    assert warnings_of(f"{name}(no such parameter: 1)")


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_no_function_takes_twenty_arguments_unless_it_takes_any_number(name: str) -> None:
    open_ended = BUILTINS[name].variadic or BUILTINS[name].signatures[0][-1:] in [("list...",), ("item...",)]
    value = evaluate(f"{name}({', '.join(['[1]'] * 20)})")
    assert kind_of(value) is not Kind.OTHER
    assert open_ended or value is None
