"""Timers, message subscriptions and the message inbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, cast

from sqlalchemy import Connection, Delete, Row, Table, bindparam, delete, func, insert, select, update

from engine.store.states import MessageState
from engine.store.tables import message, message_subscription, timer
from persistence.prepared import Prepared


def instances_with_due_timers(connection: Connection, now: dt.datetime, limit: int) -> list[int]:
    """Keys of cases with a timer due, the longest due first."""
    query = (
        select(timer.c.instance_key)
        .where(timer.c.try_at <= now)
        .group_by(timer.c.instance_key)
        .order_by(func.min(timer.c.try_at))
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def has_due_timer(connection: Connection, instance_key: int, now: dt.datetime) -> bool:
    """Whether a timer of the case is due."""
    query = select(timer.c.number).where(timer.c.instance_key == instance_key, timer.c.due_at <= now).limit(1)
    return connection.execute(query).first() is not None


def postpone_timers(connection: Connection, instance_key: int, now: dt.datetime, until: dt.datetime) -> None:
    """Leave the due timers of a case alone until then: firing them failed."""
    connection.execute(
        update(timer).where(timer.c.instance_key == instance_key, timer.c.try_at <= now).values(try_at=until)
    )


def next_timer(connection: Connection) -> dt.datetime | None:
    """When the next timer wants to fire."""
    row = _NEXT.first(connection, {})
    return None if row is None else cast(dt.datetime, row.try_at)


_NEXT = Prepared(select(timer.c.try_at).order_by(timer.c.try_at).limit(1))


def delete_timers(connection: Connection, instance_key: int, numbers: Collection[int]) -> None:
    """Timers of element instances wait no longer."""
    _delete(connection, _TIMERS, instance_key, numbers)


def delete_subscriptions(connection: Connection, instance_key: int, numbers: Collection[int]) -> None:
    """Subscriptions of element instances wait no longer."""
    _delete(connection, _SUBSCRIPTIONS, instance_key, numbers)


def _delete(connection: Connection, statement: Prepared, instance_key: int, numbers: Collection[int]) -> None:
    statement.run_each(connection, [{"instance": instance_key, "number": number} for number in sorted(numbers)])


def _of_element(table: Table) -> Delete:
    return delete(table).where(table.c.instance_key == bindparam("instance"), table.c.number == bindparam("number"))


_TIMERS, _SUBSCRIPTIONS = Prepared(_of_element(timer)), Prepared(_of_element(message_subscription))


def find_subscription(connection: Connection, name: str, correlation_key: str) -> Row[Any] | None:
    """The oldest open subscription to the message."""
    subscription = message_subscription.c
    return connection.execute(
        select(message_subscription)
        .where(subscription.message == name, subscription.correlation_key == correlation_key)
        .order_by(subscription.opened_at, subscription.instance_key, subscription.number, subscription.arm)
        .limit(1)
    ).first()


def waiting_message(connection: Connection, name: str, correlation_key: str, now: dt.datetime) -> Row[Any] | None:
    """The oldest message in the inbox that has not expired."""
    return _WAITING.first(connection, {"name": name, "correlation_key": correlation_key, "now": now})


_WAITING = Prepared(
    select(message)
    .where(
        message.c.name == bindparam("name"),
        message.c.correlation_key == bindparam("correlation_key"),
        message.c.state == MessageState.WAITING.value,
        message.c.expires_at > bindparam("now"),
    )
    .order_by(message.c.received_at, message.c.key)
    .limit(1)
)


def find_message(connection: Connection, name: str, correlation_key: str, message_id: str) -> Row[Any] | None:
    """The message that came with this id, whatever became of it."""
    return connection.execute(
        select(message).where(
            message.c.name == name, message.c.correlation_key == correlation_key, message.c.message_id == message_id
        )
    ).first()


def insert_message(connection: Connection, row: Mapping[str, Any]) -> None:
    """A message that came in."""
    connection.execute(insert(message).values(**row))


def mark_delivered(connection: Connection, key: int, instance_key: int) -> None:
    """A case took the message."""
    connection.execute(
        update(message)
        .where(message.c.key == key)
        .values(state=MessageState.DELIVERED.value, instance_key=instance_key)
    )
