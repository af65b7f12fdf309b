"""List functions (DMN 1.5, 10.3.4.4 and 10.3.4.9): items, positions, nulls, wrong kinds, names of parameters."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import comparison
from engine.feel.errors import FeelEvaluationError
from tests.feel.evaluation import evaluate, warnings_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("list contains([1, 2, 3], 2)", True),
        ("list contains([1, 2, 3], 4)", False),
        ("list contains([1, null], null)", True),
        ("list contains([], null)", False),
        ("list contains([[1], [2]], [2])", True),
        ("list contains([{a: 1, b: 2}], {b: 2, a: 1})", True),
        ('list contains([1, "1"], "1")', True),
        ("list contains([true], 1)", False),
        ("list contains(1, 1.0)", True),
        ("list contains(list: [1, 2], element: 2)", True),
        ('list contains([@"10:00:00Z"], @"18:00:00+08:00")', True),
        ("list contains([[1..3]], [1..3])", True),
        ("list contains([[1..3]], [1..3))", False),
        ("count([1, 2, 3])", 3),
        ("count([])", 0),
        ("count([1, [2, 3], null])", 3),
        ("count(1)", 1),
        ("count(list: [1])", 1),
        ("min([3, 1, 2])", 1),
        ("min(3, 1, 2)", 1),
        ("min([])", None),
        ('min("a", "B")', "B"),
        ("min(1)", 1),
        ("min(list: [2, 1])", 1),
        ('max(@"2024-01-01", @"2025-01-01") = @"2025-01-01"', True),
        ('max([@"P1D", @"PT25H"]) = @"PT25H"', True),
        ("max([[1]][1])", 1),
        ("max(1.5, 2)", 2),
        ("all([true, null, true])", None),
        ("all([false, null, true])", False),
        ("all([])", True),
        ("all(true, true)", True),
        ("all(0)", None),
        ("all([true, 0])", None),
        ("any([false, null, true])", True),
        ("any([false, null])", None),
        ("any([])", False),
        ("any(false, false)", False),
        ("any(0)", None),
        ("any(list: [true])", True),
        ("sublist([4, 5, 6], 1, 2)", [4, 5]),
        ("sublist([4, 5, 6], 2)", [5, 6]),
        ("sublist([4, 5, 6], -1)", [6]),
        ("sublist([4, 5, 6], -2, 1)", [5]),
        ("sublist([4, 5, 6], 3, 1)", [6]),
        ("sublist(list: [4, 5, 6], start position: 2, length: 1)", [5]),
        ("sublist(1, 1)", [1]),
        ("append([1], 2, 3)", [1, 2, 3]),
        ("append([1], [2])", [1, [2]]),
        ("append([], null)", [None]),
        ("append(1, 2)", [1, 2]),
        ("append(list: [1], item: 2)", [1, 2]),
        ("concatenate([1, 2], [3])", [1, 2, 3]),
        ("concatenate([1], [], [[2]])", [1, [2]]),
        ("concatenate(1, [null])", [1, None]),
        ("insert before([1, 3], 1, 2)", [2, 1, 3]),
        ("insert before([1, 3], -1, 2)", [1, 2, 3]),
        ("insert before(list: [1], position: 1, newItem: null)", [None, 1]),
        ("remove([1, 2, 3], 2)", [1, 3]),
        ("remove([1, 2, 3], -1)", [1, 2]),
        ("remove([1], 1)", []),
        ("remove(position: 1, list: [1, 2])", [2]),
        ("list replace([1, 2, 3], 2, 4)", [1, 4, 3]),
        ("list replace([1, 2, 3], -1, null)", [1, 2, None]),
        ("list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)", [5, 5, 7, 8]),
        ("list replace([1, null], function(item, newItem) item < 2, 9)", [9, None]),
        ("list replace(match: function(a, b) a = 2, newItem: 4, list: [1, 2])", [1, 4]),
        ("list replace(position: 2, newItem: 4, list: [1, 2])", [1, 4]),
        ("reverse([1, 2, 3])", [3, 2, 1]),
        ("reverse([])", []),
        ("reverse(1)", [1]),
        ("reverse(list: [[1, 2], null])", [None, [1, 2]]),
        ("index of([1, 2, 3, 2], 2)", [2, 4]),
        ("index of([1, null, null], null)", [2, 3]),
        ("index of([1, 2], 3)", []),
        ("index of([], null)", []),
        ('index of(list: ["a", "b"], match: "b")', [2]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("union([1, null], null_free, [1.0])", [1, None, 2]),
        ("union([1, 1])", [1]),
        ("union(1, 2, 1)", [1, 2]),
        ("distinct values([1, 2, 3, 2, 1])", [1, 2, 3]),
        ("distinct values([1, null, null, 1.00])", [1, None]),
        ('distinct values([1, "1", true, [1], {a: 1}, [1], {a: 1.0}])', [1, "1", True, [1], {"a": 1}]),
        ("distinct values([])", []),
        ("distinct values(1)", [1]),
        ("distinct values(list: [2, 2])", [2]),
        ('count(distinct values([@"10:00:00Z", @"18:00:00+08:00", @"10:00:01Z"]))', 2),
        ("duplicate values([1, 2, 1, 3, 2, 1])", [1, 2]),
        ("duplicate values([[1], [1]])", [[1]]),
        ("flatten([[1, 2], [[3]], 4])", [1, 2, 3, 4]),
        ("flatten([[], [null, []]])", [None]),
        ("flatten(1)", [1]),
        ("flatten(list: [[{a: [1]}]])", [{"a": [1]}]),
        ("sort([3, 1, 4, 5, 2], function(x, y) x < y)", [1, 2, 3, 4, 5]),
        ("sort(list: [3, 1, 2], precedes: function(x, y) x > y)", [3, 2, 1]),
        ("sort([3, 1, 2])", [1, 2, 3]),
        ('sort(["b", "a"])', ["a", "b"]),
        ("sort([], function(x, y) x < y)", []),
        ("sort(1, function(x, y) x < y)", [1]),
        (
            "sort([{k: 2, n: 1}, {k: 1, n: 2}, {k: 2, n: 3}, {k: 1, n: 4}], function(a, b) a.k < b.k).n",
            [2, 4, 1, 3],
        ),
        ("partition([1, 2, 3, 4, 5], 2)", [[1, 2], [3, 4], [5]]),
        ("is empty([])", True),
        ("is empty([null])", False),
    ],
)
def test_a_list_function_gives_what_the_standard_says(text: str, value: object) -> None:
    assert evaluate(text, {"null_free": [2]}) == value


@pytest.mark.parametrize(
    "text",
    [
        "list contains(null, 1)",
        "list contains([1])",
        "list contains(list: [1], item: 1)",
        "count(null)",
        "count()",
        "count(1, 2)",
        "min()",
        "min(null)",
        "min([1, null])",
        'min(1, "a")',
        "min(true)",
        "max([true, false])",
        "max([[1], [2]])",
        "max(l: [1])",
        "all(null)",
        "all()",
        "any(null)",
        "any()",
        "sublist([1, 2], 0)",
        "sublist([1, 2], 3)",
        "sublist([1, 2], 1, 0)",
        "sublist([1, 2], 2, 2)",
        "sublist([1, 2], -3)",
        "sublist([1, 2], null)",
        'sublist([1, 2], "1")',
        "sublist(null, 1)",
        "append(null, 1)",
        "append([1])",
        "concatenate()",
        "concatenate([1], null)",
        "insert before([1], 2, 3)",
        "insert before([], 1, 3)",
        "insert before([1], 0, 3)",
        "insert before(null, 1, 3)",
        "insert before([1], 1)",
        "remove([1], 2)",
        "remove([1], 0)",
        "remove(null, 1)",
        'remove([1], "1")',
        "list replace([1], 0, 2)",
        "list replace([1], 2, 2)",
        "list replace(null, 1, 2)",
        "list replace([1], null, 2)",
        "list replace([1], function(item) true, 2)",
        "list replace([1], function(item, new, more) true, 2)",
        "list replace([1], function(item, new) item, 2)",
        "list replace(list: [1], match: 1, newItem: 2)",
        "list replace(list: [1], position: function(a, b) true, newItem: 2)",
        "reverse(null)",
        "reverse([1], [2])",
        "index of(null, 1)",
        "index of([1])",
        "union([1], null)",
        "union()",
        "distinct values(null)",
        "distinct values([1], [2])",
        "flatten(null)",
        "flatten()",
        "sort(null, function(x, y) x < y)",
        "sort([2, 1], 1)",
        "sort([2, 1], function(x) true)",
        'sort([2, 1], function(x, y) "yes")',
        'sort([1, "a"])',
        "sort([1, null])",
        "partition([1], 0)",
    ],
)
def test_a_list_function_of_unsuitable_arguments_is_null_with_a_warning(text: str) -> None:
    assert evaluate(text) is None
    assert warnings_of(text)


def test_a_list_that_was_given_stays_as_it_was() -> None:
    given_list = [3, 1, 2]
    evaluate(
        "[sort(given), append(given, 4), reverse(given), remove(given, 1), flatten([given])]", {"given": given_list}
    )
    assert given_list == [3, 1, 2]


SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "1"]) | st.decimals(-2, 2, places=1)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner)
)


@given(st.lists(VALUES, max_size=8), VALUES)
def test_values_found_by_key_are_those_that_are_equal(values: list[Any], wanted: Any) -> None:
    places = [at + 1 for at, value in enumerate(values) if comparison.equal(value, wanted) is True]
    distinct: list[Any] = []
    for value in values:
        if not any(comparison.equal(value, other) is True for other in distinct):
            distinct.append(value)
    variables = {"values": values, "wanted": wanted}
    assert evaluate("index of(values, wanted)", variables) == places
    assert evaluate("list contains(values, wanted)", variables) is bool(places)
    assert evaluate("distinct values(values)", variables) == distinct
    assert evaluate("union(values, values)", variables) == distinct


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("concatenate(long, long, long)", "items"),
        ("append(concatenate(long, long), 1, 2)", "items"),
        ("flatten([[long, long], [long, long]])", "steps"),
        ("for i in 1..1000 return reverse(long)", "steps"),
        ("for i in 1..1000 return distinct values(short)", "steps"),
        ("for i in 1..1000 return sort(short)", "steps"),
        ("distinct values(times)", "steps"),
    ],
)
def test_work_on_lists_is_paid_for_and_bounded(text: str, reason: str) -> None:
    times = [f"{hour:02}:{minute:02}:{second:02}Z" for hour in range(24) for minute in range(60) for second in (0, 1)]
    variables = {
        "long": [1] * 100_000,
        "short": list(range(1_000)),
        "times": [evaluate(f'@"{time}"') for time in times],
    }
    with pytest.raises(FeelEvaluationError, match=reason):
        evaluate(text, variables)
