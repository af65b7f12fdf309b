"""Files that are not accepted, and what their author is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decisions import DecisionRefused, parse_decisions
from engine.decisions.boxed import MAX_PROBLEMS
from engine.decisions.document import MAX_BYTES
from engine.feel import FeelEvaluationError
from engine.feel.errors import StepBudgetSpent
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
)


def refusal(xml: bytes) -> DecisionRefused:
    with pytest.raises(DecisionRefused) as caught:
        parse_decisions(xml, "file.dmn")
    return caught.value


BOMB = (
    f'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><definitions xmlns="{NAMESPACE}" name="&b;"/>'
).encode()


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<definitions",
        b"<html/>",
        b'<definitions xmlns="urn:something-else"/>',
        BOMB,
        f'<!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions xmlns="{NAMESPACE}"/>'.encode(),
    ],
)
def test_what_is_not_plain_dmn_is_refused(xml: bytes) -> None:
    assert refusal(xml).problems[0].element == "file.dmn"


def test_a_file_larger_than_any_table_is_refused() -> None:
    assert str(MAX_BYTES) in refusal(b" " * (MAX_BYTES + 1)).message("en")


@pytest.mark.parametrize(
    ("xml", "element", "reason"),
    [
        (definitions(decision("d", literal("1 +"))), "d", "not FEEL"),
        (definitions(decision("d", table("UNIQUE", ["x"], ["y"], ("1 1", "1")))), "rule1", "not FEEL"),
        (definitions(decision("d", table("UNIQUE", ["x"], ["y"], ("1", "")), requires=requires_decision("z"))),
         "d", "not in this file"),
        (definitions(decision("d", literal("1"), requires=requires_function("nowhere"))), "d", "not in this file"),
        (definitions(decision("a", literal("b"), requires=requires_decision("b")),
                     decision("b", literal("a"), requires=requires_decision("a"))), "a", "requires itself"),
        (definitions(decision("d", literal("1")), decision("d", literal("2"))), "d", "twice"),
        (definitions(decision("d", table("PRIORITY", ["x"], ["y"], ("1", "1")))), "d", "output values"),
        (definitions(decision("d", table("BEST", ["x"], ["y"], ("1", "1")))), "d", "no hit policy BEST"),
        (definitions(decision("d", table("UNIQUE", ["x"], ["y"], ("1",)))), "rule1", "one cell per column"),
        (definitions(decision("d", table("COLLECT", ["x"], ["y", "z"], ("1", "1", "1"), aggregation="SUM"))),
         "d", "aggregated"),
        (definitions(decision("d", '<literalExpression expressionLanguage="java"><text>1</text>'
                                   "</literalExpression>")), "d", "not supported"),
        (definitions('<import name="other" namespace="urn:x" importType="dmn"/>'), "other", "Only DMN models"),
        (definitions(decision("d", "<literalExpression><importedValues/></literalExpression>")),
         "d", "Imported values are not supported"),
        (definitions(decision("d", literal("1"), type_ref="tNothing")), "d", "no type tNothing"),
        (definitions(decision("d", literal("1"), name="a"), decision("e", literal("2"), name="a")),
         "e", "The name a is used twice"),
        (definitions("<decision/>"), "decision", "neither id nor name"),
        (definitions(decision("d", '<context><contextEntry><variable name=""/></contextEntry></context>')),
         "d", "A part has no name"),
        (definitions(decision("d", '<context><contextEntry><variable name="a"/></contextEntry>'
                                   '<contextEntry><variable name="a"/></contextEntry></context>')),
         "d", "two entries named a"),
        (definitions(decision("d", '<functionDefinition><formalParameter name="a"/><formalParameter name="a"/>'
                                   "</functionDefinition>")), "d", "Two parameters have the same name"),
        (definitions(decision("d", "<relation><column/></relation>")), "d", "A part has no name"),
        (definitions(decision("d", '<relation><column name="a"/><row/></relation>')), "d", "one cell per column"),
        (definitions(decision("d", "<conditional/>")), "d", "“if” is missing"),
        (definitions(decision("d", table("UNIQUE", ["x"], ["y", "y"], ("1", "1", "1")))),
         "d", "Two output columns have the same name"),
        (definitions(decision("d", table("PRIORITY", ["x"], [("y", "for i in 1..10**9 return i", "")], ("1", "1")))),
         "d", "more than"),
        (definitions('<decisionService id="s" name="s"/>'), "s", "no output decision"),
        (definitions(decision("a", literal("1")), decision("b", literal("1"), name="a ")
                     .replace('name="a "', 'name="b"').replace("<literal", '<variable name="a"/><literal', 1),
                     decision("d", literal("a"), requires=requires_decision("a", "b"))),
         "d", "two elements named a"),
        (definitions('<itemDefinition name="t"><typeRef>u</typeRef></itemDefinition>'
                     '<itemDefinition name="u"><typeRef>t</typeRef></itemDefinition>'), "t", "based on itself"),
        (definitions('<itemDefinition name="t"/><itemDefinition name="t"/>'), "t", "declared twice"),
        (definitions("<itemDefinition/>"), "itemDefinition", "has no name"),
        (definitions('<itemDefinition name="t"><typeRef>nothing</typeRef></itemDefinition>'), "t", "no type nothing"),
        (definitions('<itemDefinition name="t"><typeRef>number</typeRef><allowedValues><text>1 +</text>'
                     "</allowedValues></itemDefinition>"), "t", "not FEEL"),
        (definitions(decision("d", "<context><contextEntry>" * 40 + literal("1")
                              + "</contextEntry></context>" * 40)), "d", "nested too deeply"),
    ],
)  # fmt: skip
def test_a_problem_names_the_element_the_reason_and_both_languages(xml: bytes, element: str, reason: str) -> None:
    problems = refusal(xml).problems
    assert element in [problem.element for problem in problems]
    assert reason in problems[0].reason_en
    assert problems[0].reason_zh


def test_elements_nested_ten_thousand_deep_are_refused_while_reading() -> None:
    deep = "<context><contextEntry>" * 10_000 + literal("1") + "</contextEntry></context>" * 10_000
    assert "nested too deeply" in refusal(definitions(decision("d", deep))).message("en")


def test_entities_within_entities_are_never_expanded() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    inside = decision("d", "<literalExpression><text>&e11;</text></literalExpression>").encode()
    bomb = f'<!DOCTYPE d [<!ENTITY e0 "aaaaaaaaaa">{entities}]>'.encode() + definitions(inside.decode())
    assert refusal(bomb).problems[0].element == "file.dmn"


def test_no_more_problems_are_listed_than_anybody_reads() -> None:
    wrong = [decision(f"d{n}", literal("1 +")) for n in range(MAX_PROBLEMS + 50)]
    assert len(refusal(definitions(*wrong)).problems) == MAX_PROBLEMS


def test_ten_thousand_names_made_of_the_same_words_are_refused() -> None:
    inputs = [f'<inputData id="i{n}" name="a-b{"+" * (n % 90)}{"-" * (n // 90)}"/>' for n in range(9_000)]
    texts = [decision(f"d{n}", literal("a-b")) for n in range(60)]
    assert "made of the same words" in refusal(definitions(*inputs, *texts)).message("en")


@pytest.mark.parametrize(
    "name", ["Grade “A”", "年龄（岁）", "🐎", "a\u202eb", "d'âge", "x/y", "5%", "in", "a  b", "null"]
)
def test_an_input_of_any_name_is_read_in_backticks(name: str) -> None:
    xml = definitions(
        f'<inputData id="i" name="{name}"/>', decision("d", literal(f"`{name}` + 1"), requires=requires_input("i"))
    )
    assert parse_decisions(xml, "file.dmn").decisions["d"].evaluate({name: 1}, environment()).value == 2


def test_a_name_with_a_quotation_mark_spoils_no_other_text() -> None:
    xml = definitions('<inputData id="i" name=\'Grade "\'/>', decision("d", literal('"a" + "b"')))
    assert parse_decisions(xml, "file.dmn").decisions["d"].evaluate({}, environment()).value == "ab"


def test_what_a_modeller_adds_for_itself_is_passed_over() -> None:
    extra = (
        '<extensionElements><x xmlns="urn:x"><decision/></x></extensionElements><description>text</description>'
        "<question>Which?</question><allowedAnswers>1, 2</allowedAnswers>"
    )
    drawing = '<d:DMNDI xmlns:d="https://www.omg.org/spec/DMN/20191111/DMNDI/"><d:DMNDiagram/></d:DMNDI>'
    xml = definitions(decision("d", extra + literal("1")), '<knowledgeSource id="k" name="Law"/>', drawing)
    assert parse_decisions(xml, "file.dmn").decisions["d"].evaluate({}, environment()).value == 1


@pytest.mark.parametrize("orientation", ["Rule-as-Row", "Rule-as-Column", "CrossTable"])
def test_the_drawing_of_a_table_does_not_change_its_meaning(orientation: str) -> None:
    logic = table("UNIQUE", ["x"], ["y"], ("1", "2"))
    logic = logic.replace("<decisionTable ", f'<decisionTable preferredOrientation="{orientation}" ')
    chosen = parse_decisions(definitions(decision("d", logic)), "file.dmn").decisions["d"]
    assert chosen.evaluate({"x": 1}, environment()).value == 2


def circular(*ids: str) -> bytes:
    """Functions that call the next one, for ever."""
    functions = [
        f'<businessKnowledgeModel id="{id_}" name="{id_}"><encapsulatedLogic><formalParameter name="x"/>'
        f'<invocation>{literal(following)}<binding><parameter name="x"/>{literal("x")}</binding></invocation>'
        f"</encapsulatedLogic>{requires_function(following)}</businessKnowledgeModel>"
        for id_, following in zip(ids, [*ids[1:], ids[0]], strict=True)
    ]
    call = f'<invocation>{literal(ids[0])}<binding><parameter name="x"/>{literal("1")}</binding></invocation>'
    return definitions(*functions, decision("d", call, requires=requires_function(ids[0])))


@pytest.mark.parametrize("xml", [circular("f"), circular("f", "g"), circular("f", "g", "h")])
def test_functions_that_call_each_other_for_ever_are_stopped(xml: bytes) -> None:
    with pytest.raises(FeelEvaluationError):
        parse_decisions(xml, "file.dmn").decisions["d"].evaluate({}, environment())


def test_functions_that_call_themselves_twice_are_stopped() -> None:
    xml = definitions(
        '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic><formalParameter name="x"/>'
        f"<list>{literal('if x > 18 then 1 else f(x + 1)') * 2}</list></encapsulatedLogic>{requires_function('f')}"
        "</businessKnowledgeModel>",
        decision("d", literal("f(1)"), requires=requires_function("f")),
    )
    with pytest.raises(StepBudgetSpent):
        parse_decisions(xml, "file.dmn").decisions["d"].evaluate({}, environment())


def test_a_thousand_decisions_in_a_row_are_taken() -> None:
    chain = [decision("d0", literal("0"))]
    chain += [
        decision(f"d{n}", literal(f"d{n - 1} + 1"), requires=requires_decision(f"d{n - 1}")) for n in range(1, 1_000)
    ]
    result = parse_decisions(definitions(*chain), "file.dmn").decisions["d999"].evaluate({}, environment())
    assert (result.value, len(result.trace)) == (999, 1_000)


def test_decisions_that_each_require_the_two_before_are_taken_once() -> None:
    ladder = [decision("d0", literal("0")), decision("d1", literal("1"))]
    ladder += [
        decision(f"d{n}", literal("1"), requires=requires_decision(f"d{n - 1}", f"d{n - 2}")) for n in range(2, 200)
    ]
    chosen = parse_decisions(definitions(*ladder), "file.dmn").decisions["d199"]
    assert len(chosen.evaluate({}, environment()).trace) == 200
    assert chosen.inputs == frozenset()


def test_all_problems_of_a_file_are_said_at_once() -> None:
    rules = [("< (", "1"), ("-", "+")]
    problems = refusal(definitions(decision("d", table("UNIQUE", ["x"], ["y"], *rules)))).problems
    assert [problem.element for problem in problems] == ["rule1", "rule2"]


def is_read(xml: bytes) -> bool:
    try:
        parse_decisions(xml, "file.dmn")
    except DecisionRefused:
        return False
    return True


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert not is_read(data)
    inside = b'<definitions xmlns="' + NAMESPACE.encode() + b'">' + data + b"</definitions>"
    assert is_read(inside) is is_read(inside)
