"""The inbox: pages of user tasks for one person, and the numbers on its badges (R079)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row

from engine.model.actor import Action, Actor, ActorKind
from engine.model.errors import NotAuthorised, NotFound
from engine.model.terms import Thing
from engine.services.answers import InboxCounts, InboxView, Page, TaskPage, TaskRow
from engine.services.authorisation import case_subject, may
from engine.services.parts import EngineParts
from engine.store import inbox as store
from engine.store.instances import find_instance
from engine.store.states import TaskState
from persistence.keys import key_in

MAX_PAGE = 200
COUNT_CAP = 200
"""What a badge counts to. Whoever has more waiting than fills the longest page is helped by no exact number."""

_VIEWS = {
    InboxView.MINE: store.MINE,
    InboxView.GROUPS: store.CLAIMABLE,
    InboxView.OVERDUE: store.OVERDUE,
    InboxView.ALL: store.EVERY_OPEN,
}


def inbox(parts: EngineParts, connection: Connection, actor: Actor, view: InboxView, page: Page) -> TaskPage:
    """One page, oldest first; overdue ones by due time, completed ones newest first.

    `page.after` that is no `next` of this view's pages begins at the first. Raises NotAuthorised for anyone but staff.
    """
    limit = max(1, min(page.limit, MAX_PAGE))
    person = _person(actor)
    if view is InboxView.COMPLETED:
        offered = store.completed_by(connection, person, key_in(page.after), limit + 1)
    else:
        after = _overdue_cursor(page.after) if view is InboxView.OVERDUE else _cursor(page.after)
        ranges = _VIEWS[view]
        offered = store.page_of(connection, ranges, _reader(parts, connection, person, ranges), after, limit + 1)
    rows = tuple(task_row(row, groups) for row, groups in offered[:limit])
    return TaskPage(rows=rows, next=_behind(rows[-1], view) if len(offered) > limit else None)


def counts(parts: EngineParts, connection: Connection, actor: Actor) -> InboxCounts:
    """Capped counts of the person's views. Raises NotAuthorised for anyone but staff."""
    views = (store.MINE, store.CLAIMABLE, store.OVERDUE)
    reader = _reader(parts, connection, _person(actor), *views)
    mine, groups, overdue = store.counts_of(connection, views, reader, COUNT_CAP)
    return InboxCounts(mine=mine, groups=groups, overdue=overdue, capped=COUNT_CAP)


def open_tasks_of_case(
    parts: EngineParts, connection: Connection, actor: Actor, instance_key: int
) -> tuple[TaskRow, ...]:
    """The open tasks of a case, oldest first. Raises NotFound, also for a case the actor may not see."""
    case = find_instance(connection, instance_key)
    if case is None or may(parts, connection, actor, Action.VIEW_CASE, case_subject(case)) is not None:
        raise NotFound(what=Thing.CASE, key=instance_key)
    return tuple(task_row(row, groups) for row, groups in store.open_in(connection, instance_key, MAX_PAGE))


def _person(actor: Actor) -> int:
    if actor.kind is not ActorKind.PERSON or actor.person is None:
        raise NotAuthorised(action="inbox")
    return actor.person


def _reader(parts: EngineParts, connection: Connection, person: int, *views: store.View) -> store.Reader:
    """Who reads the views; the tasks a person holds are found without the person's roles."""
    offered = any(view.offers for view in views)
    roles = parts.authority.roles(connection, person) if offered else frozenset[str]()
    return store.Reader(person=person, roles=roles, now=parts.clock.now())


def _cursor(text: str | None) -> store.Cursor | None:
    key = key_in(text)
    return None if key is None else store.Cursor(key=key)


def _overdue_cursor(text: str | None) -> store.Cursor | None:
    time, _, digits = (text or "").rpartition("_")
    key = key_in(digits)
    try:
        due = dt.datetime.fromisoformat(time)
    except ValueError:
        return None
    return None if key is None or due.tzinfo is None else store.Cursor(key=key, due=due)


def _behind(row: TaskRow, view: InboxView) -> str:
    """The cursor behind the last row of a page."""
    if view is not InboxView.OVERDUE:
        return str(row.key)
    assert row.due_at is not None  # or it would not be overdue
    return f"{row.due_at.isoformat()}_{row.key}"


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
