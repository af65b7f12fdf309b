"""What is ever seen active at the same time is known from the diagram beforehand."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from engine.interpreter.concurrency import concurrent_nodes
from engine.interpreter.definitions import Body
from engine.model.events import ElementCancelled, ElementCompleted, ElementEntered, Event
from tests.interpreter.diagrams import document, end, error, flow, message, process, start
from tests.interpreter.driving import Drive
from tests.interpreter.test_random_diagrams import COMMANDS, Drawing, answer

SEEDS = 60


def relation_of(body: Body) -> dict[str, frozenset[str]]:
    """The relation of a body and of those inside; ids are unique in a file."""
    found = concurrent_nodes(body)
    for node in body.nodes:
        if node.body is not None:
            found |= relation_of(node.body)
    return found


def seen_together(events: list[Event]) -> set[tuple[str, str]]:
    """Pairs of elements of one body that were active between two commands or inside one."""
    active: dict[int, ElementEntered] = {}
    seen: set[tuple[str, str]] = set()
    for event in events:
        match event:
            case ElementEntered():
                active[event.number] = event
            case ElementCompleted() | ElementCancelled():
                active.pop(event.number, None)
        for first, second in combinations(active.values(), 2):
            around = active.get(first.parent)
            of_multi_instance = around is not None and around.element == first.element
            if (first.parent, first.process) == (second.parent, second.process) and not of_multi_instance:
                seen.add((first.element, second.element))
    return seen


@pytest.mark.parametrize("seed", range(SEEDS))
def test_elements_seen_active_together_are_concurrent(seed: int) -> None:
    drawing = Drawing(seed)
    drawn, first, last = drawing.sequence(3)
    parts = start() + drawn + end() + flow("s", first) + flow(last, "e")
    xml = document(message("M", "m", '="k"'), error("E", "X"), process("p", parts), *drawing.called)
    case = Drive(xml, {"a": 1, "b": 2, "c": 3, **dict.fromkeys(drawing.loops, 0)})
    chance = random.Random(seed)
    for step in range(COMMANDS):
        if not case.waits:
            break
        answer(case, chance, step)
    relation: dict[str, frozenset[str]] = {}
    for model in case.program.processes.values():
        relation |= relation_of(model.body)
    assert [pair for pair in seen_together(case.events) if pair[1] not in relation[pair[0]]] == []
    assert all(one in relation[other] for one, others in relation.items() for other in others)
    if b'cancelActivity="false"' not in xml:  # every split is joined, so no two tokens meet
        assert [node for node, others in relation.items() if node in others] == []
