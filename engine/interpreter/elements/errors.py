"""BPMN errors: to the nearest boundary event outwards that takes the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.interpreter.definitions import ErrorDefinition
from engine.interpreter.errors import ErrorNotCaught
from engine.interpreter.tree import Task
from engine.model.events import ElementCompleted, ErrorThrown
from engine.model.values import Value

if TYPE_CHECKING:
    from engine.interpreter.elements.events import BoundaryEvent


def throw(task: Task, code: str, variables: Mapping[str, Value], *, completes: bool = False) -> None:
    """Interrupt the activity that catches the error and go on from its boundary event.

    Raises ErrorNotCaught, having changed nothing but the noted ErrorThrown, when no boundary event takes it.
    """
    caught = _catcher(task, code)
    if caught is None:
        task.case.emit(ErrorThrown(**task.at, code=code, caught_by=None))
        raise ErrorNotCaught(error=code)
    host, event = caught
    task.case.emit(ErrorThrown(**task.at, code=code, caught_by=event.node.id))
    if completes:  # an end event has done its part, though everything around it is now interrupted
        task.case.emit(ElementCompleted(**task.at))
        del task.internal_data["entered"]
    event.catch(host, variables)


def _catcher(task: Task, code: str) -> tuple[Task, BoundaryEvent] | None:
    at: Task | None = task
    while at is not None:
        events = [event for event in at.task_spec.boundary_events if isinstance(event.node.event, ErrorDefinition)]
        for wanted in (code, None):  # the event with the code goes before the one that catches all
            for event in events:
                if isinstance(event.node.event, ErrorDefinition) and event.node.event.code == wanted:
                    return at, event
        at = _outwards(at)
    return None


def _outwards(task: Task) -> Task | None:
    around = task.parent.number if task.triggered else task.workflow.parent_task_id  # a multi-instance body, or
    return None if around is None else task.case.tokens[around]
