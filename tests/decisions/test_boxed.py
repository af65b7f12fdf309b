"""Boxed expressions inside each other, and what the trace says of them."""

from __future__ import annotations

from typing import Any

import pytest

from engine.decisions import HitPolicyViolated, parse_decisions
from engine.decisions.trace import MAX_PARTS
from engine.model.values import dumps, normalise
from tests.decisions.models import (
    decision,
    definitions,
    environment,
    literal,
    requires_decision,
    requires_function,
    table,
    take,
)


def entry(name: str, logic: str, type_ref: str = "") -> str:
    typed = f' typeRef="{type_ref}"' if type_ref else ""
    return f'<contextEntry><variable name="{name}"{typed}/>{logic}</contextEntry>'


def context(*entries: str, result: str = "") -> str:
    return f"<context>{''.join(entries)}{f'<contextEntry>{result}</contextEntry>' if result else ''}</context>"


def function(parameters: str, body: str, kind: str = "") -> str:
    named = "".join(f'<formalParameter name="{name}"/>' for name in parameters.split(", "))
    attribute = f' kind="{kind}"' if kind else ""
    return f"<functionDefinition{attribute}>{named}{body}</functionDefinition>"


def invocation(name: str, **arguments: str) -> str:
    bindings = "".join(
        f'<binding><parameter name="{key}"/>{logic}</binding>' for key, logic in arguments.items()
    )  # fmt: skip
    return f"<invocation>{literal(name)}{bindings}</invocation>"


def loop(kind: str, domain: str, body: str, variable: str = "i") -> str:
    part = {"for": "return", "some": "satisfies", "every": "satisfies", "filter": "match"}[kind]
    named = "" if kind == "filter" else f' iteratorVariable="{variable}"'
    return f"<{kind}{named}><in>{domain}</in><{part}>{body}</{part}></{kind}>"


def choice(condition: str, then: str, otherwise: str) -> str:
    return f"<conditional><if>{condition}</if><then>{then}</then><else>{otherwise}</else></conditional>"


def knowledge(id_: str, parameters: str, body: str, *, requires: str = "", type_ref: str = "") -> str:
    named = "".join(f'<formalParameter name="{name}"/>' for name in parameters.split(", ") if name)
    variable = f'<variable name="{id_}" typeRef="{type_ref}"/>' if type_ref else ""
    logic = f"<encapsulatedLogic>{named}{body}</encapsulatedLogic>"
    return f'<businessKnowledgeModel id="{id_}" name="{id_}">{variable}{logic}{requires}</businessKnowledgeModel>'


BANDS = table("UNIQUE", ["x"], ["band"], ("< 5", '"low"'), (">= 5", '"high"'))
ITEM_BANDS = BANDS.replace("<text>x</text>", "<text>i</text>")


@pytest.mark.parametrize(
    ("logic", "value"),
    [
        (context(entry("a", BANDS), result=literal('a + "er"')), "higher"),
        (context(entry("a", context(entry("b", BANDS)))), {"a": {"b": "high"}}),
        (f"<list>{BANDS}{literal('1')}<list>{BANDS}</list></list>", ["high", 1, ["high"]]),
        (loop("for", literal("[1, 9]"), ITEM_BANDS), ["low", "high"]),
        (loop("for", literal("[1, 9]"), context(entry("n", literal("i + x")), entry("b", ITEM_BANDS))),
         [{"n": 8, "b": "low"}, {"n": 16, "b": "high"}]),
        (loop("for", loop("filter", literal("[1, 9]"), literal("item > x")), literal("i")), [9]),
        (loop("for", literal("[1, 2]"), loop("for", literal("[10, 20]"), literal("i + j"), "j")),
         [[11, 21], [12, 22]]),
        (loop("for", literal("[1, 2, 3]"), literal("count(partial)")), [0, 1, 2]),
        (loop("some", literal("[1, 9]"), choice(literal("i > x"), literal("true"), literal("false"))), True),
        (loop("every", literal("[1, 9]"), literal("i > x")), False),
        (loop("filter", literal("[{item: 2}, {item: 1}]"), literal("item = 2")), [{"item": 2}]),
        (loop("some", literal("[{x: 1}]"), literal("x = 7"), "item"), True),
        (choice(literal("x > 1"), BANDS, literal("0")), "high"),
        (choice(literal("null"), literal("1"), literal("2")), 2),
        (choice(literal('"true"'), literal("1"), literal("2")), 2),
        (context(entry("f", function("n", literal("if n < 2 then 1 else n * f(n - 1)"))), result=literal("f(5)")), 120),
        (context(entry("f", function("n", BANDS.replace("<text>x</text>", "<text>n</text>"))),
                 result=literal("f(1) + f(9)")), "lowhigh"),
        (context(entry("count", function("n", literal("n + 1"))), result=literal("count(1)")), 2),
        (context(entry("f", function("a, b", literal("a - b"))),
                 result=invocation("f", b=literal("1"), a=literal("x"))), 6),
        (context(entry("f", function("a", literal("a"))), result=invocation("f", wrong=literal("1"))), None),
        (context(entry("f", function("a", context(entry("class", literal('"java.lang.Math"'))), "Java")),
                 result=literal("f(1)")), None),
        ('<relation><column name="a" typeRef="number"/><column name="b"/>'
         f"<row>{literal('1')}{BANDS}</row><row>{literal('true')}{literal('2')}</row></relation>",
         [{"a": 1, "b": "high"}, {"a": None, "b": 2}]),
        (context(entry("a", literal('"1"'), "number"), entry("b", literal("[1]"), "number")), {"a": None, "b": 1}),
        ('<literalExpression typeRef="number"><text>"one"</text></literalExpression>', None),
        (f'<list typeRef="number">{literal("1")}</list>', 1),
    ],
)  # fmt: skip
def test_any_boxed_expression_may_hold_any_other(logic: str, value: object) -> None:
    assert take(definitions(decision("d", logic)), "d", {"x": 7}).value == value


def test_names_with_blanks_are_known_to_every_text_that_can_see_them() -> None:
    logic = context(
        entry("base rate", literal("2")),
        entry("add to", function("some amount", literal("some amount + base rate"))),
        result=loop("for", literal("[1, 2]"), literal("add to(each one)"), "each one"),
    )
    assert take(definitions(decision("d", logic)), "d").value == [3, 4]


def test_a_decision_is_read_by_the_name_of_its_variable() -> None:
    required = (
        '<decision id="r" name="Risk of applicant"><variable name="applicant risk"/>' + literal("3") + "</decision>"
    )
    xml = definitions(required, decision("d", literal("applicant risk + 1"), requires=requires_decision("r")))
    assert take(xml, "d").value == 4


def test_a_function_hides_a_built_in_one_only_where_it_is_required() -> None:
    xml = definitions(
        knowledge("count", "x", literal("42")),
        decision("with", literal("count([1])"), requires=requires_function("count")),
        decision("without", literal("count([1])")),
    )
    assert (take(xml, "with").value, take(xml, "without").value) == (42, 1)


def test_a_function_sees_only_the_functions_it_requires() -> None:
    xml = definitions(
        knowledge("inner", "x", literal("x + 1")),
        knowledge("outer", "x", literal("inner(x)"), requires=requires_function("inner")),
        knowledge("other", "x", literal("inner(x)")),
        decision(
            "d", literal("[outer(1), other(1)]"), requires=requires_function("outer") + requires_function("other")
        ),
    )
    assert take(xml, "d").value == [2, None]


def test_a_function_does_not_see_the_variables_of_its_caller() -> None:
    xml = definitions(knowledge("f", "", literal("x")), decision("d", literal("f()"), requires=requires_function("f")))
    assert take(xml, "d", {"x": 1}).value is None


def test_a_function_with_a_table_takes_its_inputs_as_parameters() -> None:
    xml = definitions(
        knowledge("band", "x", BANDS, type_ref="string"),
        decision("d", literal("for n in [1, 9] return band(n)"), requires=requires_function("band")),
    )
    assert take(xml, "d").value == ["low", "high"]


# --- trace --------------------------------------------------------------------------------------


def test_the_trace_has_the_entries_of_a_context_with_the_tables_in_them() -> None:
    logic = context(entry("rate", literal("x * 2")), entry("band", BANDS), result=literal("band"))
    (record,) = take(definitions(decision("d", logic)), "d", {"x": 7}).trace
    assert record["output"] == "high"
    rate, band = record["parts"]
    assert rate == {"name": "rate", "expression": "x * 2", "output": 14}
    assert (band["name"], band["hit_policy"], band["output"]) == ("band", "UNIQUE", "high")
    assert [rule["index"] for rule in band["rules"]] == [2]


def test_the_trace_has_the_tables_that_functions_used() -> None:
    xml = definitions(
        knowledge("inner", "x", BANDS),
        knowledge("outer", "x", literal("inner(x)"), requires=requires_function("inner")),
        decision("d", literal("outer(1)"), requires=requires_function("outer")),
    )
    (record,) = take(xml, "d").trace
    (outer,) = record["parts"]
    assert (outer["name"], outer["output"]) == ("outer", "low")
    (inner,) = outer["parts"]
    assert (inner["name"], inner["inputs"][0]["value"]) == ("inner", 1)


def test_the_trace_has_the_arguments_of_an_invocation_and_the_branch_of_a_conditional() -> None:
    xml = definitions(
        knowledge("f", "a", literal("a + 1")),
        decision(
            "d",
            choice(literal("x > 1"), invocation("f", a=literal("x")), literal("0")),
            requires=requires_function("f"),
        ),
    )
    (record,) = take(xml, "d", {"x": 7}).trace
    assert (record["branch"], record["invoked"], record["output"]) == ("then", "f", 8)
    assert record["parts"] == [{"name": "a", "expression": "x", "output": 7}]


def test_the_trace_of_a_loop_keeps_its_first_tables_and_counts_the_others() -> None:
    (record,) = take(definitions(decision("d", loop("for", literal(f"[1..{MAX_PARTS + 5}]"), ITEM_BANDS))), "d").trace
    assert len(record["parts"]) == MAX_PARTS
    assert record["further_parts"] == 5


def test_the_trace_is_kept_up_to_the_table_whose_hit_policy_is_violated() -> None:
    twice = table("UNIQUE", ["x"], ["y"], ("> 1", "1"), ("> 2", "2"))
    xml = definitions(
        decision("first", literal("1")),
        decision("d", context(entry("band", twice)), requires=requires_decision("first")),
    )
    trace: list[dict[str, Any]] = []
    with pytest.raises(HitPolicyViolated):
        parse_decisions(xml, "file.dmn").decisions["d"].evaluate({"x": 7}, environment(), trace)
    assert [record["id"] for record in trace] == ["first", "d"]
    (part,) = trace[1]["parts"]
    assert [rule["index"] for rule in part["rules"]] == [1, 2]
    assert "output" not in trace[1]
    assert "output" not in part


def test_a_trace_with_parts_can_be_stored() -> None:
    logic = context(
        entry("f", function("n", BANDS)),
        entry("r", literal("[1..2]")),
        entry("big", literal("for i in 1..100 return i")),
    )
    result = take(definitions(decision("d", logic)), "d", {"x": 7})
    assert dumps(normalise(result.trace))
