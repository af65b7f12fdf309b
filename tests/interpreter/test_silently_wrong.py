"""What SpiffWorkflow 3.2.0 runs wrongly without a word, or refuses without a readable one.

One row per construct: refused here with the element, the reason and what to draw instead, in both
languages. What is carried out rightly instead is in `test_flow.py`, `test_waits.py` and at the end of this file.
"""

from __future__ import annotations

import re

import pytest

from engine.interpreter import DiagramRefused, parse_diagram
from engine.model.errors import Problem
from tests.interpreter.diagrams import (
    HEAD,
    awaited,
    boundary,
    call,
    catch,
    choosing,
    document,
    each,
    element,
    end,
    error,
    flow,
    gateway,
    guarded,
    job,
    message,
    path,
    process,
    script,
    start,
    straight,
    sub,
    thrown,
    timer,
    user,
)
from tests.interpreter.driving import Drive, program


def problems(xml: bytes) -> list[Problem]:
    with pytest.raises(DiagramRefused) as refused:
        parse_diagram(xml, "test.bpmn")
    return list(refused.value.problems)


DEFINITIONS = message("M", "m") + message("K", "k", "") + error("E", "C") + error("N", "")


def around(part: str) -> bytes:
    """A process whose one step is `part`."""
    return straight(part, beside=DEFINITIONS)


def event(tag: str, definition: str, **attributes: str) -> str:
    return element(tag, "x", "", definition, **attributes)


def hosted(definition: str, *, interrupting: bool = True) -> bytes:
    """A user task with a boundary event `x`."""
    event_ = boundary("x", "u", definition, interrupting=interrupting)
    return guarded(user("u"), event_, beside=DEFINITIONS)


SIGNAL = "<bpmn:signalEventDefinition/>"
ESCALATION = "<bpmn:escalationEventDefinition/>"
CONDITIONAL = "<bpmn:conditionalEventDefinition><bpmn:condition>=x</bpmn:condition></bpmn:conditionalEventDefinition>"
COMPENSATE = "<bpmn:compensateEventDefinition/>"
LINK = '<bpmn:linkEventDefinition name="l"/>'
INNER = start("s2") + end("e2") + path("s2", "e2")

CHINESE = re.compile("[\u4e00-\u9fff]")

REFUSED = {
    "event sub-process": (around(element("subProcess", "x", "", INNER, triggeredByEvent="true")), "x"),
    "ad hoc sub-process": (around(element("adHocSubProcess", "x", "", INNER)), "x"),
    "transaction": (around(element("transaction", "x", "", INNER)), "x"),
    "complex gateway": (around(gateway("complex", "x")), "x"),
    "signal end event": (around(event("endEvent", SIGNAL)), "x"),
    "signal throw event": (around(event("intermediateThrowEvent", SIGNAL)), "x"),
    "signal boundary event": (hosted(SIGNAL), "x"),
    "escalation throw event": (around(event("intermediateThrowEvent", ESCALATION)), "x"),
    "escalation boundary event": (hosted(ESCALATION), "x"),
    "conditional catch event": (around(catch("x", CONDITIONAL)), "x"),
    "conditional boundary event": (hosted(CONDITIONAL), "x"),
    "compensation throw event": (around(event("intermediateThrowEvent", COMPENSATE)), "x"),
    "compensation boundary event": (hosted(COMPENSATE), "x"),
    "compensation activity": (around(element("task", "x", isForCompensation="true")), "x"),
    "link throw event": (around(event("intermediateThrowEvent", LINK)), "x"),
    "cancel end event": (around(event("endEvent", "<bpmn:cancelEventDefinition/>")), "x"),
    "message throw event without a job": (around(event("intermediateThrowEvent", awaited("M"))), "x"),
    "message end event without a job": (around(event("endEvent", awaited("M"))), "x"),
    "event with several definitions": (around(catch("x", timer("PT1H") + awaited("M"))), "x"),
    "shared event definition": (around(catch("x", "<bpmn:eventDefinitionRef>t</bpmn:eventDefinitionRef>")), "x"),
    "catch event without definition": (around(catch("x", "")), "x"),
    "receive task without a message": (around(element("receiveTask", "x")), "x"),
    "receive task that starts": (around(element("receiveTask", "x", messageRef="M", instantiate="true")), "x"),
    "message without correlation key": (around(catch("x", awaited("K"))), "x"),
    "condition on a flow that leaves an activity": (
        document(process("p", start(), user("u"), end(), path("s", "u"), flow("u", "e", "=ok", "x"))),
        "x",
    ),
    "default flow of an activity": (around(element("task", "x", default="x-e")), "x"),
    "gateway flow without condition": (
        document(
            process(
                "p",
                start(),
                gateway("exclusive", "g"),
                end(),
                path("s", "g"),
                flow("g", "e", id_="x"),
                flow("g", "e", "=ok", "y"),
            )
        ),
        "x",
    ),
    "condition that is no expression": (
        document(
            process("p", start(), gateway("exclusive", "g"), end(), path("s", "g"), flow("g", "e", "a == 1", "x"))
        ),
        "x",
    ),
    "start quantity": (around(element("task", "x", startQuantity="2")), "x"),
    "completion quantity": (around(element("task", "x", completionQuantity="2")), "x"),
    "standard loop": (around(element("task", "x", "", "<bpmn:standardLoopCharacteristics/>")), "x"),
    "multi-instance behaviour": (
        around(
            user("x", body=each("=l").replace("isSequential", 'behavior="One" noneBehaviorEventRef="n" isSequential'))
        ).replace(b' noneBehaviorEventRef="n"', b""),
        "x",
    ),
    "multi-instance cardinality": (
        around(
            user(
                "x",
                body="<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality>"
                "</bpmn:multiInstanceLoopCharacteristics>",
            )
        ),
        "x",
    ),
    "multi-instance without collection": (around(user("x", body="<bpmn:multiInstanceLoopCharacteristics/>")), "x"),
    "plain script": (
        around(element("scriptTask", "x", "", "<bpmn:script>import os</bpmn:script>", scriptFormat="python")),
        "x",
    ),
    "service task without job type": (around(element("serviceTask", "x")), "x"),
    "business rule task without decision": (around(element("businessRuleTask", "x")), "x"),
    "call activity without callee": (around(element("callActivity", "x")), "x"),
    "input and output specification": (
        around(
            element(
                "task", "x", "", '<bpmn:ioSpecification id="i"><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification>'
            )
        ),
        "x",
    ),
    "cycle timer on an interrupting boundary event": (hosted(timer("R3/PT1H", "timeCycle")), "x"),
    "cycle timer inside the flow": (around(catch("x", timer("R3/PT1H", "timeCycle"))), "x"),
    "timer without a time": (around(catch("x", "<bpmn:timerEventDefinition/>")), "x"),
    "start timer with a duration": (
        document(process("p", element("startEvent", "x", "", timer("PT1H")), end(), path("x", "e"))),
        "x",
    ),
    "non-interrupting error": (hosted(thrown("E"), interrupting=False), "x"),
    "error end event without code": (around(event("endEvent", thrown("N"))), "x"),
    "process without start event": (document(process("x", element("task", "t"), end(), path("t", "e"))), "x"),
    "element nothing leads to": (document(process("p", start(), element("task", "x"), end(), path("s", "e"))), "x"),
    "event-based gateway to a task": (
        document(
            process(
                "p",
                start(),
                gateway("eventBased", "x"),
                catch("t", timer("PT1H")),
                user("u"),
                end(),
                path("s", "x", "t", "e"),
                path("x", "u", "e"),
            )
        ),
        "x",
    ),
    "nested lanes": (
        document(
            process(
                "p",
                '<bpmn:laneSet id="ls"><bpmn:lane id="x" name="a"><bpmn:flowNodeRef>s</bpmn:flowNodeRef>'
                '<bpmn:childLaneSet id="c">'
                '<bpmn:lane id="y" name="b"/></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>',
                start(),
                end(),
                path("s", "e"),
            )
        ),
        "x",
    ),
    "unknown Zeebe extension": (around(element("task", "x", "<zeebe:executionListeners/>")), "x"),
    "FEEL that does not parse": (around(script("x", "=1 +", "n")), "x"),
    "Python instead of FEEL": (around(script("x", "=().__class__.__mro__[1]", "n")), "x"),
    "condition in another language": (
        document(
            process("p", start(), gateway("exclusive", "g"), end(), path("s", "g"), flow("g", "e", "=a", "x"))
        ).replace(
            b"<bpmn:conditionExpression",
            b'<bpmn:conditionExpression id="own" xsi:type="bpmn:tFormalExpression" language="python"',
        ),
        "x",
    ),
    "timer in another language": (
        around(catch("x", timer("PT1H"))).replace(
            b"<bpmn:timeDuration", b'<bpmn:timeDuration xsi:type="bpmn:tFormalExpression" language="javascript"'
        ),
        "x",
    ),
    "file of expressions in another language": (
        around(user("x")).replace(b"targetNamespace", b'expressionLanguage="http://www.mvel.org/2.0" targetNamespace'),
        "test.bpmn",
    ),
    "nothing executable": (
        document(process("p", start(), end(), path("s", "e"))).replace(b"true", b"false"),
        "test.bpmn",
    ),
}


@pytest.mark.parametrize("construct", REFUSED)
def test_what_would_run_wrongly_is_refused_with_the_element_the_reason_and_a_remedy(construct: str) -> None:
    xml, id_ = REFUSED[construct]
    found = [problem for problem in problems(xml) if problem.element == id_]
    assert found, problems(xml)
    for problem in found:
        assert not CHINESE.search(problem.reason_en)
        assert CHINESE.search(problem.reason_zh)
        assert problem.remedy_en
        assert problem.remedy_zh


@pytest.mark.parametrize("name", ["feel", "FEEL", "https://www.omg.org/spec/DMN/20191111/FEEL/"])
def test_expressions_may_say_that_they_are_feel(name: str) -> None:
    xml = document(
        process("p", start(), gateway("exclusive", "g"), end(), path("s", "g"), flow("g", "e", "=true"))
    ).replace(
        b"<bpmn:conditionExpression",
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression" language="{name}"'.encode(),
    )
    said = xml.replace(b"targetNamespace", f'expressionLanguage="{name}" targetNamespace'.encode())
    assert Drive(said).finished


def test_a_file_may_repeat_the_default_of_bpmns_schema_since_it_says_nothing_by_it() -> None:
    xml = document(process("p", start(), end(), path("s", "e")))
    repeated = b'expressionLanguage="http://www.w3.org/1999/XPath" targetNamespace'
    assert Drive(xml.replace(b"targetNamespace", repeated)).finished


def test_all_problems_of_a_diagram_are_told_at_once() -> None:
    xml = straight(element("serviceTask", "a"), gateway("complex", "b"))
    assert {problem.element for problem in problems(xml)} >= {"a", "b"}


@pytest.mark.parametrize(
    "xml",
    [
        b"<bpmn:definitions",
        b"",
        b"<html/>",
        b'<!DOCTYPE x [<!ENTITY a "b">]>' + document(process("p", start(), end(), path("s", "e"))),
        document(process("p", start(), end(), path("s", "nowhere"))),
        document(process("p", start(), start())),
        HEAD.encode() + b"<bpmn:nonsense/></bpmn:definitions>",
        b" " * (5 * 1024 * 1024 + 1),
        HEAD.encode()
        + b"<bpmn:extensionElements>"
        + b"<a>" * 70
        + b"</a>" * 70
        + b"</bpmn:extensionElements></bpmn:definitions>",
    ],
)
def test_a_file_that_is_not_plain_valid_bpmn_is_refused_readably(xml: bytes) -> None:
    for problem in problems(xml):
        assert problem.reason_en
        assert problem.reason_zh


def test_an_external_entity_is_not_read() -> None:
    xml = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + document(
        "<bpmn:documentation>&a;</bpmn:documentation>"
    )
    assert "DTD" in problems(xml)[0].reason_zh


@pytest.mark.parametrize("id_", ["End", "Start", "p.EndJoin", "x.BoundaryEventSplit", "root"])
def test_no_id_collides_with_the_library(id_: str) -> None:
    xml = guarded(user(id_), boundary("b", id_, timer("PT1H")))
    case = Drive(xml)
    assert not case.live.ended
    assert case.done(id_).finished


def test_an_extension_elements_id_may_equal_a_tasks_id() -> None:
    xml = straight(element("userTask", "u", '<zeebe:properties id="x"/>'), element("task", "y"))
    assert Drive(xml).done("u").finished


def test_a_timer_on_a_multi_instance_sub_process_cancels_its_children() -> None:
    inside = sub("sp", start("s2"), job("w"), end("e2"), path("s2", "w", "e2"), loop=each("=[1, 2, 3]"))
    xml = guarded(inside, boundary("b", "sp", timer("PT1H")))
    assert Drive(xml).done("w").pass_by(hours=1).finished


def test_a_gateway_reads_variables_not_names_of_the_engine() -> None:
    assert Drive(choosing('=typename = "x"'), {"typename": "x", "lane_owners": {}}).done("a").finished


def test_lists_are_kept_as_they_are_through_loops_and_joins() -> None:
    xml = document(
        process(
            "p",
            start(),
            gateway("exclusive", "m"),
            gateway("parallel", "f"),
            script("a", "=append(l, 1)", "l"),
            user("u"),
            gateway("parallel", "j"),
            gateway("exclusive", "g", "d"),
            end(),
            path("s", "m", "f", "a", "j", "g"),
            path("f", "u", "j"),
            flow("g", "m", "=count(l) < 3"),
            flow("g", "e", id_="d"),
        )
    )
    case = Drive(xml, {"l": []})
    for _ in range(3):
        case.done("u")
    assert case.finished
    assert case.variables == {"l": [1, 1, 1]}


def test_lanes_pictures_and_message_flows_are_drawing() -> None:
    xml = document(
        '<bpmn:collaboration id="c"><bpmn:participant id="a" processRef="p"/><bpmn:participant id="b"/>'
        '<bpmn:messageFlow id="mf" sourceRef="u" targetRef="b"/></bpmn:collaboration>',
        process(
            "p",
            '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="客户经理">'
            "<bpmn:flowNodeRef>u</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>",
            start(),
            user("u"),
            end(),
            path("s", "u", "e"),
            '<bpmn:textAnnotation id="t"/>',
        ),
    )
    model = parse_diagram(xml, "test.bpmn").processes["p"]
    assert model.elements["u"].lane == "客户经理"
    assert model.lanes == ("客户经理",)


def test_pictures_of_data_are_drawing_even_without_what_they_refer_to() -> None:
    association = (
        '<bpmn:property id="pr" name="__targetRef_placeholder"/><bpmn:dataInputAssociation id="a">'
        "<bpmn:sourceRef>d</bpmn:sourceRef><bpmn:targetRef>pr</bpmn:targetRef></bpmn:dataInputAssociation>"
    )
    data = '<bpmn:dataObjectReference id="d"/>'
    case = Drive(document(process("p", start(), user("u", body=association), end(), path("s", "u", "e"), data)))
    assert case.done("u").finished


def test_a_data_association_that_assigns_is_refused() -> None:
    association = (
        '<bpmn:property id="pr"/><bpmn:dataInputAssociation id="a"><bpmn:sourceRef>d</bpmn:sourceRef>'
        "<bpmn:targetRef>pr</bpmn:targetRef><bpmn:assignment><bpmn:from>1</bpmn:from><bpmn:to>2</bpmn:to>"
        "</bpmn:assignment></bpmn:dataInputAssociation>"
    )
    xml = document(
        process(
            "p", start(), user("x", body=association), end(), path("s", "x", "e"), '<bpmn:dataObjectReference id="d"/>'
        )
    )
    assert "x" in {problem.element for problem in problems(xml)}


def test_an_extension_of_camunda_seven_is_refused() -> None:
    xml = around(element("task", "x", '<c:in xmlns:c="http://camunda.org/schema/1.0/bpmn" source="a" target="b"/>'))
    assert [problem.element for problem in problems(xml)] == ["x"]


def test_processes_that_call_each_other_without_end_are_refused() -> None:
    xml = document(
        process("p", start(), call("ca", "q"), end(), path("s", "ca", "e")),
        process("q", start("s2"), call("cb", "p"), end("e2"), path("s2", "cb", "e2")),
    )
    with pytest.raises(DiagramRefused) as refused:
        program(xml)
    assert [problem.element for problem in refused.value.problems] == ["cb"]


def test_an_element_in_two_lanes_is_refused() -> None:
    lanes = "".join(
        f'<bpmn:lane id="{id_}" name="{id_}"><bpmn:flowNodeRef>x</bpmn:flowNodeRef></bpmn:lane>' for id_ in ("l1", "l2")
    )
    drawn = f'<bpmn:laneSet id="ls">{lanes}</bpmn:laneSet>'
    xml = document(process("p", drawn, start(), user("x"), end(), path("s", "x", "e")))
    assert [problem.element for problem in problems(xml)] == ["x"]


def test_a_sub_process_without_exactly_one_plain_start_is_refused() -> None:
    assert "x" in {problem.element for problem in problems(around(sub("x", user("u"), end("e2"), path("u", "e2"))))}
    two = start("a") + start("b") + end("e2") + path("a", "e2") + path("b", "e2")
    assert "x" in {problem.element for problem in problems(around(sub("x", two)))}
