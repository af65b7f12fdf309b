"""User tasks: found, held, ended; their offers to candidates are kept right with them (`engine.store.inbox`)."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Container, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, literal_column, select, update

from engine.model.record import record
from engine.store.instances import MOVED, lock_instance_of_task
from engine.store.states import CandidateKind, TaskState
from engine.store.tables import process_instance, user_task, user_task_offer
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


@record
class Candidates:
    """Whom a task is offered to."""

    roles: tuple[str, ...]
    """Their holders are candidates."""
    persons: frozenset[int]
    """Named as candidates."""

    @property
    def nobody(self) -> bool:
        """Whether there are none."""
        return not self.roles and not self.persons

    @classmethod
    def of(cls, rows: Iterable[Row[Any]]) -> Candidates:
        """The candidates of offers; a row without one tells of a task that is offered to nobody."""
        offers = [(row.kind, row.candidate) for row in rows]
        return cls(
            roles=tuple(candidate for kind, candidate in offers if kind == CandidateKind.ROLE.value),
            persons=frozenset(int(candidate) for kind, candidate in offers if kind == CandidateKind.PERSON.value),
        )


@record
class LockedTask:
    """A task with its case, which is locked: what a command on it needs of both."""

    task: Row[Any]
    case: Row[Any]
    candidates: Candidates


_ACTED_ON = [
    user_task.c[name]
    for name in (
        "key", "instance_key", "number", "process_id", "element_id", "form_key", "state", "assignee", "revision",
    )
]  # fmt: skip
_ORDER = _OFFER.kind, _OFFER.candidate
_WITH_OFFERS = (
    select(*_ACTED_ON, *_ORDER)
    .join_from(user_task, user_task_offer, _OFFER.task_key == user_task.c.key, isouter=True)
    .where(user_task.c.key == bindparam("key"))
    .order_by(*_ORDER)
)
_ALONE = Prepared(_WITH_OFFERS)
_WITH_CASE = Prepared(
    _WITH_OFFERS.add_columns(*(column.label(f"case_{column.name}") for column in MOVED)).join(
        process_instance, process_instance.c.key == user_task.c.instance_key
    )
)
_Case = namedtuple("_Case", [column.name for column in MOVED])  # type: ignore[misc]  # names that only run time knows


def lock_task(connection: Connection, key: int) -> LockedTask | None:
    """The task as the last command left it; others on its case wait until the transaction ends."""
    if connection.dialect.name == "sqlite":  # the transaction itself is the lock: one look tells of all
        rows = _WITH_CASE.all(connection, {"key": key})
        case: Any = _Case._make(rows[0][-len(MOVED) :]) if rows else None
    else:  # a row read together with another that is waited for would be as it was before the wait
        case = lock_instance_of_task(connection, key)
        rows = _ALONE.all(connection, {"key": key})
    return LockedTask(task=rows[0], case=case, candidates=Candidates.of(rows)) if rows else None


def find_task(connection: Connection, key: int) -> Row[Any] | None:
    """The row, unlocked."""
    return _BY_KEY.first(connection, {"key": key})


def hand_task_to(connection: Connection, key: int, person: int | None) -> None:
    """The person holds the open task from now on, or with None nobody does; counts the revision."""
    _HAND_TO.run(connection, {"of_key": key, "assignee": person})
    _OFFER_AGAIN.run(connection, {"of_key": key, "claimable": person is None})


def end_tasks(
    connection: Connection, instance_key: int, endings: Mapping[int, Mapping[str, Any]], unoffered: Container[int]
) -> None:
    """Open tasks of the case end, by their elements' numbers: nobody is offered them any longer.

    Those known to be `unoffered` never were.
    """
    for number, columns in endings.items():
        place = {"of_instance": instance_key, "of_number": number}
        _END.run(connection, place | dict(columns))
        if number not in unoffered:
            _CLOSE_OFFERS.run(connection, place)


_CANDIDATES = Prepared(
    select(_OFFER.kind, _OFFER.candidate).where(_OFFER.task_key == bindparam("key")).order_by(*_ORDER)
)


def candidates_of(connection: Connection, key: int) -> Candidates:
    """The candidates for the task."""
    return Candidates.of(_CANDIDATES.all(connection, {"key": key}))
