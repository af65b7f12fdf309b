"""What was answered to a command with an idempotency key, so that its repetition gets the same answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from engine.model.actor import Actor
from engine.model.values import dumps, loads
from engine.store.tables import command_receipt
from persistence.prepared import Prepared

_RECEIPT = command_receipt.c
_FIND = Prepared(
    select(_RECEIPT.answer).where(
        _RECEIPT.command == bindparam("command"),
        _RECEIPT.actor == bindparam("actor"),
        _RECEIPT.idempotency_key == bindparam("idempotency_key"),
    )
)
_KEEP = Prepared(insert(command_receipt))


def _place(command: str, actor: Actor, idempotency_key: str) -> dict[str, Any]:
    who = f"{actor.kind.value}:{actor.person if actor.person is not None else actor.name}"
    return {"command": command, "actor": who, "idempotency_key": idempotency_key}


def find_receipt(connection: Connection, command: str, actor: Actor, idempotency_key: str) -> Any | None:
    """The answer given before, or None."""
    row = _FIND.first(connection, _place(command, actor, idempotency_key))
    return None if row is None else loads(row.answer)


def keep_receipt(
    connection: Connection, command: str, actor: Actor, idempotency_key: str, *, answer: object, time: dt.datetime
) -> None:
    """Remember the answer.

    Raises sqlalchemy's IntegrityError, here or at the COMMIT, when the same command came in twice at once.
    """
    _KEEP.run(connection, _place(command, actor, idempotency_key) | {"answer": dumps(answer), "time": time})
