"""Waiting for timers and messages: one or several arms per token.

`internal_data["arms"]` holds one row per arm: [due as ISO text | None, correlation key | None, repetitions
left, interval of a cycle | None]. What is written there is what the store was told by events.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from engine.interpreter.definitions import EventDefinition, MessageDefinition, TimerDefinition
from engine.interpreter.elements.activities import unexpected
from engine.interpreter.elements.base import FlowNode
from engine.interpreter.elements.timers import due_of
from engine.interpreter.tree import Task
from engine.model.events import Event, SubscriptionOpened, TimerStarted

Arm = list[Any]


def read_arms(task: Task, spec: FlowNode, definitions: Sequence[EventDefinition | None]) -> list[Arm]:
    """Evaluate due times and correlation keys at the token, before anything waits."""
    arms: list[Arm] = []
    for definition in definitions:
        if isinstance(definition, TimerDefinition):
            due = due_of(task, spec, definition)
            arms.append([due.at.isoformat(), None, due.left, due.interval])
        elif isinstance(definition, MessageDefinition):
            arms.append([None, _correlation_key(task, spec, definition), 0, None])
    return arms


def _correlation_key(task: Task, spec: FlowNode, definition: MessageDefinition) -> str:
    assert definition.correlation_key is not None
    value = task.case.evaluate(task, definition.correlation_key)
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise unexpected(spec, "correlationKey", "a text or a whole number", value)
    return str(value)


def start_waiting(task: Task, arms: list[Arm], definitions: Sequence[EventDefinition | None]) -> None:
    """Keep the arms at the token and tell the store what is awaited."""
    task.internal_data["arms"] = arms
    for index, (arm, definition) in enumerate(zip(arms, definitions, strict=True)):
        event: Event
        if isinstance(definition, MessageDefinition):
            event = SubscriptionOpened(**task.at, arm=index, message=definition.name, correlation_key=arm[1])
        else:
            event = TimerStarted(**task.at, arm=index, due=dt.datetime.fromisoformat(arm[0]))
        task.case.emit(event)


def arm_timers(task: Task) -> None:
    """Tell the store of the token's timers again, of which it was told that they wait no longer."""
    for index, arm in enumerate(task.internal_data["arms"]):
        if arm[0] is not None:
            task.case.emit(TimerStarted(**task.at, arm=index, due=dt.datetime.fromisoformat(arm[0])))


def due_arms(task: Task, now: dt.datetime) -> list[tuple[dt.datetime, int]]:
    """The arms whose time has come, with their due times."""
    arms = enumerate(task.internal_data.get("arms", ()))
    dues = [(dt.datetime.fromisoformat(arm[0]), index) for index, arm in arms if arm[0] is not None]
    return [(due, index) for due, index in dues if due <= now]
