"""What a person may see of a user task, and what they may do with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from engine.journal import entries_of
from engine.model.actor import Action, Actor, ActorKind
from engine.model.errors import NotAuthorised, NotFound, StateConflict
from engine.model.terms import Condition, Thing
from engine.model.values import Value
from engine.services.answers import Right, UserTaskDetail
from engine.services.authorisation import case_subject, may
from engine.services.command import CaseCommand
from engine.services.inbox import task_row
from engine.services.parts import EngineParts
from engine.services.programs import LinkedDefinition
from engine.services.segregation import check_segregation
from engine.services.waivers import require_waivable
from engine.store.instances import find_instance
from engine.store.states import TaskState
from engine.store.tasks import Candidates, candidates_of, find_task
from persistence.errors import KaihuError


def task_subject(task: Row[Any], definition: LinkedDefinition) -> dict[str, str | int | None]:
    """What the authority is told of the task."""
    return {
        "process_id": task.process_id,
        "element_id": task.element_id,
        "instance_key": task.instance_key,
        "task_key": task.key,
        "qualification": definition.element(task.process_id, task.element_id).qualification,
    }


def is_candidate(
    parts: EngineParts, connection: Connection, actor: Actor, task: Row[Any], candidates: Candidates
) -> bool:
    """Whether the person holds a candidate role now, is named as a candidate, or was assigned the task."""
    if actor.kind is not ActorKind.PERSON or actor.person is None:
        return False
    if candidates.nobody:
        return bool(task.assignee == actor.person)
    held = parts.authority.roles(connection, actor.person)
    return actor.person in candidates.persons or not held.isdisjoint(candidates.roles)


def task_detail(parts: EngineParts, connection: Connection, actor: Actor, key: int) -> UserTaskDetail:
    """The task with form, data and rights. Raises NotFound."""
    task = find_task(connection, key)
    if task is None:
        raise NotFound(what=Thing.USER_TASK, key=key)
    instance = find_instance(connection, task.instance_key)
    assert instance is not None  # the task refers to it
    candidates = candidates_of(connection, key)
    candidate = is_candidate(parts, connection, actor, task, candidates)
    may_view_case = may(parts, connection, actor, Action.VIEW_CASE, case_subject(instance)) is None
    did_it = actor.kind is ActorKind.PERSON and actor.person is not None and task.completed_by == actor.person
    if not (candidate or may_view_case or did_it):
        raise NotFound(what=Thing.USER_TASK, key=key)
    command = CaseCommand.of_row(parts, connection, "look", actor, instance)
    data: dict[str, Value] = {}
    if task.state == TaskState.OPEN.value:
        data = dict(command.case.job_variables(task.number))
    return UserTaskDetail(
        task=task_row(task, candidates.roles),
        definition_key=task.definition_key,
        element=command.definition.element(task.process_id, task.element_id),
        form=None if task.form_key is None else parts.programs.form(connection, task.form_key),
        form_key=task.form_key,
        data=data,
        entered=_entered(connection, task) if did_it or may_view_case else {},
        may_view_case=may_view_case,
        may_claim=_right(command, actor, task, Action.CLAIM, candidate=candidate),
        may_complete=_right(command, actor, task, Action.COMPLETE, candidate=candidate),
        may_assign=_right(command, actor, task, Action.ASSIGN, candidate=candidate),
        may_waive=_right(command, actor, task, Action.WAIVE, candidate=candidate),
    )


def _entered(connection: Connection, task: Row[Any]) -> dict[str, Value]:
    if task.state != TaskState.COMPLETED.value:
        return {}
    for entry in entries_of(connection, task.instance_key, f"{Action.COMPLETE.value}_user_task"):
        if entry.body["inputs"]["number"] == task.number:
            return dict(entry.body["inputs"]["variables"])
    return {}


def _right(command: CaseCommand, actor: Actor, task: Row[Any], action: Action, *, candidate: bool) -> Right:
    try:
        _check(command, actor, task, action, candidate=candidate)
    except KaihuError as error:
        return Right.unless(error)
    return Right.unless(None)


def _check(command: CaseCommand, actor: Actor, task: Row[Any], action: Action, *, candidate: bool) -> None:
    if task.state != TaskState.OPEN.value:
        raise StateConflict(what=Thing.USER_TASK, actual=Condition.of(task.state), expected=Condition.OPEN)
    if action is Action.WAIVE:
        require_waivable(command.definition.element(task.process_id, task.element_id))
    if action in (Action.CLAIM, Action.COMPLETE) and not candidate:
        raise NotAuthorised(action=Action.CLAIM.value)
    refusal = may(command.parts, command.connection, actor, action, task_subject(task, command.definition))
    if refusal is not None:
        raise refusal
    if action is Action.ASSIGN:
        return
    check_segregation(command, task, actor)
    if action is Action.CLAIM and task.assignee is not None:
        raise StateConflict(what=Thing.USER_TASK, actual=Condition.ASSIGNED, expected=Condition.UNASSIGNED)
    if action is Action.COMPLETE and task.assignee != actor.person:
        actual = Condition.UNASSIGNED if task.assignee is None else Condition.ASSIGNED
        raise StateConflict(what=Thing.USER_TASK, actual=actual, expected=Condition.CLAIMED)
