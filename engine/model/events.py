"""What a command did to a case, in order: the interpreter's answer, the journal's content, the projections' source.

Every event is plain data. `number` is the element instance's number within its case (1, 2, 3 …), which is
the same in every replay; int64 keys are given by the store and appear in no event.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from engine.model.record import record
from engine.model.values import Value


class Wait(StrEnum):
    """What an element instance waits for; a gateway may wait for timers and messages at once."""

    USER_TASK = "user_task"
    JOB = "job"
    TIMER = "timer"
    MESSAGE = "message"


@record
class Event:
    """Base of all events."""

    type: ClassVar[str] = ""

    def to_json(self) -> dict[str, Any]:
        """The event as a mapping of storable values, with its `type`; None fields are left out."""
        body: dict[str, Any] = {"type": self.type}
        for name, value in vars(self).items():
            if value is not None:
                body[name] = value
        return body


@record
class ElementEvent(Event):
    """Base of events about one element instance."""

    number: int
    element: str
    process: str


@record
class ElementEntered(ElementEvent):
    """A token arrived and the element instance began; `parent` is the sub-process, call activity or
    multi-instance body around it (0 for the case itself)."""

    type = "entered"
    kind: str
    parent: int = 0


@record
class ElementCompleted(ElementEvent):
    """The element instance ended as the diagram intends."""

    type = "completed"


@record
class ElementCancelled(ElementEvent):
    """The element instance was interrupted (boundary event, terminate, cancel of the case)."""

    type = "cancelled"


@record
class FlowTaken(Event):
    """A token passed along a sequence flow."""

    type = "flow"
    flow: str
    process: str


@record
class ScopeOpened(Event):
    """A variable scope began. 0 is the case; n belongs to element instance n; -n is the root of the
    process called by call activity n (its parent is None: look-ups stop there)."""

    type = "scope_opened"
    scope: int
    parent: int | None


@record
class ScopeClosed(Event):
    """A variable scope ended; its variables are gone."""

    type = "scope_closed"
    scope: int


@record
class VariableWritten(Event):
    """A variable received a value."""

    type = "variable"
    scope: int
    name: str
    value: Value


@record
class VariableItemWritten(Event):
    """One item of a variable that is a list received a value; the other items are as they were. `index` is from 0."""

    type = "variable_item"
    scope: int
    name: str
    index: int
    value: Value


@record
class UserTaskCreated(ElementEvent):
    """A user task waits for a person."""

    type = "user_task"
    form_id: str | None = None
    assignee: str | None = None
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    due: dt.datetime | None = None
    follow_up: dt.datetime | None = None
    priority: int = 50


@record
class JobCreated(ElementEvent):
    """A job waits for a worker."""

    type = "job"
    job_type: str
    retries: int
    headers: Mapping[str, str]


@record
class TimerStarted(ElementEvent):
    """A timer waits for its time. `arm` tells the arms of an event-based gateway apart (0 elsewhere)."""

    type = "timer"
    arm: int = 0
    due: dt.datetime


@record
class SubscriptionOpened(ElementEvent):
    """A message is awaited."""

    type = "subscription"
    arm: int = 0
    message: str
    correlation_key: str


@record
class WaitEnded(Event):
    """Nobody needs to answer this element instance any more; one event for each kind of wait it had."""

    type = "wait_ended"
    number: int
    wait: Wait


@record
class DecisionEvaluated(ElementEvent):
    """A decision was taken; `trace` says which rules fired on which inputs."""

    type = "decision"
    decision_id: str
    trace: Value


@record
class ExpressionWarned(ElementEvent):
    """An expression gave null where the author may not have meant it.

    `code` and `subject` are those of the warning, which is put into words for its reader; `expression` is the text that
    warned, None when a decision did: its trace is an event of its own.
    """

    type = "warning"
    code: str
    subject: str
    expression: str | None = None


@record
class ErrorThrown(ElementEvent):
    """A BPMN error was thrown; `caught_by` is the boundary event that took it, None when it became an incident."""

    type = "error"
    code: str
    caught_by: str | None


@record
class IncidentRaised(ElementEvent):
    """The element instance cannot go on until someone resolves the cause. `code` is machine-readable."""

    type = "incident"
    code: str
    message: str


@record
class IncidentResolved(Event):
    """The incident of this element instance is over."""

    type = "incident_resolved"
    number: int


@record
class CaseEnded(Event):
    """No token is left. `how` is completed, terminated or cancelled."""

    type = "case_ended"
    how: str
