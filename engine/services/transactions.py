"""Running a command once: its receipt if it came before, a conflict if somebody was faster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from engine.model.actor import Actor
from engine.model.errors import StateConflict
from engine.model.terms import Condition, Thing
from engine.services.parts import EngineParts
from engine.store.receipts import find_receipt, keep_receipt
from persistence.telemetry.observation import Kind, observed


def run_once(
    parts: EngineParts,
    command: str,
    actor: Actor,
    idempotency_key: str | None,
    act: Callable[[Connection], dict[str, Any] | None],
) -> Any:
    """Run `act` in a transaction and return its answer (JSON types); with a key, a repetition gets the same answer.

    Raises StateConflict when another command wrote to the same case first.
    """
    name, _, task = command.partition(":")
    with observed(Kind.COMMAND, name) as operation:
        if task:
            operation.facts["task"] = task
        return _run_once(parts, command, actor, idempotency_key, act)


def _run_once(
    parts: EngineParts,
    command: str,
    actor: Actor,
    idempotency_key: str | None,
    act: Callable[[Connection], dict[str, Any] | None],
) -> Any:
    try:
        with parts.database.transaction() as transaction:
            connection = transaction.connection
            parts.bell.begin()
            transaction.after_commit(parts.bell.committed)
            if idempotency_key is None:
                return act(connection)
            known = find_receipt(connection, command, actor, idempotency_key)
            if known is not None:
                return known["answer"]
            answer = act(connection)
            keep_receipt(connection, command, actor, idempotency_key, answer={"answer": answer}, time=parts.clock.now())
            return answer
    except IntegrityError as error:
        return _answer_of_the_faster(parts, command, actor, idempotency_key, error)


def _answer_of_the_faster(
    parts: EngineParts, command: str, actor: Actor, idempotency_key: str | None, error: IntegrityError
) -> Any:
    if idempotency_key is not None:
        with parts.database.reading() as connection:
            known = find_receipt(connection, command, actor, idempotency_key)
        if known is not None:
            return known["answer"]
    raise StateConflict(what=Thing.CASE, actual=Condition.CHANGED, expected=Condition.UNCHANGED) from error
