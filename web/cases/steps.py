"""A case's passages through elements, as marks on a diagram and as a list for readers without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for

from engine.model.elements import ElementKind
from engine.services.answers import Activity

INCIDENT = "incident"
"""How a passage that cannot go on is shown."""
_WEIGHT = {"cancelled": 0, "completed": 1, "active": 2, INCIDENT: 3}
"""Of several passages through one element, the heaviest is shown."""


def steps_in(activities: Sequence[Activity], process_id: str) -> list[Activity]:
    """The passages inside one process, in order."""
    return [each for each in activities if each.process_id == process_id]


def marks(steps: Sequence[Activity]) -> list[dict[str, str]]:
    """One mark per element: `element` and `state`."""
    heaviest: dict[str, str] = {}
    for step in steps:
        if _WEIGHT.get(step.state, 0) >= _WEIGHT.get(heaviest.get(step.element_id, ""), -1):
            heaviest[step.element_id] = step.state
    return [{"element": element, "state": state} for element, state in heaviest.items()]


def called_links(activities: Sequence[Activity], steps: Sequence[Activity], instance_key: int) -> Mapping[str, str]:
    """Address of the called process by the id of its call activity."""
    called = {each.parent: each.process_id for each in activities}
    return {
        step.element_id: url_for("cases.case", key=instance_key, process=called[step.number])
        for step in steps
        if step.kind == ElementKind.CALL_ACTIVITY.value and step.number in called
    }


def callers(activities: Sequence[Activity], root: str, process_id: str) -> list[tuple[str, Activity]]:
    """The way from the case's own process down to `process_id`: each process but the first, by its call activity."""
    by_number = {each.number: each for each in activities}
    way: list[tuple[str, Activity]] = []
    while process_id != root:
        inside = (each for each in activities if each.process_id == process_id and each.parent in by_number)
        call = next(
            (by_number[each.parent] for each in inside if by_number[each.parent].process_id != process_id), None
        )
        if call is None:
            return []
        way.append((process_id, call))
        process_id = call.process_id
    return way[::-1]
