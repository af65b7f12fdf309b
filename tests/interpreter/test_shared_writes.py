"""Which parallel branches write the same variable, and which only seem to."""

from __future__ import annotations

import pytest

from engine.interpreter import parse_diagram, shared_writes
from tests.interpreter.diagrams import (
    awaited,
    boundary,
    call,
    catch,
    document,
    each,
    end,
    flow,
    gateway,
    io,
    job,
    message,
    path,
    process,
    rule,
    script,
    start,
    sub,
    timer,
    user,
)
from tests.interpreter.diagrams import element as node

OUTPUTS = {"work": ["result"]}


def found(*parts: str) -> list[tuple[str, tuple[str, ...]]]:
    models = parse_diagram(document(*parts), "test.bpmn").processes
    return [(write.variable, write.elements) for write in shared_writes("p", models, OUTPUTS)]


def x(id_: str, variable: str = "x") -> str:
    return script(id_, "=1", variable)


def split_and_join(kind: str, *branches: tuple[str, ...]) -> str:
    flows = path("s", "split")
    for branch in branches:
        condition = "" if kind == "parallel" else "=true"
        flows += flow("split", branch[0], condition) + path(*branch) + flow(branch[-1], "join")
    return start() + gateway(kind, "split") + gateway(kind, "join") + end() + flows + path("join", "e")


def test_two_branches_that_write_one_variable_are_found() -> None:
    assert found(process("p", x("a"), x("b"), split_and_join("parallel", ("a",), ("b",)))) == [("x", ("a", "b"))]


def test_three_branches_make_one_finding() -> None:
    body = split_and_join("parallel", ("a",), ("b",), ("c",))
    assert found(process("p", x("a"), x("b"), x("c"), body)) == [("x", ("a", "b", "c"))]


def test_branches_that_write_different_variables_are_not_found() -> None:
    assert found(process("p", x("a"), x("b", "y"), split_and_join("parallel", ("a",), ("b",)))) == []


def test_elements_of_one_branch_before_and_after_the_branches_are_not_found() -> None:
    body = split_and_join("parallel", ("a", "b"), ("c",)).replace('targetRef="split"', 'targetRef="before"')
    parts = [x("a"), x("b"), x("c", "y"), x("before"), flow("before", "split", id_="further"), body]
    assert found(process("p", *parts)) == []


def test_exclusive_branches_are_not_parallel() -> None:
    parts = [x("a"), x("b"), gateway("exclusive", "join"), end(), start(), gateway("exclusive", "split", "split-b")]
    flows = [path("s", "split", "b", "join", "e"), flow("split", "a", "=true"), path("a", "join")]
    assert found(process("p", *parts, *flows)) == []


def test_inclusive_branches_are_parallel_and_what_follows_their_join_is_not() -> None:
    body = split_and_join("inclusive", ("a",), ("b",)).replace('targetRef="e"', 'targetRef="after"')
    parts = [x("a"), x("b"), x("after"), flow("after", "e", id_="further"), body]
    assert found(process("p", *parts)) == [("x", ("a", "b"))]


def test_nested_gateways_are_told_apart() -> None:
    """Outer branch one forks again into a and b, joined, then c; outer branch two is d."""
    parts = [start(), end(), *(gateway("parallel", id_) for id_ in ("f1", "f2", "j2", "j1"))]
    flows = [
        path("s", "f1", "f2", "a", "j2", "c", "j1", "e"),
        path("f2", "b", "j2"),
        path("f1", "d", "j1"),
    ]
    nodes = [x("a"), x("b"), x("c"), x("d", "y")]
    assert found(process("p", *parts, *nodes, *flows)) == [("x", ("a", "b"))]
    nodes = [x("a"), x("b", "z"), x("c", "y"), x("d", "y")]
    assert found(process("p", *parts, *nodes, *flows)) == [("y", ("c", "d"))]


def test_an_exclusive_choice_inside_a_branch_stays_exclusive() -> None:
    parts = [start(), end(), gateway("parallel", "f"), gateway("parallel", "j")]
    parts += [gateway("exclusive", "c", "c-b"), gateway("exclusive", "m"), x("a"), x("b"), x("d", "y")]
    flows = [path("s", "f", "c", "b", "m", "j", "e"), flow("c", "a", "=true"), path("a", "m"), path("f", "d", "j")]
    assert found(process("p", *parts, *flows)) == []


def test_a_loop_back_to_before_the_branches_does_not_make_their_ends_parallel() -> None:
    parts = [start(), end(), gateway("exclusive", "again"), gateway("exclusive", "more", "more-e")]
    parts += [gateway("parallel", "f"), gateway("parallel", "j"), x("a"), x("b", "y"), x("c")]
    flows = [path("s", "again", "f", "a", "j", "c", "more", "e"), path("f", "b", "j"), flow("more", "again", "=true")]
    assert found(process("p", *parts, *flows)) == []


def test_several_flows_out_of_an_activity_are_parallel() -> None:
    parts = [start(), user("u"), x("a"), x("b"), end()]
    assert found(process("p", *parts, path("s", "u", "a", "e"), path("u", "b", "e"))) == [("x", ("a", "b"))]


def test_what_follows_branches_merged_without_a_join_runs_twice() -> None:
    parts = [start(), gateway("parallel", "f"), user("a"), user("b"), gateway("exclusive", "m"), x("c"), x("d"), end()]
    flows = [path("s", "f", "a", "m", "c", "d", "e"), path("f", "b", "m")]
    assert found(process("p", *parts, *flows)) == [("x", ("c", "d"))]


def reminded(definition: str, *, interrupting: bool) -> str:
    parts = [start(), user("u"), boundary("b", "u", definition, interrupting=interrupting), end(), end("e2")]
    parts += [x("after"), x("remind"), x("again")]
    return process("p", *parts, path("s", "u", "after", "e"), path("b", "remind", "again", "e2"))


def test_a_boundary_event_that_does_not_interrupt_opens_a_parallel_branch() -> None:
    assert found(reminded(timer("PT1H"), interrupting=False)) == [("x", ("after", "remind", "again"))]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (timer("PT1H"), []),
        (timer("R3/PT1H", "timeCycle"), [("x", ("remind", "again"))]),
        (awaited("M"), [("x", ("remind", "again"))]),
    ],
)
def test_only_a_boundary_event_that_occurs_again_is_parallel_to_its_own_branch(
    definition: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    parts = [start(), user("u"), boundary("b", "u", definition, interrupting=False), end(), end("e2")]
    flows = path("s", "u", "e") + path("b", "remind", "again", "e2")
    assert found(message("M", "m"), process("p", *parts, x("remind"), x("again"), flows)) == expected


def test_a_boundary_event_that_interrupts_does_not() -> None:
    assert found(reminded(timer("PT1H"), interrupting=True)) == []


def test_an_event_based_gateway_chooses_one_branch() -> None:
    parts = [start(), end(), node("eventBasedGateway", "g"), catch("c1", timer("PT1H")), catch("c2", awaited("M"))]
    flows = [path("s", "g", "c1", "a", "e"), path("g", "c2", "b", "e")]
    assert found(message("M", "m"), process("p", *parts, x("a"), x("b"), *flows)) == []


def test_jobs_decisions_and_output_mappings_count_by_the_variables_they_give() -> None:
    body = split_and_join("parallel", ("a",), ("b",))
    assert found(process("p", job("a"), rule("b", "d", "result"), body)) == [("result", ("a", "b"))]
    assert found(process("p", job("a"), user("b", outputs=[("=1", "result")]), body)) == [("result", ("a", "b"))]
    assert found(process("p", job("a", outputs=[("=result", "mine")]), job("b"), body)) == []
    assert found(process("p", job("a", inputs=[("=null", "result")]), job("b"), body)) == []


@pytest.mark.parametrize(
    ("first", "second", "variable"),
    [("c.a", "c.b", None), ("c.a", "c.a", "c.a"), ("c", "c.b", "c"), ("ca", "c", None)],
)
def test_fields_of_one_context_do_not_overwrite_each_other(first: str, second: str, variable: str | None) -> None:
    nodes = [user("a", outputs=[("=1", first)]), user("b", outputs=[("=1", second)])]
    expected = [(variable, ("a", "b"))] if variable else []
    assert found(process("p", *nodes, split_and_join("parallel", ("a",), ("b",)))) == expected


def test_sub_processes_are_looked_into_and_their_own_variables_stay_inside() -> None:
    body = split_and_join("parallel", ("a",), ("b",))
    inner = [start("s2"), x("c"), end("e2"), path("s2", "c", "e2")]
    assert found(process("p", x("a"), sub("b", *inner), body)) == [("x", ("a", "c"))]
    assert found(process("p", x("a"), sub("b", *inner, inputs=[("=null", "x")]), body)) == []
    branches = [start("s2"), gateway("parallel", "f"), x("c"), x("d"), end("e2")]
    branches += [path("s2", "f", "c", "e2"), path("f", "d", "e2")]
    assert found(process("p", start(), sub("b", *branches), end(), path("s", "b", "e"))) == [("x", ("c", "d"))]


def test_a_called_process_counts_by_what_it_hands_back() -> None:
    body = split_and_join("parallel", ("a",), ("b",))
    called = process("q", start("s2"), x("c"), end("e2"), path("s2", "c", "e2"))
    assert found(process("p", x("a"), call("b", "q"), body), called) == [("x", ("a", "b"))]
    assert found(process("p", x("a"), call("b", "q", child=False), body), called) == []
    assert found(process("p", x("a"), call("b", "q", outputs=[("=x", "y")]), body), called) == []


def test_a_multi_instance_activity_writes_its_collection_and_keeps_item_and_result() -> None:
    body = split_and_join("parallel", ("a",), ("b",))
    loop = each("=[1, 2]", "item", "x", "=result")
    many = node("serviceTask", "b", '<zeebe:taskDefinition type="work"/>' + io(), loop)
    assert found(process("p", x("a"), many, body)) == [("x", ("a", "b"))]
    assert found(process("p", x("a", "item"), many, body)) == []
    assert found(process("p", job("a"), many, body)) == []
