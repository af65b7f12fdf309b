"""Processes that call one another in a chain: as deep as the bound, refused beyond it, ended however deep."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.interpreter import Case, DiagramRefused
from engine.interpreter.process_model import MAX_CALL_DEPTH
from engine.model.events import ElementCancelled
from tests.interpreter.diagrams import (
    boundary,
    call,
    document,
    each,
    end,
    error,
    job,
    path,
    process,
    start,
    sub,
    thrown,
)
from tests.interpreter.driving import Drive, program


def around(name: str, *activities: str, ids: tuple[str, ...]) -> str:
    """A process with these activities in a row; ids are unique in a file."""
    ends = start(f"{name}_s"), end(f"{name}_e")
    return process(name, *ends, *activities, path(f"{name}_s", *ids, f"{name}_e"))


def calling(name: str, *called: str) -> str:
    ids = tuple(f"{name}_calls_{other}" for other in called)
    return around(name, *(call(id_, other) for id_, other in zip(ids, called, strict=True)), ids=ids)


def working(name: str) -> str:
    return around(name, job("w"), ids=("w",))


def chain(length: int, last: str = "") -> list[str]:
    """Processes p, p1, p2 … that call each the next."""
    names = ["p", *(f"p{number}" for number in range(1, length))]
    first = [calling(name, following) for name, following in pairwise(names)]
    return [*first, last or working(names[-1])]


def refused(*processes: str) -> list[tuple[str, str]]:
    with pytest.raises(DiagramRefused) as refusal:
        program(document(*processes))
    return [(problem.element, problem.reason_zh) for problem in refusal.value.problems]


def test_a_chain_as_deep_as_the_bound_runs_to_its_end_and_can_be_cancelled() -> None:
    assert Drive(document(*chain(MAX_CALL_DEPTH))).done("w").finished
    case = Drive(document(*chain(MAX_CALL_DEPTH))).command(Case.cancel)
    assert case.finished
    assert sum(isinstance(event, ElementCancelled) for event in case.events) == MAX_CALL_DEPTH


@pytest.mark.parametrize("length", [MAX_CALL_DEPTH + 1, 20 * MAX_CALL_DEPTH])
def test_a_deeper_chain_is_refused_at_the_call_that_goes_too_far(length: int) -> None:
    last = f"p{MAX_CALL_DEPTH - 1}"
    assert refused(*chain(length)) == [
        (f"{last}_calls_p{MAX_CALL_DEPTH}", f"调用流程 p{MAX_CALL_DEPTH} 后，流程逐级调用将超过 {MAX_CALL_DEPTH} 层。")
    ]


def test_it_is_the_longest_way_that_counts_though_a_shorter_one_comes_first() -> None:
    """p calls the second half of the chain at once (a), and once more by way of its first half (b)."""
    half = MAX_CALL_DEPTH // 2
    names = {way: [f"{way}{number:03}" for number in range(half)] for way in "ab"}
    ways = [
        calling(name, following) for way in "ab" for name, following in zip(names[way], names[way][1:], strict=False)
    ]
    ends = [calling("b_last", names["a"][0]), working(names["a"][-1])]
    joined = calling(names["b"][-1], "b_last")
    (problem,) = refused(calling("p", names["a"][0], names["b"][0]), *ways, joined, *ends)
    assert problem[0] == "b_last_calls_a000"


def test_what_is_far_within_is_ended_by_what_is_far_outside() -> None:
    """Five sub-processes in each called process, the innermost for many items; an error ends them all."""
    inside = sub("d0", start("s0"), job("w", body=each("=[1, 2, 3]")), end("e0"), path("s0", "w", "e0"))
    for depth in range(1, 6):
        ends = start(f"s{depth}"), end(f"e{depth}")
        inside = sub(f"d{depth}", *ends, inside, path(f"s{depth}", f"d{depth - 1}", f"e{depth}"))
    length = MAX_CALL_DEPTH - 1
    last = around(f"p{length - 1}", inside, ids=("d5",))
    outermost = process(
        "outer",
        start(),
        call("o", "p"),
        boundary("b", "o", thrown("E")),
        end(),
        end("caught"),
        path("s", "o", "e") + path("b", "caught"),
    )
    xml = document(*chain(length, last), outermost, error("E", "REFUSED"))
    case = Drive(xml, root="outer").done("w").fails("w", "REFUSED")
    assert case.finished
    assert case.completed[-2:] == ["b", "caught"]
    assert Drive(xml, root="outer").done("w").command(Case.cancel).finished
