"""The inbox: pages of user tasks for one person, and the numbers on its badges (R079)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select

from engine.model.actor import Action, Actor, ActorKind
from engine.model.errors import NotAuthorised, NotFound
from engine.model.terms import Thing
from engine.services.answers import InboxCounts, InboxView, Page, TaskPage, TaskRow
from engine.services.authorisation import may
from engine.services.parts import EngineParts
from engine.store import tasks
from engine.store.instances import find_instance
from engine.store.states import TaskState
from persistence.keys import key_in

MAX_PAGE = 200
COUNT_CAP = 1_000


def inbox(parts: EngineParts, connection: Connection, actor: Actor, view: InboxView, page: Page) -> TaskPage:
    """One page, oldest first; completed ones newest first. Raises NotAuthorised for anyone but staff."""
    limit = max(1, min(page.limit, MAX_PAGE))
    rows = tasks.page_of(
        connection,
        _query(parts, connection, actor, view),
        after=key_in(page.after),
        newest_first=view is InboxView.COMPLETED,
        limit=limit + 1,
    )
    groups = tasks.groups_of(connection, [row.key for row in rows[:limit]])
    return TaskPage(
        rows=tuple(task_row(row, groups.get(row.key, ())) for row in rows[:limit]),
        next=str(rows[limit - 1].key) if len(rows) > limit else None,
    )


def counts(parts: EngineParts, connection: Connection, actor: Actor) -> InboxCounts:
    """Capped counts of the person's views."""

    def number(view: InboxView) -> int:
        return tasks.count(connection, _query(parts, connection, actor, view), COUNT_CAP)

    return InboxCounts(
        mine=number(InboxView.MINE),
        groups=number(InboxView.GROUPS),
        overdue=number(InboxView.OVERDUE),
        capped=COUNT_CAP,
    )


def open_tasks_of_case(
    parts: EngineParts, connection: Connection, actor: Actor, instance_key: int
) -> tuple[TaskRow, ...]:
    """The open tasks of a case, oldest first. Raises NotFound, also for a case the actor may not see."""
    case = find_instance(connection, instance_key)
    subject = {"instance_key": instance_key, "business_key": case.business_key if case else None}
    if case is None or may(parts, connection, actor, Action.VIEW_CASE, subject) is not None:
        raise NotFound(what=Thing.CASE, key=instance_key)
    rows = tasks.page_of(connection, tasks.open_in(instance_key), after=None, newest_first=False, limit=MAX_PAGE)
    groups = tasks.groups_of(connection, [row.key for row in rows])
    return tuple(task_row(row, groups.get(row.key, ())) for row in rows)


def _query(parts: EngineParts, connection: Connection, actor: Actor, view: InboxView) -> Select[Any]:
    if actor.kind is not ActorKind.PERSON or actor.person is None:
        raise NotAuthorised(action="inbox")
    person = actor.person
    roles = parts.authority.roles(connection, person)
    match view:
        case InboxView.MINE:
            return tasks.mine(person)
        case InboxView.GROUPS:
            return tasks.claimable(person, roles)
        case InboxView.OVERDUE:
            return tasks.overdue(person, roles, parts.clock.now())
        case InboxView.ALL:
            return tasks.all_open(person, roles)
        case InboxView.COMPLETED:
            return tasks.completed(person)


def task_row(row: Row[Any], groups: tuple[str, ...]) -> TaskRow:
    """The answer for one row."""
    return TaskRow(
        key=row.key,
        instance_key=row.instance_key,
        business_key=row.business_key,
        process_id=row.process_id,
        element_id=row.element_id,
        name=row.name,
        name_en=row.name_en,
        process_name=row.process_name,
        process_name_en=row.process_name_en,
        state=TaskState(row.state),
        assignee=row.assignee,
        candidate_groups=groups,
        priority=row.priority,
        created_at=row.created_at,
        due_at=row.due_at,
        follow_up_at=row.follow_up_at,
        ended_at=row.ended_at,
        completed_by=row.completed_by,
        revision=row.revision,
    )
