"""Who did what in a case: the basis of segregation of duties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, and_, bindparam, or_, select, update

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


def passages_through(connection: Connection, instance_key: int, elements: Collection[str]) -> list[Row[Any]]:
    """The passages of a case through these elements: `number`, `element_id`, `performer_person`."""
    columns = activity.c.number, activity.c.element_id, activity.c.performer_person
    through = (activity.c.instance_key == instance_key) & activity.c.element_id.in_(elements)
    return list(connection.execute(select(*columns).where(through)))


def elements_performed(
    connection: Connection, instance_key: int, person: int, bound_with: Collection[int], elements: Collection[str]
) -> list[Row[Any]]:
    """The passages through these elements that bind the person: their own, and those of whom they are bound with.

    Newest first, with `element_id`, `performer_person`. A step a deputy did counts for both.
    """
    given = {"instance": instance_key, "person": person, "bound": sorted(bound_with), "elements": sorted(elements)}
    return list(connection.execute(_PERFORMED, given))


def cases_performed_in(
    connection: Connection, business_keys: Collection[str], instance_key: int, person: int, bound_with: Collection[int]
) -> list[str]:
    """The business keys of those cases in which a step binds the person, who acts in the case `instance_key`."""
    given = {"instance": instance_key, "person": person, "bound": sorted(bound_with), "keys": sorted(business_keys)}
    return sorted(connection.execute(_PERFORMED_IN, given).scalars())


_earlier = activity.alias()
_ACTED_FOR = select(_earlier.c.on_behalf_of).where(
    _earlier.c.instance_key == bindparam("instance"),
    _earlier.c.performer_person == bindparam("person"),
    _earlier.c.on_behalf_of.is_not(None),
)
_BOUND: BindParameter[Any] = bindparam("bound", expanding=True)
_BINDS = and_(  # done by or for one of them, or by somebody for whom the person has acted in the case
    activity.c.performer_kind == ActorKind.PERSON.value,
    or_(
        activity.c.performer_person.in_(_BOUND),
        activity.c.on_behalf_of.in_(_BOUND),
        activity.c.performer_person.in_(_ACTED_FOR),
    ),
)
_PERFORMED = (
    select(activity.c.element_id, activity.c.performer_person)
    .where(
        activity.c.instance_key == bindparam("instance"),
        activity.c.element_id.in_(bindparam("elements", expanding=True)),
        _BINDS,
    )
    .order_by(activity.c.number.desc())
)
_PERFORMED_IN = (
    select(process_instance.c.business_key)
    .join(activity, activity.c.instance_key == process_instance.c.key)
    .where(process_instance.c.business_key.in_(bindparam("keys", expanding=True)), _BINDS)
    .distinct()
)
