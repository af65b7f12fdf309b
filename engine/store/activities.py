"""Who did what in a case: the basis of segregation of duties."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select, update

from engine.model.actor import ActorKind
from engine.store.rows import insert_all
from engine.store.tables import activity


def insert_activities(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Element instances that began."""
    insert_all(connection, activity, list(rows))


def update_activity(connection: Connection, instance_key: int, number: int, changes: Mapping[str, Any]) -> None:
    """An element instance ended."""
    connection.execute(
        update(activity).where(activity.c.instance_key == instance_key, activity.c.number == number).values(**changes)
    )


def activities_of(connection: Connection, instance_key: int) -> list[Row[Any]]:
    """Every element instance of the case, in the order they began."""
    return list(
        connection.execute(select(activity).where(activity.c.instance_key == instance_key).order_by(activity.c.number))
    )


def open_activities_of(connection: Connection, instance_keys: Collection[int]) -> list[Row[Any]]:
    """Every open element instance of the cases, in the order they began."""
    query = select(activity).where(activity.c.instance_key.in_(instance_keys), activity.c.ended_at.is_(None))
    return list(connection.execute(query.order_by(activity.c.number)))


def elements_performed(connection: Connection, instance_key: int, person: int, elements: Collection[str]) -> list[str]:
    """Which of the elements the person has performed in this case, in any round."""
    query = (
        select(activity.c.element_id)
        .where(
            activity.c.instance_key == instance_key,
            activity.c.performer_kind == ActorKind.PERSON.value,
            activity.c.performer_person == person,
            activity.c.element_id.in_(sorted(elements)),
        )
        .order_by(activity.c.number.desc())
    )
    return list(connection.execute(query).scalars())
