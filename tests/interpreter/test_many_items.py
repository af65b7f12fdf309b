"""Items of a parallel multi-instance activity that only wait: kept as bits, and tokens again when asked for.

`Drive` holds every step against a case that was never stored.
"""

from __future__ import annotations

import json
import random

import pytest

from engine.interpreter import Case
from engine.model.errors import StateConflict
from engine.model.events import ElementCancelled
from tests.interpreter.diagrams import (
    awaited,
    boundary,
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
    user,
)
from tests.interpreter.driving import Drive

LOOP = each("=items", "item", "results", "=verdict")


def one_for_each(activity: str, *beside: str, roots: str = "") -> bytes:
    return document(process("p", start(), activity, end(), path("s", "m", "e"), *beside), roots)


def items(count: int) -> dict[str, object]:
    return {"items": list(range(count))}


def cancelled(case: Drive) -> int:
    return sum(isinstance(event, ElementCancelled) and event.element == "m" for event in case.events)


@pytest.mark.parametrize("activity", [job("m", body=LOOP), user("m", body=LOOP)], ids=["job", "user_task"])
def test_an_item_that_waits_costs_a_bit(activity: str) -> None:
    few, many = (Drive(one_for_each(activity), items(count)).done("m", {}, 5) for count in (10, 2_010))
    assert len(many.live.tree()) - len(few.live.tree()) < 2_000 / 4 + 10  # four bits a hexadecimal digit
    assert b"#item" not in many.live.tree()


def test_items_may_be_done_in_any_order() -> None:
    case, chance = Drive(one_for_each(job("m", body=LOOP)), items(40)), random.Random("order")
    while not case.finished:
        place = chance.randrange(len(case.waits))
        number = case.waiting("m", place)
        case.done("m", {"verdict": number}, place)
    first = min(case.variables["results"])
    assert case.variables["results"] == list(range(first, first + 40))


def test_an_item_that_is_done_is_not_there_to_be_done_again() -> None:
    case = Drive(one_for_each(job("m", body=LOOP)), items(3))
    number = case.waiting("m", 1)
    case.done("m", {}, 1)
    with pytest.raises(StateConflict):
        case.restored().complete_job(number, {})


def test_an_item_with_an_incident_waits_for_its_solution_and_the_others_go_on() -> None:
    case = Drive(one_for_each(job("m", body=LOOP)), items(4))
    held = case.waiting("m", 2)
    case.command(lambda each_case: each_case.raise_incident(held, "lost", "the worker was lost"))
    case.done("m", {"verdict": 0})
    case.resolve()
    for verdict in (1, 2, 3):
        case.done("m", {"verdict": verdict})
    assert case.finished
    assert case.variables["results"] == [0, 1, 2, 3]


def test_a_look_at_an_item_shows_its_own_variables_and_changes_nothing() -> None:
    case = Drive(one_for_each(job("m", body=LOOP)), items(3))
    stored = case.restored()
    seen = stored.job_variables(case.waiting("m", 1))
    assert (seen["item"], seen["loopCounter"]) == (1, 2)
    assert stored.tree() == case.live.tree()
    assert stored.take_events() == []


def test_a_completion_condition_cancels_the_items_that_wait() -> None:
    loop = each("=items", "item", "results", "=verdict", until="=verdict = 2")
    case = Drive(one_for_each(job("m", body=loop)), items(6)).done("m", {"verdict": 1}, 3).done("m", {"verdict": 2}, 3)
    assert case.finished
    assert cancelled(case) == 4


def test_an_error_at_one_item_cancels_the_others_and_their_activity() -> None:
    beside = boundary("b", "m", thrown("E")) + end("caught") + path("b", "caught")
    case = Drive(one_for_each(job("m", body=LOOP), beside, roots=error("E", "REFUSED")), items(5))
    case.done("m").fails("m", "REFUSED")
    assert case.finished
    assert cancelled(case) == 5  # four items and their body


def test_a_message_that_interrupts_takes_every_item_away() -> None:
    beside = boundary("b", "m", awaited("M")) + end("withdrawn") + path("b", "withdrawn")
    case = Drive(one_for_each(user("m", body=LOOP), beside, roots=message("M", "withdrawal")), items(5))
    case.done("m").message("withdrawal")
    assert case.finished
    assert cancelled(case) == 5


def test_a_case_that_is_cancelled_cancels_every_item() -> None:
    inside = sub("sp", start("s2"), job("m", body=LOOP), end("e2"), path("s2", "m", "e2"), loop=each("=[1, 2]"))
    case = Drive(document(process("p", start(), inside, end(), path("s", "sp", "e"))), items(7))
    case.done("m", {}, 9).command(Case.cancel)
    assert case.finished
    assert cancelled(case) == 2 * (7 + 1) - 1


def test_a_case_stored_before_items_were_bits_goes_on() -> None:
    case = Drive(one_for_each(job("m", body=LOOP)), items(3)).done("m", {"verdict": 0})
    state = json.loads(case.live.tree())
    ((body, bits),) = state.pop("folded")
    ((_, _, tokens),) = state["workflows"]
    first = tokens[0][5].pop("first")
    for index in (1, 2):
        assert int(bits, 16) >> index & 1
        internal = {"entered": True, "index": index, "waits": "job"}
        tokens.append([first + index, body, tokens[0][2], "m#item", True, internal])
        state["scopes"].append([first + index, body, []])
    state["version"] = 1
    state["scopes"] = [scope[:3] for scope in state["scopes"]]
    case.rows[body]["results"] = [0, None, None]
    old = Case.restore(case.program, json.dumps(state).encode(), case.rows.__getitem__, case.environment())
    for number in (first + 2, first + 1):
        assert b"#item" in old.tree()
        old.complete_job(number, {"verdict": number})
    assert old.ended
    assert old.variables()["results"] == [0, first + 1, first + 2]
