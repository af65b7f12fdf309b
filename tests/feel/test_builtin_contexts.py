"""Context functions (DMN 1.5, 10.3.4.10): keys and paths, order, wrong kinds, names of parameters."""

from __future__ import annotations

import pytest

from engine.feel.errors import FeelEvaluationError
from tests.feel.evaluation import evaluate, warnings_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('get value({key1: "value1"}, "key1")', "value1"),
        ('get value(key: "a", m: {a: 1})', 1),
        ('get value(context: {a: 1}, key: "a")', 1),
        ('get value({a: {b: 1}}, ["a", "b"])', 1),
        ('get value(context: {a: {b: 1}}, keys: ["a", "b"])', 1),
        ('get value({a: null}, "a")', None),
        ('get value([{a: 1}], "a")', 1),
        ("get entries({a: 1, b: null})", [{"key": "a", "value": 1}, {"key": "b", "value": None}]),
        ("get entries({})", []),
        ("get entries(m: {a: 1})", [{"key": "a", "value": 1}]),
        ("get entries({b: 1, a: 2}).key", ["b", "a"]),
        ('context([{key: "a", value: 1}, {key: "b", value: 2}])', {"a": 1, "b": 2}),
        ('context([{key: "a", value: 1, something: "else"}])', {"a": 1}),
        ('context({key: "a", value: null})', {"a": None}),
        ('context(entries: [{key: "a b", value: [1]}])', {"a b": [1]}),
        ("context([])", {}),
        ("context(get entries({b: 1, a: {c: 2}}))", {"b": 1, "a": {"c": 2}}),
        ('context put({x: 1}, "y", 2)', {"x": 1, "y": 2}),
        ('context put({x: 1}, ["y"], 2)', {"x": 1, "y": 2}),
        ('context put({x: 1, y: {a: 0}}, ["y", "a"], 2)', {"x": 1, "y": {"a": 2}}),
        ('context put({x: 1, y: {a: 0}}, ["y", "b"], {})', {"x": 1, "y": {"a": 0, "b": {}}}),
        ('context put({}, "", 1)', {"": 1}),
        ('context put(context: {x: 1}, key: "x", value: null)', {"x": None}),
        ('context put(context: {x: 1}, key: ["x"], value: 2)', {"x": 2}),
        ('context put(context: {y: {a: 0}}, keys: ["y", "a"], value: 2)', {"y": {"a": 2}}),
        ('context put(context: {}, keys: "a", value: 2)', {"a": 2}),
        ('get entries(context put({b: 1, a: 2}, "b", 3)).key', ["b", "a"]),
        ('get entries(context put({b: 1, a: 2}, "c", 3)).key', ["b", "a", "c"]),
        ("context merge([{x: 1}, {y: 2}])", {"x": 1, "y": 2}),
        ("context merge([{x: 1, y: 0}, {y: 2}])", {"x": 1, "y": 2}),
        ("get entries(context merge([{x: 1, y: 0}, {z: 3, x: 2}])).key", ["x", "y", "z"]),
        ("context merge([])", {}),
        ("context merge({x: 1})", {"x": 1}),
        ("context merge(contexts: [{x: {a: 1}}, {x: {b: 2}}])", {"x": {"b": 2}}),
    ],
)
def test_a_context_function_gives_what_the_standard_says(text: str, value: object) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize("text", ['get value({a: 1}, "b")', 'get value({a: 1}, ["a", "b"])'])
def test_asking_for_an_entry_that_may_be_missing_is_null_and_no_mistake(text: str) -> None:
    assert evaluate(text) is None
    assert warnings_of(text) == []


@pytest.mark.parametrize(
    "text",
    [
        'get value(null, "a")',
        "get value({a: 1}, null)",
        "get value({a: 1}, 1)",
        "get value({a: 1}, [])",
        'get value(context: {a: {b: 1}}, key: ["a", "b"])',
        'get value("a", "a")',
        "get value({a: 1})",
        'get value({a: 1}, "a", "b")',
        "get entries(null)",
        'get entries("a")',
        "get entries([{a: 1}, {b: 2}])",
        "get entries()",
        "get entries({}, {})",
        "context(null)",
        "context([null])",
        'context([{key: "a", value: 1}, {key: "b"}])',
        "context([{value: 1}])",
        "context([{key: null, value: 1}])",
        "context([{key: 1, value: 1}])",
        'context([{key: "a", value: 1}, {key: "a", value: 2}])',
        "context([1])",
        "context()",
        'context put(null, "a", 1)',
        "context put({}, null, 1)",
        "context put({}, 1, 1)",
        "context put({}, [], 1)",
        "context put({}, [null], 1)",
        'context put({}, ["a", "b"], 1)',
        'context put({a: 1}, ["a", "b"], 1)',
        'context put(context: {y: {a: 0}}, key: ["y", "a"], value: 2)',
        'context put([], "a", 1)',
        'context put({}, "a")',
        'context put({}, "a", 1, 1)',
        "context merge(null)",
        "context merge([{x: 1}, null])",
        "context merge([{x: 1}, 1])",
        "context merge()",
        "context merge({x: 1}, {y: 2})",
    ],
)
def test_a_context_function_of_unsuitable_arguments_is_null_with_a_warning(text: str) -> None:
    assert evaluate(text) is None
    assert warnings_of(text)


def test_a_context_that_was_given_stays_as_it_was() -> None:
    given = {"a": {"b": 1}}
    evaluate('[context put(given, ["a", "b"], 2), context merge([given, {c: 1}])]', {"given": given})
    assert given == {"a": {"b": 1}}


@pytest.mark.parametrize(
    "text", ['for i in 1..9999 return context put(c, "a", i)', "for i in 1..999 return get entries(c)"]
)
def test_copies_of_contexts_are_paid_for(text: str) -> None:
    with pytest.raises(FeelEvaluationError, match="steps"):
        evaluate(text, {"c": {f"k{number}": number for number in range(2_000)}})
