"""Loops, filters, contexts and functions, and the bounds around them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.feel import Environment, ExternalFunction, FeelEvaluationError, Unsuitable, compile_expression
from tests.feel.evaluation import MONDAY, environment, evaluate, warnings_of

OWNERS = {"owners": [{"name": "张三", "share": 60}, {"name": "李四", "share": 25}, {"name": "王五", "share": 15}]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("for i in 1..3 return i * 2", [2, 4, 6]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in [1..3), j in i..2 return 10 * i + j", [11, 12, 22]),
        ("for i in 1..5 return if i <= 2 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3, 5]),
        ('for d in @"2026-01-31"..@"2026-02-01" return d.day', [31, 1]),
        ("some x in [1, 2], y in [2, 3] satisfies x = y", True),
        ("every x in [] satisfies x = 1", True),
        ("some x in [null, 1] satisfies x > 1", None),
        ("{a b: 1, c: a b + 1}.c", 2),
        ("{fact: function(n) if n < 2 then 1 else n * fact(n - 1)}.fact(5)", 120),
        ("{add: function(a, b) a + b, r: add(b: 1, a: 2)}.r", 3),
        ("(function(a: number) a + 1)(1)", 2),
        ('(function(a: number) a)("x")', None),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][4]", None),
        ("[4..9][2]", 5),
        ("[4..9][1 + 1]", 5),
        ("(4..9)[item > 7]", [8]),
        ("[][1 + 1]", None),
        ("[][item > 1]", []),
        ("{a: 1, a: 2}", None),
        ("for partial in [1, 2] return partial", [1, 2]),
        ("for i in [1..xs[1]] return i", [1, 2, 3]),
        ("for i in [1..3[ return i", [1, 2]),
        ("for i in 1..4 return if i = 1 then 1 else sum(partial)", [1, 1, 2, 4]),
        ("x in (2 + 1) * 2", True),
        ("x in (xs)[2]", True),
        ("-2 ** 2", 4),
        ("2 ** 3 ** 2", 64),
        ("2 ** -1", Decimal("0.5")),
        ("-1 instance of number", True),
        ("-x instance of number", None),
        ("[1, 2, 3][item >= 2]", [2, 3]),
        ("5[1]", 5),
        ("for f in [function(x) x + 1, function(x) x * 10] return f(3)", [4, 30]),
        ("for g in (for i in 1..3 return function(x) x + i) return g(10)", [11, 12, 13]),
    ],
)
def test_constructs_mean_what_the_standard_says(text: str, value: object) -> None:
    assert evaluate(text, {"x": 6, "xs": [3, 6]}) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("owners[share >= 25].name", ["张三", "李四"]),
        ("owners[1].name", "张三"),
        ('owners[name = "王五"][1].share', 15),
        ("sum(owners.share)", 100),
        ("sum(owners[share > 20].share)", 85),
        ("count(owners[item.share > least])", 2),
        ('string join(for o in owners return o.name, "、")', "张三、李四、王五"),
        ("sort(owners, function(a, b) a.share < b.share)[1].name", "王五"),
        ("some o in owners satisfies o.share > 50", True),
        ("owners.nothing", [None, None, None]),
    ],
)
def test_an_analyst_works_with_rows_of_owners(text: str, value: object) -> None:
    assert evaluate(text, {**OWNERS, "least": 20}) == value


def test_inside_a_filter_the_entries_of_the_row_hide_variables() -> None:
    assert evaluate("rows[limit > 5]", {"rows": [{"limit": 9}, {"limit": 1}], "limit": 0}) == [{"limit": 9}]


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..10**12 return i",
        "count(for i in 1..1000, j in 1..1000 return i)",
        "some i in 1..10**30 satisfies false",
        "[1..10**12][item > 5]",
    ],
)
def test_a_huge_range_stops_at_the_step_budget(text: str) -> None:
    with pytest.raises(FeelEvaluationError, match="400000 steps"):
        evaluate(text)


def test_the_budget_is_for_each_evaluation() -> None:
    where = environment(step_budget=300)
    expression = compile_expression("for i in 1..40 return i")
    assert expression.evaluate({}, where) == expression.evaluate({}, where)


def test_a_command_has_a_budget_for_all_its_evaluations_together() -> None:
    where = Environment(MONDAY, total_budget=500)
    expression = compile_expression("for i in 1..40 return i")
    for _ in range(3):  # the third begins within the budget
        expression.evaluate({}, where)
    with pytest.raises(FeelEvaluationError, match="500 steps together"):
        expression.evaluate({}, where)
    assert expression.evaluate({}, Environment(MONDAY, total_budget=500)) == [*range(1, 41)]


def test_a_function_that_calls_itself_for_ever_is_stopped() -> None:
    with pytest.raises(FeelEvaluationError, match="levels deep"):
        evaluate("{f: function(n) f(n + 1)}.f(1)")


def test_functions_of_the_environment_are_called_by_position_and_by_name() -> None:
    plus = ExternalFunction("whole days after", ("from", "days"), lambda start, days: start + days)
    where = environment(functions={"whole days after": plus})
    known = frozenset({"whole days after"})
    assert compile_expression("whole days after(1, 2)", known).evaluate({}, where) == 3
    assert compile_expression("whole days after(days: 2, from: 1)", known).evaluate({}, where) == 3
    assert compile_expression("whole days after(1)", known).evaluate({}, where) is None
    assert where.warnings


def test_a_function_of_the_environment_may_say_that_its_arguments_do_not_fit() -> None:
    def never(value: object) -> object:
        raise Unsuitable

    where = environment(functions={"never": ExternalFunction("never", ("value",), never)})
    assert compile_expression("never(1)").evaluate({}, where) is None


def test_an_unknown_function_is_null_with_a_warning() -> None:
    assert warnings_of("nowhere(1)") == ["There is no function named nowhere."]


@pytest.mark.parametrize("text", ["x.__class__", 'get value(x, "__class__")', "x.real", '"a".upper', "x.keys"])
def test_no_attribute_of_python_can_be_reached(text: str) -> None:
    assert evaluate(text, {"x": {"a": 1}}) is None


def test_partial_results_that_are_returned_do_not_grow_afterwards() -> None:
    assert evaluate("for i in 1..3 return partial") == [[], [[]], [[], [[]]]]


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..200 return [partial[-1]]",
        "{f: function(n) if n = 0 then 0 else [[[[[[f(n - 1)]]]]]], r: f(24)}.r",
    ],
)
def test_a_value_nested_deeper_than_can_be_stored_is_refused(text: str) -> None:
    with pytest.raises(FeelEvaluationError, match="nested"):
        evaluate(text)


DOUBLED = "{a0: [1, 1]" + "".join(f", a{n}: [a{n - 1}, a{n - 1}]" for n in range(1, 40))


@pytest.mark.parametrize("use", ["a39", "a39 = a39", "string(a39)", "[1] in [a39]", "distinct values([a39, a39])"])
def test_a_value_that_shares_its_parts_counts_as_large_as_it_is_written(use: str) -> None:
    with pytest.raises(FeelEvaluationError, match="items"):
        evaluate(DOUBLED + f", use: {use}" + "}.use")


THREE = {"T": "true", "F": "false", "N": "null", "U": '"neither"'}
ANSWER = {"T": True, "F": False, "N": None}


@pytest.mark.parametrize(
    ("template", "table"),
    [
        # the rows are the left side, the columns the right one, both as T F N U; what is not boolean counts as null
        ("{} and {}", "TFNN FFFF NFNN NFNN"),
        ("{} or {}", "TTTT TFNN TNNN TNNN"),
        ("{} = {}", "TFFN FTFN FFTF NNFT"),
        ("{} != {}", "FTTN TFTN TTFT NNTF"),
        ("{} < {}", "NNNN NNNN NNNN NNNF"),
        ("if {} and {} then true else false", "TFFF FFFF FFFF FFFF"),
        ("some i in [{}, {}] satisfies i", "TTTT TFNN TNNN NNNN"),
        ("every i in [{}, {}] satisfies i", "TFNN FFFF NFNN NNNN"),
        ("not({}) and {}", "FFFF TFNN NFNN NFNN"),
        ("{} in ({}, false)", "TFFN TTTT FFTF NNNT"),
    ],
)
def test_three_valued_logic_has_the_standards_tables(template: str, table: str) -> None:
    for left, row in zip(THREE.values(), table.split(), strict=True):
        for right, answer in zip(THREE.values(), row, strict=True):
            text = template.format(left, right)
            assert evaluate(text) is ANSWER[answer], text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 between null and 2", None),
        ("1 between 2 and null", False),
        ("3 between null and 2", False),
        ("null between 1 and 2", None),
        ("null in [1..2]", None),
        ("1 in [null..2]", None),
        ("null in (< 1)", None),
        ("null in (null, 1)", True),
        ("1 in (null)", False),
        ("[1, null, 2][item > 1]", [2]),
        ("[1, 2][null]", []),
        ("[true, null, false][item]", [True]),
        ("null[1]", None),
        ("null.x", None),
        ("null = null", True),
        ("null != 1", True),
        ("some i in [] satisfies null", False),
        ("every i in [] satisfies null", True),
        ("some i in null satisfies true", None),
        ("for i in null return 1", None),
        ("if null then 1 else 2", 2),
        ('if "true" then 1 else 2', 2),
    ],
)
def test_null_goes_through_every_construct_as_the_standard_says(text: str, value: object) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("for i in null return i", "What “for” goes through is neither a list nor a range with a start and an end."),
        (
            "some i in (> 3) satisfies i > 4",
            "What “some” goes through is neither a list nor a range with a start and an end.",
        ),
        ("every i in [1] satisfies i", "The condition of every is neither true nor false."),
        ("[1, 2][3]", "The list has no item at the position in [ ]."),
        ("[1, 2][1.5]", "The list has no item at the position in [ ]."),
    ],
)
def test_a_loop_or_position_that_gives_null_says_why(text: str, warning: str) -> None:
    assert evaluate(text) is None
    assert warnings_of(text) == [warning]
