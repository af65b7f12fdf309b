"""User tasks: claimed, released, assigned, completed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Row

from engine.model.actor import Action, Actor, ActorKind
from engine.model.errors import NotAuthorised, NotFound, StateConflict
from engine.model.terms import Condition, Thing
from engine.model.values import Value
from engine.services.answers import InboxCounts, InboxView, Page, TaskPage, TaskRow, UserTaskDetail
from engine.services.authorisation import guarded, require
from engine.services.command import CaseCommand
from engine.services.errors import FormExpected
from engine.services.form_data import accepted_variables
from engine.services.inbox import counts, inbox, open_tasks_of_case
from engine.services.parts import EngineParts
from engine.services.qualification_gate import return_unqualified
from engine.services.segregation import check_segregation
from engine.services.settling import settle
from engine.services.task_detail import is_candidate, task_detail, task_subject
from engine.services.transactions import run_once
from engine.services.waivers import require_grounds, require_waivable, stand_in
from engine.store.states import TaskState
from engine.store.tasks import Candidates, hand_task_to, lock_task
from persistence.errors import ErrorKind, KaihuError


class UserTasks:
    """Commands and questions about user tasks."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    def get(self, actor: Actor, key: int) -> UserTaskDetail:
        """What a page shows of the task. Raises NotFound, also for a task this person may not see."""
        with self._parts.database.reading(one_view=True) as connection:
            return task_detail(self._parts, connection, actor, key)

    def inbox(self, actor: Actor, view: InboxView, page: Page | None = None) -> TaskPage:
        """One page of the actor's tasks."""
        with self._parts.database.reading() as connection:
            return inbox(self._parts, connection, actor, view, page or Page())

    def of_case(self, actor: Actor, instance_key: int) -> tuple[TaskRow, ...]:
        """The open tasks of a case, oldest first. Raises NotFound, also for a case this person may not see."""
        with self._parts.database.reading() as connection:
            return open_tasks_of_case(self._parts, connection, actor, instance_key)

    def counts(self, actor: Actor) -> InboxCounts:
        """Numbers for the badges."""
        with self._parts.database.reading() as connection:
            return counts(self._parts, connection, actor)

    def claim(self, actor: Actor, key: int) -> None:
        """Take the task; taking it again changes nothing.

        Raises NotFound, NotAuthorised, SegregationOfDuties, StateConflict when another person holds it.
        """

        def act(command: CaseCommand, task: Row[Any], candidates: Candidates) -> None:
            self._require_candidate(command, actor, task, candidates)
            if task.assignee not in (None, actor.person):
                raise StateConflict(what=Thing.USER_TASK, actual=Condition.ASSIGNED, expected=Condition.UNASSIGNED)
            check_segregation(command, task, actor)
            command.inputs["assignee"] = actor.person
            hand_task_to(command.connection, key, actor.person)

        self._run(actor, Action.CLAIM, key, act, unless=lambda task: task.assignee == actor.person)

    def release(self, actor: Actor, key: int) -> None:
        """Give the task back to its candidates. Raises NotAuthorised when another person holds it."""

        def act(command: CaseCommand, task: Row[Any], _candidates: Candidates) -> None:
            _require_assignee(actor, task, Action.RELEASE)
            hand_task_to(command.connection, key, None)

        self._run(actor, Action.RELEASE, key, act)

    def assign(self, actor: Actor, key: int, person: int) -> None:
        """Give the task to a person who is a candidate for it; the authority says who may.

        Raises NotAuthorised when the actor may not assign or `person` is no candidate, SegregationOfDuties.
        """

        def act(command: CaseCommand, task: Row[Any], candidates: Candidates) -> None:
            assignee = Actor(kind=ActorKind.PERSON, person=person)
            require(self._parts, command.connection, assignee, Action.CLAIM, task_subject(task, command.definition))
            self._require_candidate(command, assignee, task, candidates)
            check_segregation(command, task, assignee)
            command.inputs["assignee"] = person
            hand_task_to(command.connection, key, person)

        self._run(actor, Action.ASSIGN, key, act)

    def complete(
        self,
        actor: Actor,
        key: int,
        form_data: Mapping[str, object],
        *,
        revision: int | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        """Complete a task the actor has claimed, with data the task's form accepts.

        `revision` is that of the task when the person saw it. When the qualification the task asks for has lapsed, the
        task goes back to its candidates. Raises NotFound, NotAuthorised, SegregationOfDuties,
        FormInvalid, StateConflict.
        """

        def act(command: CaseCommand, task: Row[Any], candidates: Candidates) -> None:
            _require_assignee(actor, task, Action.COMPLETE)
            self._require_candidate(command, actor, task, candidates)
            if revision is not None and revision != task.revision:
                raise StateConflict(what=Thing.USER_TASK, actual=Condition.CHANGED, expected=Condition.UNCHANGED)
            check_segregation(command, task, actor)
            variables = self._accepted(command, task, form_data)
            command.inputs["variables"] = variables
            command.projection.performers[task.number] = command.actor
            command.case.complete_user_task(task.number, variables)
            settle(command)

        try:
            self._run(actor, Action.COMPLETE, key, act, idempotency_key=idempotency_key)
        except KaihuError as refusal:
            if refusal.kind is ErrorKind.FORBIDDEN:
                return_unqualified(self._parts, actor, key)
            raise

    def waive(self, actor: Actor, key: int, *, reason: str, reference: str, idempotency_key: str | None = None) -> None:
        """Give up the task: what its `waiver` says stands in for its result, and the giver for its performer (R086).

        `reference` names the decision behind it. Raises NotFound, NotAuthorised, NotWaivable, WaiverIncomplete,
        SegregationOfDuties, StateConflict, WaiverUnfit.
        """

        def act(command: CaseCommand, task: Row[Any], _candidates: Candidates) -> None:
            if actor.kind is not ActorKind.PERSON:
                raise NotAuthorised(action=Action.WAIVE.value)
            element = command.definition.element(task.process_id, task.element_id)
            require_waivable(element)
            require_grounds(reason, reference)
            check_segregation(command, task, actor)
            variables = stand_in(command, element, task)
            command.inputs |= {"reason": reason.strip(), "reference": reference.strip(), "variables": variables}
            command.projection.performers[task.number] = command.actor
            command.case.complete_user_task(task.number, variables)
            settle(command)

        self._run(actor, Action.WAIVE, key, act, idempotency_key=idempotency_key)

    def _require_candidate(self, command: CaseCommand, person: Actor, task: Row[Any], candidates: Candidates) -> None:
        if not is_candidate(self._parts, command.connection, person, task, candidates):
            raise NotAuthorised(action=Action.CLAIM.value)

    def _accepted(self, command: CaseCommand, task: Row[Any], form_data: Mapping[str, object]) -> dict[str, Value]:
        if task.form_key is None:
            if form_data:
                raise FormExpected(element=task.element_id)
            return {}
        form = self._parts.programs.form(command.connection, task.form_key)
        return accepted_variables(command, form, form_data, command.case.job_variables(task.number))

    def _run(
        self,
        actor: Actor,
        action: Action,
        key: int,
        act: Callable[[CaseCommand, Row[Any], Candidates], None],
        *,
        unless: Callable[[Row[Any]], bool] = lambda task: False,
        idempotency_key: str | None = None,
    ) -> None:
        subject: dict[str, str | int | None] = {"task_key": key}

        def run(connection: Connection) -> None:
            locked = lock_task(connection, key)
            if locked is None:
                raise NotFound(what=Thing.USER_TASK, key=key)
            task = locked.task
            subject.update(task_subject(task, self._parts.programs.get(connection, locked.case.definition_key)))
            giver = require(self._parts, connection, actor, action, subject, _offered_to(action, locked.candidates))
            if task.state != TaskState.OPEN:
                raise StateConflict(what=Thing.USER_TASK, actual=Condition.of(task.state), expected=Condition.OPEN)
            if unless(task):
                return
            command = CaseCommand.of_active(self._parts, connection, f"{action.value}_user_task", giver, locked.case)
            command.inputs |= {"number": task.number, "element": task.element_id}
            if locked.candidates.nobody:
                command.projection.unoffered.add(task.number)
            act(command, task, locked.candidates)
            command.write()

        with guarded(self._parts, actor, action, subject):
            run_once(self._parts, f"{action.value}:{key}", actor, idempotency_key, run)


def _offered_to(action: Action, candidates: Candidates) -> tuple[str, ...]:
    """The roles that let a person do the task; it is given back and handed out by other ones."""
    return candidates.roles if action in (Action.CLAIM, Action.COMPLETE) else ()


def _require_assignee(actor: Actor, task: Row[Any], action: Action) -> None:
    if actor.kind is not ActorKind.PERSON:
        raise NotAuthorised(action=action.value)
    if task.assignee is None:
        raise StateConflict(what=Thing.USER_TASK, actual=Condition.UNASSIGNED, expected=Condition.CLAIMED)
    if task.assignee != actor.person:
        raise NotAuthorised(action=action.value)
