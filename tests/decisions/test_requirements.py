"""Decisions that need others, functions and boxed expressions."""

from __future__ import annotations

import pytest

from engine.decisions import parse_decisions
from engine.feel import FeelEvaluationError
from tests.decisions.models import (
    NAMESPACE,
    decision,
    definitions,
    environment,
    literal,
    requires_decision,
    requires_function,
    requires_input,
    table,
    take,
)

SCORE = decision("score", literal("customer + geography"), name="risk score")
BAND = decision(
    "band",
    table("UNIQUE", ["risk score"], ["band"], ("< 5", '"low"'), (">= 5", '"high"')),
    requires=requires_decision("score"),
)
DILIGENCE = decision(
    "diligence", literal('if band = "high" then "enhanced" else "standard"'), requires=requires_decision("band")
)
GRAPH = definitions(SCORE, BAND, DILIGENCE)


def test_required_decisions_are_taken_first_and_traced_in_order() -> None:
    result = take(GRAPH, "diligence", {"customer": 2, "geography": 3})
    assert result.value == "enhanced"
    assert [record["id"] for record in result.trace] == ["score", "band", "diligence"]
    assert result.trace[0]["output"] == 5


@pytest.mark.parametrize("spelling", ["risk_level", "Level of risk", "level"])
def test_a_required_decision_is_read_by_id_name_or_variable(spelling: str) -> None:
    required = '<decision id="risk_level" name="Level of risk"><variable name="level"/>' + literal("3") + "</decision>"
    asking = decision("d", literal(f"{spelling} + 1"), requires=requires_decision("risk_level"))
    assert take(definitions(required, asking), "d").value == 4


def test_a_decision_required_twice_is_taken_once() -> None:
    xml = definitions(
        SCORE,
        BAND,
        decision("both", literal("string(score) + band"), requires=requires_decision("score", "band")),
    )
    result = take(xml, "both", {"customer": 2, "geography": 2})
    assert result.value == "4low"
    assert [record["id"] for record in result.trace] == ["score", "band", "both"]


def test_a_decision_knows_the_variables_it_needs_from_outside() -> None:
    model = parse_decisions(GRAPH, "file.dmn")
    assert model.decisions["diligence"].inputs == {"customer", "geography"}
    assert model.decisions["diligence"].required_decisions == ("band",)


def test_a_business_knowledge_model_is_called_as_a_function() -> None:
    xml = definitions(
        '<businessKnowledgeModel id="f" name="capped"><encapsulatedLogic>'
        f'<formalParameter name="amount" typeRef="number"/>{literal("min(amount, 100)")}'
        "</encapsulatedLogic></businessKnowledgeModel>",
        decision("d", literal("capped(x) + capped(amount: 1)"), requires=requires_function("f")),
    )
    assert take(xml, "d", {"x": 500}).value == 101
    assert take(xml, "d", {"x": "not a number"}).value is None


def test_a_function_of_the_model_hides_a_built_in_one_of_the_same_name() -> None:
    xml = definitions(
        '<businessKnowledgeModel id="f" name="count"><encapsulatedLogic>'
        f'<formalParameter name="x"/>{literal("42")}</encapsulatedLogic></businessKnowledgeModel>',
        decision("d", literal("count([1])"), requires=requires_function("f")),
    )
    assert take(xml, "d").value == 42


def test_a_function_that_calls_itself_for_ever_is_stopped() -> None:
    xml = definitions(
        '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic><formalParameter name="x"/>'
        f"{literal('f(x)')}</encapsulatedLogic>{requires_function('f')}</businessKnowledgeModel>",
        decision("d", literal("f(1)"), requires=requires_function("f")),
    )
    with pytest.raises(FeelEvaluationError):
        take(xml, "d")


def test_an_input_that_does_not_fit_its_declared_type_is_null_with_a_warning() -> None:
    xml = definitions(
        '<inputData id="i" name="age"><variable name="age" typeRef="number"/></inputData>',
        decision("d", literal("age"), requires=requires_input("i")),
    )
    where = environment()
    chosen = parse_decisions(xml, "file.dmn").decisions["d"]
    assert chosen.evaluate({"age": 18}, where).value == 18
    assert chosen.evaluate({"age": "eighteen"}, where).value is None
    assert [warning.message("en") for warning in where.warnings] == [
        "A value does not fit its declared type number; it is null."
    ]


def test_a_result_outside_the_allowed_values_of_its_type_is_null() -> None:
    xml = definitions(
        '<itemDefinition name="tBand"><typeRef>string</typeRef><allowedValues>'
        '<text>"low","high"</text></allowedValues></itemDefinition>',
        decision("d", literal("x"), type_ref="tBand"),
    )
    assert take(xml, "d", {"x": "low"}).value == "low"
    assert take(xml, "d", {"x": "middle"}).value is None


@pytest.mark.parametrize(
    ("logic", "value"),
    [
        (
            f'<context><contextEntry><variable name="a b"/>{literal("1")}</contextEntry>'
            f"<contextEntry>{literal('a b + x')}</contextEntry></context>",
            3,
        ),
        (f'<context><contextEntry><variable name="a"/>{literal("x")}</contextEntry></context>', {"a": 2}),
        (f"<list>{literal('1')}{literal('x')}</list>", [1, 2]),
        (f'<relation><column name="a"/><row>{literal("1")}</row><row>{literal("x")}</row></relation>',
         [{"a": 1}, {"a": 2}]),
        (f"<conditional><if>{literal('x > 1')}</if><then>{literal('1')}</then><else>{literal('0')}</else>"
         "</conditional>", 1),
        (f'<for iteratorVariable="i"><in>{literal("[1, 2]")}</in><return>{literal("i * x")}</return></for>',
         [2, 4]),
        (f"<filter><in>{literal('[1, 2, 3]')}</in><match>{literal('item > x')}</match></filter>", [3]),
        (f"<filter><in>{literal('[{a: 1}, {a: 3}]')}</in><match>{literal('a > x')}</match></filter>",
         [{"a": 3}]),
        (f'<every iteratorVariable="i"><in>{literal("[3]")}</in><satisfies>{literal("i > x")}</satisfies>'
         "</every>", True),
        (f'<invocation>{literal("abs")}<binding><parameter name="n"/>{literal("-x")}</binding></invocation>', 2),
    ],
)  # fmt: skip
def test_boxed_expressions_mean_what_the_standard_says(logic: str, value: object) -> None:
    assert take(definitions(decision("d", logic)), "d", {"x": 2}).value == value


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        NAMESPACE,
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_version_from_1_1_to_1_5_is_read(namespace: str) -> None:
    assert take(definitions(decision("d", literal("1 + 1")), namespace=namespace), "d").value == 2


def test_instance_of_knows_the_types_the_model_declares() -> None:
    xml = definitions(
        '<itemDefinition name="tOwner"><itemComponent name="share"><typeRef>number</typeRef></itemComponent>'
        '</itemDefinition><itemDefinition name="tOwners" isCollection="true"><typeRef>tOwner</typeRef>'
        "</itemDefinition>",
        decision("d", literal("x instance of tOwners")),
    )
    assert take(xml, "d", {"x": [{"share": 5}]}).value is True
    assert take(xml, "d", {"x": [{"share": "much"}]}).value is False
    assert take(xml, "d", {"x": [{}]}).value is False


def test_a_decision_without_logic_is_null_with_a_warning() -> None:
    where = environment()
    model = parse_decisions(definitions(decision("open", "", name="still open")), "file.dmn")
    assert model.decisions["open"].evaluate({}, where).value is None
    (warning,) = where.warnings
    assert warning.message("en") == "The decision still open has no logic; its value is null."
    assert warning.message("zh") == "决策 still open 没有决策逻辑，其值按 null 处理。"
