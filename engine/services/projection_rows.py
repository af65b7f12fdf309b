"""One table row for each kind of event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import orjson

from engine.model.actor import Actor, ActorKind
from engine.model.events import (
    ElementEntered,
    ElementEvent,
    IncidentRaised,
    JobCreated,
    SubscriptionOpened,
    TimerStarted,
    UserTaskCreated,
)
from engine.model.record import record
from engine.services.programs import LinkedDefinition
from engine.store.states import ActivityState, CandidateKind, IncidentState, JobState, TaskState
from persistence.keys import key_in

_ACTIVE = ActivityState.ACTIVE.value


@record
class CaseFacts:
    """What the rows of a case repeat. `is_new` in the command that starts it; `incidents` are those open before it."""

    key: int
    definition_key: int
    business_key: str
    is_new: bool
    incidents: int = 0


def person_of(actor: Actor) -> int | None:
    """The member of staff behind the command, if it was one."""
    return actor.person if actor.kind is ActorKind.PERSON else None


def _place(case: CaseFacts, event: ElementEvent) -> dict[str, Any]:
    return {
        "instance_key": case.key,
        "number": event.number,
        "process_id": event.process,
        "element_id": event.element,
    }


def activity_row(case: CaseFacts, event: ElementEntered, now: dt.datetime) -> dict[str, Any]:
    """An element instance that begins."""
    return {
        "instance_key": case.key,
        "number": event.number,
        "process_id": event.process,
        "element_id": event.element,
        "parent": event.parent,
        "kind": event.kind,
        "state": _ACTIVE,
        "entered_at": now,
        "ended_at": None,
        "performer_kind": None,
        "performer_person": None,
        "on_behalf_of": None,
    }


def task_row(
    case: CaseFacts, definition: LinkedDefinition, event: UserTaskCreated, key: int, now: dt.datetime
) -> dict[str, Any]:
    """A user task that waits. An assignee that is no person's key leaves it unassigned."""
    element = definition.element(event.process, event.element)
    process = definition.processes[event.process]
    form = definition.forms.get(event.form_id or "")
    return _place(case, event) | {
        "key": key,
        "definition_key": case.definition_key,
        "business_key": case.business_key,
        "name": element.name or element.id,
        "name_en": element.name_en or element.name or element.id,
        "process_name": process.name or process.id,
        "process_name_en": process.name_en or process.name or process.id,
        "form_id": event.form_id,
        "form_key": form[0] if form else None,
        "state": TaskState.OPEN.value,
        "assignee": key_in(event.assignee),
        "revision": 1,
        "priority": event.priority,
        "created_at": now,
        "due_at": event.due,
        "follow_up_at": event.follow_up,
        "ended_at": None,
        "completed_by": None,
        "completed_login": None,
    }


def offer_rows(event: UserTaskCreated, task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Whom the task is offered to, as it stands. A candidate user that is no person's key is left out."""
    persons = (key_in(person) for person in event.candidate_users)
    candidates = [(CandidateKind.ROLE.value, role) for role in event.candidate_groups]
    candidates += [(CandidateKind.PERSON.value, str(person)) for person in persons if person is not None]
    is_open = task["state"] == TaskState.OPEN.value
    return [
        {
            "task_key": task["key"],
            "kind": kind,
            "candidate": candidate,
            "open": is_open,
            "claimable": is_open and task["assignee"] is None,
            "due_at": task["due_at"],
        }
        for kind, candidate in dict.fromkeys(candidates)
    ]


def headers_text(event: JobCreated) -> str:
    """The job's headers, as its row holds them: JSON."""
    return orjson.dumps(dict(event.headers), option=orjson.OPT_SORT_KEYS).decode()


def job_row(case: CaseFacts, event: JobCreated, key: int, now: dt.datetime) -> dict[str, Any]:
    """A job that waits for a worker."""
    return _place(case, event) | {
        "key": key,
        "type": event.job_type,
        "headers": headers_text(event),
        "state": JobState.AVAILABLE.value,
        "retries": max(event.retries, 1),
        "retries_at_first": max(event.retries, 1),
        "attempts": 0,
        "available_at": now,
        "lease_token": None,
        "lease_until": None,
        "worker": None,
        "created_at": now,
    }


def timer_row(case: CaseFacts, event: TimerStarted) -> dict[str, Any]:
    """A timer that waits."""
    return _place(case, event) | {"arm": event.arm, "due_at": event.due, "try_at": event.due}


def subscription_row(case: CaseFacts, event: SubscriptionOpened, now: dt.datetime) -> dict[str, Any]:
    """A message that is awaited."""
    return _place(case, event) | {
        "arm": event.arm,
        "message": event.message,
        "correlation_key": event.correlation_key,
        "opened_at": now,
    }


def incident_row(case: CaseFacts, event: IncidentRaised, key: int, now: dt.datetime) -> dict[str, Any]:
    """An incident that waits for someone to resolve it."""
    return _place(case, event) | {
        "key": key,
        "code": event.code,
        "message": event.message,
        "state": IncidentState.OPEN.value,
        "raised_at": now,
        "resolved_at": None,
        "resolved_by": None,
    }
