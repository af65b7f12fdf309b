"""Tokens through gateways, sub-processes, calls and multi-instance activities."""

from __future__ import annotations

import pytest

from engine.decisions import parse_decisions
from engine.interpreter import DiagramRefused
from engine.model.events import DecisionEvaluated, ElementEntered, FlowTaken
from tests.interpreter.diagrams import (
    boundary,
    call,
    choosing,
    document,
    each,
    element,
    end,
    error,
    flow,
    gateway,
    job,
    path,
    process,
    rule,
    script,
    start,
    straight,
    sub,
    thrown,
    user,
)
from tests.interpreter.driving import Drive, program


@pytest.mark.parametrize("loop", ["", each("=[1, 2]", "item")])
def test_a_called_process_has_the_business_key_whatever_else_it_is_given(loop: str) -> None:
    xml = document(
        process("p", start(), call("c", "middle", parent=False, child=False, loop=loop), end(), path("s", "c", "e")),
        process("middle", start("s2"), call("d", "inner", parent=False), end("e2"), path("s2", "d", "e2")),
        process(
            "inner",
            start("s3"),
            script("x", "=[business_key, other]", "seen"),
            user("u"),
            end("e3"),
            path("s3", "x", "u", "e3"),
        ),
    )
    case = Drive(xml, {"other": 1})
    for number in [event.number for event in case.waits.values()]:
        assert dict(case.live.job_variables(number))["seen"] == ["AO-1", None]
        case.done("u")
    assert case.finished
    assert case.variables == {"other": 1}


def test_parallel_branches_share_their_variables_and_nothing_is_lost_at_the_join() -> None:
    xml = document(
        process(
            "p",
            start(),
            gateway("parallel", "f"),
            job("a"),
            job("b"),
            script("c", "=append(l, 3)", "l"),
            gateway("parallel", "j"),
            end(),
            path("s", "f", "a", "j", "e"),
            path("f", "b", "j"),
            path("f", "c", "j"),
        )
    )
    case = Drive(xml, {"risk": "LOW", "l": [1, 2]}).done("a", {"risk": "HIGH"}).done("b", {"l": [9]})
    assert case.finished
    assert case.variables == {"risk": "HIGH", "l": [9]}


def test_an_exclusive_gateway_takes_the_first_flow_that_holds_else_the_default() -> None:
    xml = document(
        process(
            "p",
            start(),
            gateway("exclusive", "g", "d"),
            job("a"),
            job("b"),
            end(),
            path("s", "g"),
            flow("g", "a", "=score > 10"),
            flow("g", "b", id_="d"),
            path("a", "e"),
            path("b", "e"),
        )
    )
    assert Drive(xml, {"score": 11}).done("a").finished
    assert Drive(xml, {"score": 1}).done("b").finished


def test_a_condition_that_is_neither_true_nor_false_is_an_incident_and_can_be_resolved() -> None:
    case = Drive(choosing("=score > 10"), {"score": "many"})
    assert [incident.element for incident in case.incidents.values()] == ["g"]
    assert case.resolve({"score": 12}).done("a").finished


def test_no_condition_and_no_default_is_an_incident() -> None:
    xml = document(process("p", start(), gateway("exclusive", "g"), end(), path("s", "g"), flow("g", "e", "=ready")))
    case = Drive(xml, {"ready": False})
    assert [incident.code for incident in case.incidents.values()] == ["no_flow_fits"]
    assert case.resolve({"ready": True}).finished


INCLUSIVE = document(
    process(
        "p",
        start(),
        gateway("inclusive", "g", "d"),
        job("a"),
        job("b"),
        job("c"),
        job("a2"),
        gateway("inclusive", "j"),
        job("n"),
        end(),
        path("s", "g"),
        flow("g", "a", "=k > 0"),
        flow("g", "b", "=k > 1"),
        flow("g", "c", id_="d"),
        path("a", "a2", "j", "n", "e"),
        path("b", "j"),
        path("c", "j"),
    )
)


@pytest.mark.parametrize(("k", "jobs"), [(2, ["b", "a", "a2"]), (1, ["a", "a2"]), (0, ["c"])])
def test_an_inclusive_join_waits_for_exactly_the_branches_taken(k: int, jobs: list[str]) -> None:
    case = Drive(INCLUSIVE, {"k": k})
    for name in jobs:
        assert "n" not in case.completed
        case.done(name)
    assert case.done("n").finished
    assert case.completed.count("j") == 1


def test_an_activity_with_two_outgoing_flows_starts_two_branches() -> None:
    xml = document(
        process("p", start(), job("a"), job("b"), job("c"), end(), path("s", "a", "b", "e"), path("a", "c", "e"))
    )
    assert Drive(xml).done("a").done("c").done("b").finished


def test_a_sub_process_keeps_its_inputs_local_and_hands_other_results_outwards() -> None:
    xml = straight(sub("sp", start("s2"), job("w"), end("e2"), path("s2", "w", "e2"), inputs=[("=amount", "own")]))
    case = Drive(xml, {"amount": 5}).done("w", {"own": 99, "amount": 6, "fresh": 1})
    assert case.finished
    assert case.variables == {"amount": 6, "fresh": 1}


def test_outputs_take_only_what_they_name_and_dotted_targets_set_a_field() -> None:
    xml = straight(job("w", outputs=[("=grade", "review.grade")]))
    case = Drive(xml, {"review": {"by": "x"}}).done("w", {"grade": "A", "noise": 1})
    assert case.variables == {"review": {"by": "x", "grade": "A"}}


def called(parent: bool, child: bool, inputs: list[tuple[str, str]], outputs: list[tuple[str, str]]) -> bytes:
    return document(
        process(
            "p", start(), call("ca", "q", inputs, outputs, parent=parent, child=child), end(), path("s", "ca", "e")
        ),
        process("q", start("qs"), job("w"), script("k", "=own", "seen"), end("qe"), path("qs", "w", "k", "qe")),
    )


def test_a_call_can_take_and_give_back_all_variables() -> None:
    case = Drive(called(True, True, [], []), {"amount": 5}).done("w", {"amount": 7, "r": 1})
    assert case.finished
    assert case.variables == {"amount": 7, "r": 1, "seen": None}


def test_a_call_can_give_nothing_back() -> None:
    assert Drive(called(True, False, [], []), {"amount": 5}).done("w", {"amount": 7}).variables == {"amount": 5}


def test_a_call_with_mappings_takes_and_gives_only_those() -> None:
    case = Drive(called(False, False, [("=amount", "own")], [("=seen", "out")]), {"amount": 5})
    assert case.live.job_variables(case.waiting("w")) == {"own": 5, "business_key": "AO-1"}
    assert case.done("w", {"amount": 7}).variables == {"amount": 5, "out": 5}


def test_a_called_process_does_not_hand_back_stale_copies() -> None:
    xml = document(
        process(
            "p",
            start(),
            gateway("parallel", "f"),
            call("ca", "q"),
            job("b"),
            gateway("parallel", "j"),
            end(),
            path("s", "f", "ca", "j", "e"),
            path("f", "b", "j"),
        ),
        process("q", start("qs"), job("w"), end("qe"), path("qs", "w", "qe")),
    )
    assert Drive(xml, {"a": 1}).done("b", {"a": 2}).done("w", {"r": 3}).variables == {"a": 2, "r": 3}


def test_a_call_of_a_process_that_is_missing_or_recursive_is_refused() -> None:
    with pytest.raises(DiagramRefused, match="refused") as refused:
        program(straight(call("ca", "q")))
    assert [problem.element for problem in refused.value.problems] == ["ca"]
    with pytest.raises(DiagramRefused) as refused:
        program(straight(call("ca", "p")))
    assert "无限" in refused.value.problems[0].reason_zh


DOCUMENTS = {"docs": ["a", "b", "c"], "verdict": "outer"}


def many(sequential: bool, until: str = "") -> bytes:
    loop = each("=docs", "doc", "verdicts", "=verdict", sequential=sequential, until=until)
    return straight(job("m", body=loop))


def test_a_parallel_multi_instance_orders_results_by_item() -> None:
    case = Drive(many(False), DOCUMENTS)
    case.done("m", {"verdict": 2}, 1).done("m", {"verdict": 1, "leak": 5}).done("m", {"verdict": 3})
    assert case.finished
    assert case.variables == {**DOCUMENTS, "leak": 5, "verdicts": [1, 2, 3]}


def test_a_sequential_multi_instance_has_one_child_at_a_time() -> None:
    case = Drive(many(True), DOCUMENTS)
    for k in range(3):
        assert len(case.waits) == 1
        case.done("m", {"verdict": k})
    assert case.finished
    assert case.variables["verdicts"] == [0, 1, 2]


def test_a_multi_instance_over_nothing_passes() -> None:
    assert Drive(many(False), {"docs": []}).variables["verdicts"] == []


def test_a_completion_condition_cancels_the_rest() -> None:
    case = Drive(many(False, '=verdict = "STOP"'), DOCUMENTS).done("m", {"verdict": "STOP"}, 1)
    assert case.finished
    assert case.variables["verdicts"] == [None, "STOP", None]


def test_children_of_a_multi_instance_are_reported_under_its_body() -> None:
    case = Drive(many(True), DOCUMENTS)
    body, child = (event for event in case.events if isinstance(event, ElementEntered) and event.element == "m")
    assert (body.parent, child.parent) == (0, body.number)


def test_a_collection_that_is_no_list_is_an_incident() -> None:
    case = Drive(many(False), {"docs": 3})
    assert case.incidents
    assert case.resolve({"docs": ["x"]}).done("m").finished


@pytest.mark.parametrize("sequential", [True, False])
def test_calls_and_sub_processes_can_be_multi_instance(sequential: bool) -> None:
    loop = each("=docs", "doc", "verdicts", "=verdict", sequential=sequential)
    xml = document(
        process(
            "p",
            start(),
            sub("sp", start("s2"), call("ca", "q"), end("e2"), path("s2", "ca", "e2"), loop=loop),
            end(),
            path("s", "sp", "e"),
        ),
        process("q", start("qs"), job("w"), end("qe"), path("qs", "w", "qe")),
    )
    case = Drive(xml, DOCUMENTS)
    for k in range(3):
        case.done("w", {"verdict": k})
    assert case.finished
    assert case.variables["verdicts"] == [0, 1, 2]


def test_a_decision_gives_its_value_and_the_rules_that_fired() -> None:
    dmn = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
      namespace="n">
      <decision id="risk" name="risk"><variable name="risk"/>
      <literalExpression><text>score * 2</text></literalExpression></decision></definitions>"""
    decisions = parse_decisions(dmn, "risk.dmn").decisions
    xml = straight(rule("r", "risk", "level"))
    case = Drive(xml, {"score": 3}, decisions=decisions)
    assert case.variables == {"score": 3, "level": 6}
    (taken,) = (event for event in case.events if isinstance(event, DecisionEvaluated))
    assert taken.trace[0]["output"] == 6  # type: ignore[index]
    with pytest.raises(DiagramRefused) as refused:
        program(xml)
    assert refused.value.problems[0].element == "r"


def test_a_terminate_end_event_ends_everything_around_it() -> None:
    xml = document(
        process(
            "p",
            start(),
            gateway("parallel", "f"),
            job("a"),
            sub("sp", start("s2"), user("b"), end("e2"), path("s2", "b", "e2")),
            end(),
            end("t", "<bpmn:terminateEventDefinition/>"),
            path("s", "f", "a", "t"),
            path("f", "sp", "e"),
        )
    )
    case = Drive(xml).done("a")
    assert case.finished
    assert case.events[-1].to_json() == {"type": "case_ended", "how": "terminated"}


def test_events_tell_the_whole_way_in_order() -> None:
    case = Drive(straight(job("a"))).done("a")
    way = [(event.type, getattr(event, "element", getattr(event, "flow", ""))) for event in case.events]
    assert way == [
        ("scope_opened", ""),
        ("variable", ""),
        ("entered", "s"),
        ("completed", "s"),
        ("flow", "s-a"),
        ("entered", "a"),
        ("job", "a"),
        ("wait_ended", ""),
        ("completed", "a"),
        ("flow", "a-e"),
        ("entered", "e"),
        ("completed", "e"),
        ("case_ended", ""),
    ]
    assert [event.flow for event in case.events if isinstance(event, FlowTaken)] == ["s-a", "a-e"]


def test_an_error_leaves_a_call_and_a_multi_instance_by_the_nearest_boundary_event() -> None:
    xml = document(
        error("E", "REJECTED"),
        process(
            "p",
            start(),
            sub("sp", start("s2"), call("ca", "q", loop=each("=[1, 2]")), end("e2"), path("s2", "ca", "e2")),
            boundary("be", "sp", thrown("E")),
            job("h"),
            end(),
            path("s", "sp", "e"),
            path("be", "h", "e"),
        ),
        process("q", start("qs"), job("w"), end("qe", thrown("E")), path("qs", "w", "qe")),
    )
    case = Drive(xml).done("w").done("h")
    assert case.finished
    assert case.completed == ["s", "s2", "qs", "qs", "w", "qe", "be", "h", "e"]


def test_plain_elements_pass_at_once() -> None:
    xml = straight(element("task", "a"), element("manualTask", "b"), element("intermediateThrowEvent", "c"))
    assert Drive(xml).completed == ["s", "a", "b", "c", "e"]
