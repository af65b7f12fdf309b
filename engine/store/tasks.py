"""User tasks and the inbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    bindparam,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
    update,
)

from engine.store.states import TaskState
from engine.store.tables import user_task, user_task_candidate, user_task_group
from persistence.prepared import Prepared
from persistence.schema import Key

# written into the statement: a partial index is used only if its condition is seen when planning
_OPEN = user_task.c.state == literal_column(f"'{TaskState.OPEN.value}'")


_BY_KEY = Prepared(select(user_task).where(user_task.c.key == bindparam("key")))
_COUNTED = {"revision": user_task.c.revision + 1}
_UPDATE = Prepared(update(user_task).where(user_task.c.key == bindparam("of_key")).values(**_COUNTED))
_OF_INSTANCE = user_task.c.instance_key == bindparam("of_instance")
_OF_NUMBER = user_task.c.number == bindparam("of_number")
_END = Prepared(update(user_task).where(_OF_INSTANCE, _OF_NUMBER, _OPEN).values(**_COUNTED))
_CLOSE_GROUPS = Prepared(
    update(user_task_group)
    .where(user_task_group.c.task_key.in_(select(user_task.c.key).where(_OF_INSTANCE, _OF_NUMBER)))
    .values(open=False)
)
_END_ALL = Prepared(update(user_task).where(_OF_INSTANCE, _OPEN).values(**_COUNTED))
_CLOSE_ALL_GROUPS = Prepared(
    update(user_task_group)
    .where(user_task_group.c.task_key.in_(select(user_task.c.key).where(_OF_INSTANCE)), user_task_group.c.open)
    .values(open=False)
)


def find_task(connection: Connection, key: int) -> Row[Any] | None:
    """The row, unlocked; read it again once its case is locked."""
    return _BY_KEY.first(connection, {"key": key})


def update_task(connection: Connection, key: int, changes: Mapping[str, Any]) -> None:
    """Overwrite columns; counts the revision."""
    _UPDATE.run(connection, {"of_key": key, **changes})


def end_tasks(connection: Connection, instance_key: int, endings: Mapping[int, Mapping[str, Any]]) -> None:
    """Open tasks of the case end, by their elements' numbers: nobody is offered them any longer."""
    for number, columns in endings.items():
        place = {"of_instance": instance_key, "of_number": number}
        _END.run(connection, place | dict(columns))
        _CLOSE_GROUPS.run(connection, place)


def end_all_tasks(connection: Connection, instance_key: int, columns: Mapping[str, Any]) -> None:
    """Every open task of the case ends."""
    if _END_ALL.run(connection, {"of_instance": instance_key, **columns}):
        _CLOSE_ALL_GROUPS.run(connection, {"of_instance": instance_key})


def groups_of(connection: Connection, keys: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Candidate groups by task."""
    groups: dict[int, tuple[str, ...]] = {}
    if keys:
        for task, group in connection.execute(_GROUPS, {"keys": sorted(keys)}):
            groups[task] = (*groups.get(task, ()), group)
    return groups


_GROUPS = (
    select(user_task_group.c.task_key, user_task_group.c.group_id)
    .where(user_task_group.c.task_key.in_(bindparam("keys", expanding=True)))
    .order_by(user_task_group.c.group_id)
)
_CANDIDATES = Prepared(
    union_all(
        select(user_task_group.c.group_id, null().cast(Key).label("person")).where(
            user_task_group.c.task_key == bindparam("key")
        ),
        select(null().cast(Text), user_task_candidate.c.person).where(
            user_task_candidate.c.task_key == bindparam("key")
        ),
    )
)


def candidates_of(connection: Connection, key: int) -> tuple[frozenset[str], frozenset[int]]:
    """The roles whose holders are candidates for the task, and the persons named as such."""
    rows = _CANDIDATES.all(connection, {"key": key})
    return (
        frozenset(group for group, _ in rows if group is not None),
        frozenset(person for _, person in rows if person is not None),
    )


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
