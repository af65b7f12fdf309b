"""Who did what in a case: the basis of segregation of duties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from engine.model.actor import ActorKind
from engine.store.rows import insert_all
from engine.store.tables import activity, process_instance
from persistence.prepared import Prepared


def insert_activities(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Element instances that began."""
    insert_all(connection, activity, list(rows))


_ONE = Prepared(
    update(activity).where(
        activity.c.instance_key == bindparam("of_instance"), activity.c.number == bindparam("of_number")
    )
)


def update_activities(connection: Connection, instance_key: int, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Overwrite columns of element instances, by their numbers."""
    alike: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for number, columns in changes.items():
        alike[tuple(columns)].append({"of_instance": instance_key, "of_number": number, **columns})
    for rows in alike.values():
        _ONE.run_each(connection, rows)


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
    found = connection.execute(_PERFORMED, {"instance": instance_key, "person": person, "elements": sorted(elements)})
    return list(found.scalars())


def cases_performed_in(connection: Connection, business_keys: Collection[str], person: int) -> list[str]:
    """The business keys of those cases in which the person has performed a step."""
    query = (
        select(process_instance.c.business_key)
        .join(activity, activity.c.instance_key == process_instance.c.key)
        .where(
            process_instance.c.business_key.in_(business_keys),
            activity.c.performer_kind == ActorKind.PERSON.value,
            activity.c.performer_person == person,
        )
        .distinct()
    )
    return sorted(connection.execute(query).scalars())


_PERFORMED = (
    select(activity.c.element_id)
    .where(
        activity.c.instance_key == bindparam("instance"),
        activity.c.performer_kind == ActorKind.PERSON.value,
        activity.c.performer_person == bindparam("person"),
        activity.c.element_id.in_(bindparam("elements", expanding=True)),
    )
    .order_by(activity.c.number.desc())
)
