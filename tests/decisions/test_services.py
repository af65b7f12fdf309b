"""Decision services: a part of a model called as a function."""

from __future__ import annotations

from typing import Any

import pytest

from engine.decisions import parse_decisions
from engine.feel import Unsuitable
from tests.decisions.models import (
    decision,
    definitions,
    environment,
    literal,
    requires_decision,
    requires_function,
    requires_input,
    take,
)


def service(outputs: str, decisions: str = "", inputs: str = "", type_ref: str = "") -> str:
    """The service `s`; arguments are ids."""
    parts = [f'<variable name="s" typeRef="{type_ref}"/>' if type_ref else ""]
    parts += [f'<outputDecision href="#{id_}"/>' for id_ in outputs.split()]
    parts += [f'<inputDecision href="#{id_}"/>' for id_ in decisions.split()]
    parts += [f'<inputData href="#{id_}"/>' for id_ in inputs.split()]
    return f'<decisionService id="s" name="s">{"".join(parts)}</decisionService>'


AGE = '<inputData id="age" name="age"><variable name="age" typeRef="number"/></inputData>'
SCORE = decision("score", literal("age * 100"), requires=requires_input("age"), type_ref="number")
HALF = decision("half", literal("score / 2"), requires=requires_decision("score"))
SUM = decision(
    "total", literal("string(half) + string(age)"), requires=requires_decision("half") + requires_input("age")
)
ELEMENTS = (AGE, SCORE, HALF, SUM)


def calling(text: str, *services: str) -> Any:
    xml = definitions(*ELEMENTS, *services, decision("d", literal(text), requires=requires_function("s")))
    return take(xml, "d", {"age": 1}).value


@pytest.mark.parametrize(
    ("made", "text", "value"),
    [
        (service("score", inputs="age"), "s(3)", 300),
        (service("score", inputs="age"), "s(age: 3)", 300),
        (service("half", decisions="score"), "s(10)", 5),
        (service("total", decisions="score", inputs="age"), "s(7, 10)", "57"),
        (service("total", decisions="score", inputs="age"), "s(score: 10, age: 7)", "57"),
        (service("half score", inputs="age"), "s(2)", {"half": 100, "score": 200}),
        (service("half score", inputs="age"), "s(2).half", 100),
        (service("half", inputs="age", type_ref="string"), "s(2)", None),
        (service("half", decisions="score"), "s()", None),
        (service("half", decisions="score"), "s(1, 2)", None),
        (service("half", decisions="score"), "s(other: 1)", None),
        (service("half", decisions="score"), 's("ten")', None),
        (service("half"), "s()", None),
    ],
)
def test_a_service_is_called_by_position_inputs_first_or_by_name(made: str, text: str, value: object) -> None:
    assert calling(text, made) == value


def test_a_service_is_called_by_a_boxed_invocation() -> None:
    logic = f'<invocation>{literal("s")}<binding><parameter name="age"/>{literal("3")}</binding></invocation>'
    xml = definitions(*ELEMENTS, service("score", inputs="age"), decision("d", logic, requires=requires_function("s")))
    assert take(xml, "d").value == 300


def test_what_a_service_is_given_changes_nothing_outside_of_it() -> None:
    xml = definitions(
        *ELEMENTS,
        service("half", decisions="score"),
        decision(
            "d", literal("[score, s(10), half]"),
            requires=requires_decision("score", "half") + requires_function("s"),
        ),
    )  # fmt: skip
    assert take(xml, "d", {"age": 1}).value == [100, 5, 50]


def test_a_given_decision_is_not_taken() -> None:
    xml = definitions(
        *ELEMENTS, service("half", decisions="score"), decision("d", literal("s(10)"), requires=requires_function("s"))
    )
    (record,) = take(xml, "d").trace
    (part,) = record["parts"]
    assert (part["name"], [taken["id"] for taken in part["decisions"]]) == ("s", ["half"])


def test_services_and_functions_are_called_from_outside_by_name() -> None:
    function = (
        '<businessKnowledgeModel id="f" name="capped"><encapsulatedLogic><formalParameter name="x" typeRef="number"/>'
        f"{literal('min(x, 100)')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    model = parse_decisions(definitions(*ELEMENTS, service("half", decisions="score"), function), "file.dmn")
    assert model.invoke("s", {"score": 10}, environment()) == 5
    assert model.invoke("capped", {"x": 500}, environment()) == 100
    assert model.invoke("capped", {}, environment()) is None
    with pytest.raises(Unsuitable):
        model.invoke("capped", {"x": "much"}, environment())
    with pytest.raises(KeyError):
        model.invoke("nothing", {}, environment())


def test_a_call_from_outside_is_traced() -> None:
    model = parse_decisions(definitions(*ELEMENTS, service("half", decisions="score")), "file.dmn")
    trace: list[dict[str, Any]] = []
    model.invoke("s", {"score": 10}, environment(), trace)
    (record,) = trace
    assert (record["name"], record["output"]) == ("s", 5)
    assert [taken["id"] for taken in record["parts"][0]["decisions"]] == ["half"]
