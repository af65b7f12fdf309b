"""Who may do what: the authority is asked inside the command's transaction, refusals are logged in one of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row

from engine.journal import Operation, Outcome, record_operation
from engine.model.actor import Action, Actor, ActorKind
from engine.model.errors import NotAuthorised
from engine.services.parts import EngineParts
from persistence.errors import ErrorKind, KaihuError

Subject: TypeAlias = Mapping[str, str | int | None]
"""What is known of process_id, element_id, instance_key, task_key, business_key.

The process of an element is the one whose diagram has it; that of a case, the one it was started with.
"""


def case_subject(row: Row[Any]) -> dict[str, str | int | None]:
    """What the authority is told of a case as a whole."""
    return {"process_id": row.process_id, "instance_key": row.key, "business_key": row.business_key}


_CUSTOMER_ACTIONS = frozenset({Action.START, Action.CORRELATE, Action.VIEW_CASE})
"""In their own case only: the page that let the customer in has checked its access code. All else is the staff's."""


def may(
    parts: EngineParts, connection: Connection, actor: Actor, action: Action, subject: Subject
) -> KaihuError | None:
    """Why the actor may not, or None."""
    if actor.kind is ActorKind.PERSON and actor.person is not None:
        return parts.authority.refusal(connection, actor.person, action.value, subject)
    if actor.kind is ActorKind.CUSTOMER:
        own = subject.get("business_key") == actor.name
        return None if own and action in _CUSTOMER_ACTIONS else NotAuthorised(action=action.value)
    return None


def require(
    parts: EngineParts,
    connection: Connection,
    actor: Actor,
    action: Action,
    subject: Subject,
    candidates: Collection[str] = (),
) -> Actor:
    """The actor as the one who gives the command: a deputy is told on whose behalf.

    `candidates` are the roles the task is offered to. Raises the authority's refusal, if it has one.
    """
    refusal = may(parts, connection, actor, action, subject)
    if refusal is not None:
        raise refusal
    if actor.kind is not ActorKind.PERSON or actor.person is None:
        return actor
    other = parts.authority.on_behalf_of(connection, actor.person, action.value, subject, candidates)
    return actor if other is None else replace(actor, on_behalf_of=other)


@contextmanager
def guarded(parts: EngineParts, actor: Actor, action: Action, subject: Subject) -> Iterator[None]:
    """Log what was refused for want of authority, after the command's transaction has been rolled back.

    `subject` may be filled in while the block runs.
    """
    try:
        yield
    except KaihuError as error:
        if error.kind is ErrorKind.FORBIDDEN:
            _log_refusal(parts, actor, action, subject, error)
        raise


def _log_refusal(parts: EngineParts, actor: Actor, action: Action, subject: Subject, error: KaihuError) -> None:
    with parts.database.transaction() as transaction:
        record_operation(
            transaction.connection,
            Operation(
                key=parts.keys.next(),
                time=parts.clock.now(),
                actor=actor,
                action=action.value,
                outcome=Outcome.REFUSED,
                code=error.code,
                subject=subject,
            ),
        )
