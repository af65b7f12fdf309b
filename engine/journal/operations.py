"""The operations log: refused attempts, sign-ins, looks and exports; append-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, literal_column, select

from engine.model.actor import Actor, ActorKind
from engine.store.tables import operations_log

MAX_PAGE = 500
# written into the statement: a partial index is used only if its condition is seen when planning
_REFUSED = operations_log.c.outcome == literal_column("'refused'")


class Outcome(StrEnum):
    """How the operation ended."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One line of the log. `subject` has what is known of process_id, element_id, instance_key, task_key."""

    key: int
    time: dt.datetime
    actor: Actor
    action: str
    outcome: Outcome
    code: str = ""
    subject: Mapping[str, str | int | None]
    detail: str = ""


def record_operation(connection: Connection, operation: Operation) -> None:
    """Append the line."""
    actor, subject = operation.actor, operation.subject
    connection.execute(
        insert(operations_log).values(
            key=operation.key,
            time=operation.time,
            actor_kind=actor.kind.value,
            actor_person=actor.person,
            actor_login=actor.login,
            actor_name=actor.name,
            action=operation.action,
            outcome=operation.outcome.value,
            code=operation.code,
            process_id=subject.get("process_id"),
            element_id=subject.get("element_id"),
            instance_key=subject.get("instance_key"),
            task_key=subject.get("task_key"),
            detail=operation.detail,
        )
    )


def read_operations(
    connection: Connection,
    *,
    instance_key: int | None = None,
    person: int | None = None,
    outcome: Outcome | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Operation]:
    """The newest lines first; `before` is the key of the last line of the page before."""
    log = operations_log.c
    query = select(operations_log).order_by(log.key.desc()).limit(min(limit, MAX_PAGE))
    if instance_key is not None:
        query = query.where(log.instance_key == instance_key)
    if person is not None:
        query = query.where(log.actor_person == person)
    if outcome is not None:
        query = query.where(log.outcome == outcome.value)
    if before is not None:
        query = query.where(log.key < before)
    return [_operation(row) for row in connection.execute(query)]


def refused_attempts(
    connection: Connection, *, since: dt.datetime, until: dt.datetime, person: int | None = None, limit: int = 100
) -> list[Operation]:
    """Refused attempts from `since` to before `until` (UTC), of one person or of all, oldest first: for monitoring."""
    log = operations_log.c
    query = select(operations_log).where(_REFUSED, log.time >= since, log.time < until)
    if person is not None:
        query = query.where(log.actor_person == person)
    ordered = query.order_by(log.time, log.key).limit(min(limit, MAX_PAGE))
    return [_operation(row) for row in connection.execute(ordered)]


def _operation(row: Row[Any]) -> Operation:
    return Operation(
        key=row.key,
        time=row.time,
        actor=Actor(
            kind=ActorKind(row.actor_kind), person=row.actor_person, login=row.actor_login, name=row.actor_name
        ),
        action=row.action,
        outcome=Outcome(row.outcome),
        code=row.code,
        subject={
            "process_id": row.process_id,
            "element_id": row.element_id,
            "instance_key": row.instance_key,
            "task_key": row.task_key,
        },
        detail=row.detail,
    )
