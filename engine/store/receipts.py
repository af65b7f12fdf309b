"""What was answered to a command with an idempotency key, so that its repetition gets the same answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, insert, select

from engine.model.actor import Actor
from engine.model.values import dumps, loads
from engine.store.tables import command_receipt


def _actor_text(actor: Actor) -> str:
    return f"{actor.kind.value}:{actor.person if actor.person is not None else actor.name}"


def find_receipt(connection: Connection, command: str, actor: Actor, idempotency_key: str) -> Any | None:
    """The answer given before, or None."""
    receipt = command_receipt.c
    answer = connection.execute(
        select(receipt.answer).where(
            receipt.command == command,
            receipt.actor == _actor_text(actor),
            receipt.idempotency_key == idempotency_key,
        )
    ).scalar()
    return None if answer is None else loads(answer)


def keep_receipt(
    connection: Connection, command: str, actor: Actor, idempotency_key: str, *, answer: object, time: dt.datetime
) -> None:
    """Remember the answer. Raises sqlalchemy's IntegrityError when the same command came in twice at once."""
    connection.execute(
        insert(command_receipt).values(
            command=command,
            actor=_actor_text(actor),
            idempotency_key=idempotency_key,
            answer=dumps(answer),
            time=time,
        )
    )
