"""User tasks: found, held, ended; their offers to candidates are kept right with them (`engine.store.inbox`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, literal_column, select, update

from engine.store.states import CandidateKind, TaskState
from engine.store.tables import user_task, user_task_offer
from persistence.prepared import Prepared

# written into the statement: a partial index is used only if its condition is seen when planning
OPEN = user_task.c.state == literal_column(f"'{TaskState.OPEN.value}'")


_BY_KEY = Prepared(select(user_task).where(user_task.c.key == bindparam("key")))
_COUNTED = {"revision": user_task.c.revision + 1}
_HAND_TO = Prepared(update(user_task).where(user_task.c.key == bindparam("of_key")).values(**_COUNTED))
_OF_INSTANCE = user_task.c.instance_key == bindparam("of_instance")
_OF_NUMBER = user_task.c.number == bindparam("of_number")
_END = Prepared(update(user_task).where(_OF_INSTANCE, _OF_NUMBER, OPEN).values(**_COUNTED))

_OFFER = user_task_offer.c
_OFFER_AGAIN = Prepared(update(user_task_offer).where(_OFFER.task_key == bindparam("of_key")))
_CLOSED = {"open": False, "claimable": False}
_CLOSE_OFFERS = Prepared(
    update(user_task_offer)
    .where(_OFFER.task_key.in_(select(user_task.c.key).where(_OF_INSTANCE, _OF_NUMBER)))
    .values(**_CLOSED)
)


def find_task(connection: Connection, key: int) -> Row[Any] | None:
    """The row, unlocked; read it again once its case is locked."""
    return _BY_KEY.first(connection, {"key": key})


def hand_task_to(connection: Connection, key: int, person: int | None) -> None:
    """The person holds the open task from now on, or with None nobody does; counts the revision."""
    _HAND_TO.run(connection, {"of_key": key, "assignee": person})
    _OFFER_AGAIN.run(connection, {"of_key": key, "claimable": person is None})


def end_tasks(connection: Connection, instance_key: int, endings: Mapping[int, Mapping[str, Any]]) -> None:
    """Open tasks of the case end, by their elements' numbers: nobody is offered them any longer."""
    for number, columns in endings.items():
        place = {"of_instance": instance_key, "of_number": number}
        _END.run(connection, place | dict(columns))
        _CLOSE_OFFERS.run(connection, place)


_CANDIDATES = Prepared(
    select(_OFFER.kind, _OFFER.candidate)
    .where(_OFFER.task_key == bindparam("key"))
    .order_by(_OFFER.kind, _OFFER.candidate)
)


def candidates_of(connection: Connection, key: int) -> tuple[frozenset[str], frozenset[int]]:
    """The roles whose holders are candidates for the task, and the persons named as such."""
    rows = _CANDIDATES.all(connection, {"key": key})
    return (
        frozenset(candidate for kind, candidate in rows if kind == CandidateKind.ROLE.value),
        frozenset(int(candidate) for kind, candidate in rows if kind == CandidateKind.PERSON.value),
    )


def groups_of(connection: Connection, key: int) -> tuple[str, ...]:
    """The roles whose holders are candidates for the task."""
    rows = _CANDIDATES.all(connection, {"key": key})
    return tuple(candidate for kind, candidate in rows if kind == CandidateKind.ROLE.value)
