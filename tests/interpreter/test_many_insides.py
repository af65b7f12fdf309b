"""Items of a parallel multi-instance activity that have an inside: texts in the state, and tokens when asked for.

`Drive` holds every step against a case that was never stored.
"""

from __future__ import annotations

import random

import pytest

from engine.interpreter import Case
from engine.model.errors import StateConflict
from engine.model.events import ElementCancelled, ElementCompleted
from tests.interpreter.diagrams import (
    awaited,
    boundary,
    call,
    document,
    each,
    end,
    error,
    job,
    message,
    path,
    process,
    start,
    sub,
    thrown,
    timer,
    user,
)
from tests.interpreter.driving import Drive

LOOP = each("=items", "item", "results", "=verdict")


def stages(*inside: str, loop: str = LOOP, beside: str = "", roots: str = "") -> bytes:
    """A sub-process for each item, in which a user task follows a job."""
    within = start("s2"), job("w"), user("u"), end("e2"), path("s2", "w", "u", "e2")
    return document(
        process("p", start(), sub("m", *within, *inside, loop=loop), end(), path("s", "m", "e"), beside), roots
    )


def items(count: int) -> dict[str, object]:
    return {"items": list(range(count))}


def ended(case: Drive, kind: type, element: str) -> int:
    return sum(isinstance(event, kind) and getattr(event, "element", "") == element for event in case.events)


def test_of_many_items_only_those_asked_for_become_tokens() -> None:
    case = Drive(stages(), items(30)).done("w", {}, 7)
    stored = case.restored()
    assert len(stored._tree.tokens) == 1
    stored.job_variables(case.waiting("w", 3))
    assert len(stored._tree.tokens) == 3  # the body, the item, and the job in it
    assert stored.tree() == case.live.tree()


def test_stages_may_go_on_in_any_order() -> None:
    case, chance = Drive(stages(), items(12)), random.Random("order")
    while not case.finished:
        waiting = sorted({event.element for event in case.waits.values()})
        element = chance.choice(waiting)
        place = chance.randrange(sum(event.element == element for event in case.waits.values()))
        seen = case.live.job_variables(case.waiting(element, place))
        case.done(element, {"verdict": f"{seen['item']} by {element}"}, place)
    assert case.variables["results"] == [f"{item} by u" for item in range(12)]


def test_called_processes_keep_their_variables_apart() -> None:
    called = process("q", start("qs"), job("w"), user("u"), end("qe"), path("qs", "w", "u", "qe"))
    xml = document(process("p", start(), call("m", "q", loop=LOOP), end(), path("s", "m", "e")), called)
    case = Drive(xml, items(4))
    for item in (2, 0, 1, 0):
        case.done("w", {"verdict": "seen", "note": item}, item)
    for verdict in "abcd":
        case.done("u", {"verdict": verdict})
    assert case.finished
    assert case.variables["results"] == ["b", "d", "a", "c"]  # the items came to the task as 2, 0, 3, 1


def test_many_items_within_each_of_many_items() -> None:
    within = start("s2"), job("w", body=each("=item", "one", "inner", "=verdict")), end("e2"), path("s2", "w", "e2")
    loop = each("=items", "item", "results", "=inner")
    xml = document(process("p", start(), sub("m", *within, loop=loop), end(), path("s", "m", "e")))
    case, chance = Drive(xml, {"items": [["a", "b"], ["c"], ["d", "e", "f"]]}), random.Random("order")
    while not case.finished:
        place = chance.randrange(len(case.waits))
        seen = case.live.job_variables(case.waiting("w", place))
        case.done("w", {"verdict": f"{seen['one']}!"}, place)
    assert case.variables["results"] == [["a!", "b!"], ["c!"], ["d!", "e!", "f!"]]


def test_a_timer_at_one_stage_fires_there_and_the_others_go_on() -> None:
    late = boundary("b", "u", timer("P1D")), end("late"), path("b", "late")
    case = Drive(stages(*late), items(3)).done("w", {}, 1)
    case.pass_by(hours=23).done("w", {}, 0).pass_by(hours=2)
    assert (ended(case, ElementCompleted, "b"), ended(case, ElementCancelled, "u")) == (1, 1)
    case.pass_by(days=1)
    assert ended(case, ElementCompleted, "b") == 2
    assert case.done("w").done("u").finished


def test_a_message_to_one_stage_reaches_it_alone() -> None:
    stop = boundary("b", "u", awaited("M")), end("stopped"), path("b", "stopped")
    xml = stages(*stop, roots=message("M", "stop", key="=item"))
    case = Drive(xml, {"items": ["x", "y", "z"]})
    for _ in range(3):
        case.done("w")
    case.message("stop", "y")
    assert ended(case, ElementCancelled, "u") == 1
    assert case.done("u").done("u").finished


def test_an_incident_in_one_stage_waits_for_its_solution_and_the_others_go_on() -> None:
    case = Drive(stages(), items(3))
    held = case.waiting("w", 1)
    case.command(lambda each_case: each_case.raise_incident(held, "lost", "the worker was lost"))
    case.done("w").done("u").resolve()
    assert case.done("w").done("w").done("u").done("u").finished


@pytest.mark.parametrize("done", [0, 2])
def test_an_error_in_one_stage_ends_them_all(done: int) -> None:
    beside = boundary("b", "m", thrown("E")) + end("caught") + path("b", "caught")
    case = Drive(stages(beside=beside, roots=error("E", "REFUSED")), items(4))
    for _ in range(done):
        case.done("w")
    case.fails("u" if done else "w", "REFUSED")
    assert case.finished
    assert ended(case, ElementCancelled, "m") == 4 + 1


def test_a_completion_condition_ends_the_other_stages() -> None:
    loop = each("=items", "item", "results", "=verdict", until='=verdict = "STOP"')
    case = Drive(stages(loop=loop), items(4)).done("w", {}, 2).done("u", {"verdict": "STOP"})
    assert case.finished
    assert ended(case, ElementCancelled, "w") == 3


def test_a_cancelled_case_cancels_everything_in_every_stage() -> None:
    case = Drive(stages(), items(5)).done("w", {}, 2).command(Case.cancel)
    assert case.finished
    assert [ended(case, ElementCancelled, element) for element in ("w", "u", "m")] == [4, 1, 5 + 1]


def test_what_is_over_in_one_stage_is_not_there_to_be_done_again() -> None:
    case = Drive(stages(), items(3))
    number = case.waiting("w", 1)
    case.done("w", {}, 1)
    with pytest.raises(StateConflict):
        case.restored().complete_job(number, {})
