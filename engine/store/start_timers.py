"""Start timers: when processes begin cases by themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Row, delete, insert, select, update

from engine.store.tables import start_timer
from persistence.prepared import Prepared

_COLUMNS = start_timer.c
_NEXT = Prepared(select(_COLUMNS.try_at).order_by(_COLUMNS.try_at).limit(1))


def next_start_timer(connection: Connection) -> dt.datetime | None:
    """When the next one wants to begin a case."""
    row = _NEXT.first(connection, {})
    return None if row is None else cast(dt.datetime, row.try_at)


def due_start_timers(connection: Connection, now: dt.datetime, limit: int) -> list[tuple[str, str]]:
    """Process and start event of those that are due, the longest due first."""
    query = select(_COLUMNS.process_id, _COLUMNS.element_id).where(_COLUMNS.try_at <= now)
    return [
        (row.process_id, row.element_id) for row in connection.execute(query.order_by(_COLUMNS.try_at).limit(limit))
    ]


def lock_start_timer(connection: Connection, process_id: str, element_id: str, now: dt.datetime) -> Row[Any] | None:
    """The row if it is due and nobody else is at it; others leave it alone until the transaction ends."""
    query = select(start_timer).where(*_place(process_id, element_id), _COLUMNS.try_at <= now)
    return connection.execute(query.with_for_update(skip_locked=True)).first()


def start_timers_of(connection: Connection, process_id: str) -> dict[str, Row[Any]]:
    """Those of a process by start event, locked."""
    query = select(start_timer).where(_COLUMNS.process_id == process_id).with_for_update()
    return {row.element_id: row for row in connection.execute(query)}


def replace_start_timers(connection: Connection, process_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """The process has these from now on, and no others."""
    connection.execute(delete(start_timer).where(_COLUMNS.process_id == process_id))
    if rows:
        connection.execute(insert(start_timer), list(rows))


def move_start_timer(connection: Connection, process_id: str, element_id: str, **columns: Any) -> None:
    """Overwrite columns; without any the timer is over."""
    statement = update(start_timer).values(**columns) if columns else delete(start_timer)
    connection.execute(statement.where(*_place(process_id, element_id)))


def _place(process_id: str, element_id: str) -> tuple[Any, Any]:
    return _COLUMNS.process_id == process_id, _COLUMNS.element_id == element_id
