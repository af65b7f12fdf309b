"""User tasks and the inbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal, or_, select, update

from engine.store.states import TaskState
from engine.store.tables import user_task, user_task_candidate, user_task_group

# written into the statement: a partial index is used only if its condition is seen when planning
_OPEN = user_task.c.state == literal(TaskState.OPEN.value, literal_execute=True)


def find_task(connection: Connection, key: int) -> Row[Any] | None:
    """The row, unlocked; read it again once its case is locked."""
    return connection.execute(select(user_task).where(user_task.c.key == key)).first()


def update_task(connection: Connection, key: int, changes: Mapping[str, Any]) -> None:
    """Overwrite columns; counts the revision."""
    connection.execute(
        update(user_task).where(user_task.c.key == key).values(revision=user_task.c.revision + 1, **changes)
    )


def groups_of(connection: Connection, keys: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Candidate groups by task."""
    groups: dict[int, tuple[str, ...]] = {}
    query = (
        select(user_task_group.c.task_key, user_task_group.c.group_id)
        .where(user_task_group.c.task_key.in_(sorted(keys)))
        .order_by(user_task_group.c.group_id)
    )
    for row in connection.execute(query):
        groups[row.task_key] = (*groups.get(row.task_key, ()), row.group_id)
    return groups


def candidates_of(connection: Connection, key: int) -> frozenset[int]:
    """Persons named as candidates."""
    query = select(user_task_candidate.c.person).where(user_task_candidate.c.task_key == key)
    return frozenset(connection.execute(query).scalars())


def _candidate(person: int, roles: Collection[str]) -> ColumnElement[bool]:
    by_role = select(user_task_group.c.task_key).where(
        user_task_group.c.group_id.in_(sorted(roles)), user_task_group.c.open
    )
    by_name = select(user_task_candidate.c.task_key).where(user_task_candidate.c.person == person)
    return or_(user_task.c.key.in_(by_role), user_task.c.key.in_(by_name))


def mine(person: int) -> Select[Any]:
    """Open tasks the person holds."""
    return select(user_task).where(_OPEN, user_task.c.assignee == person)


def open_in(instance_key: int) -> Select[Any]:
    """Open tasks of one case."""
    return select(user_task).where(_OPEN, user_task.c.instance_key == instance_key)


def claimable(person: int, roles: Collection[str]) -> Select[Any]:
    """Open tasks nobody holds that the person is a candidate for."""
    return select(user_task).where(_OPEN, user_task.c.assignee.is_(None), _candidate(person, roles))


def all_open(person: int, roles: Collection[str]) -> Select[Any]:
    """Open tasks the person holds or is a candidate for, whoever holds them."""
    return select(user_task).where(_OPEN, or_(user_task.c.assignee == person, _candidate(person, roles)))


def overdue(person: int, roles: Collection[str], now: dt.datetime) -> Select[Any]:
    """Open tasks past their due time that the person holds, or may claim."""
    free = (user_task.c.assignee.is_(None)) & _candidate(person, roles)
    return select(user_task).where(_OPEN, user_task.c.due_at < now, or_(user_task.c.assignee == person, free))


def completed(person: int) -> Select[Any]:
    """Tasks the person completed."""
    return select(user_task).where(user_task.c.completed_by == person)


def page_of(
    connection: Connection, query: Select[Any], *, after: int | None, newest_first: bool, limit: int
) -> list[Row[Any]]:
    """One page by key: oldest first unless told otherwise."""
    key = user_task.c.key
    if after is not None:
        query = query.where(key < after if newest_first else key > after)
    return list(connection.execute(query.order_by(key.desc() if newest_first else key).limit(limit)))


def count(connection: Connection, query: Select[Any], cap: int) -> int:
    """How many rows, at most `cap`."""
    limited = query.with_only_columns(user_task.c.key).limit(cap).subquery()
    return int(connection.execute(select(func.count()).select_from(limited)).scalar_one())
