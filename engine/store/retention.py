"""Rows that nobody needs after a while. The journal is not among them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, delete, update

from engine.model.values import dumps
from engine.store.states import MessageState
from engine.store.tables import command_receipt, message

_NOTHING = dumps({})


def expire_messages(connection: Connection, now: dt.datetime) -> int:
    """Messages nobody took in time lose their content; only their ids are remembered. How many there were."""
    return connection.execute(
        update(message)
        .where(message.c.state == MessageState.WAITING.value, message.c.expires_at <= now)
        .values(state=MessageState.EXPIRED.value, variables=_NOTHING)
    ).rowcount


def forget_messages(connection: Connection, now: dt.datetime, received_before: dt.datetime) -> int:
    """Remove messages that can be delivered no more: those without id, and those received before then."""
    past = (message.c.state != MessageState.WAITING.value) & (message.c.expires_at <= now)
    unneeded = message.c.message_id.is_(None) | (message.c.received_at <= received_before)
    return connection.execute(delete(message).where(past, unneeded)).rowcount


def forget_receipts(connection: Connection, before: dt.datetime) -> int:
    """Remove answers kept for repetitions of commands."""
    return connection.execute(delete(command_receipt).where(command_receipt.c.time <= before)).rowcount
