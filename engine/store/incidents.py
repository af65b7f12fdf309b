"""Incidents."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from engine.store.states import IncidentState
from engine.store.tables import incident, process_instance


def _with_case() -> Select[Any]:
    columns = process_instance.c.business_key, process_instance.c.process_id.label("case_process_id")
    return select(incident, *columns).join(process_instance, process_instance.c.key == incident.c.instance_key)


def find_incident(connection: Connection, key: int) -> Row[Any] | None:
    """The row with its case's business key and process."""
    return connection.execute(_with_case().where(incident.c.key == key)).first()


def open_incident(connection: Connection, instance_key: int, number: int) -> Row[Any] | None:
    """The open incident of an element instance."""
    return connection.execute(
        select(incident).where(
            incident.c.instance_key == instance_key,
            incident.c.number == number,
            incident.c.state == IncidentState.OPEN.value,
        )
    ).first()


def list_incidents(
    connection: Connection, *, instance_key: int | None, state: str | None, before: int | None, limit: int
) -> list[Row[Any]]:
    """The newest first; `before` is the key of the last one of the page before."""
    query = _with_case().order_by(incident.c.key.desc()).limit(limit)
    if instance_key is not None:
        query = query.where(incident.c.instance_key == instance_key)
    if state is not None:
        query = query.where(incident.c.state == state)
    if before is not None:
        query = query.where(incident.c.key < before)
    return list(connection.execute(query))


def end_incidents(
    connection: Connection,
    instance_key: int,
    number: int | None,
    state: IncidentState,
    *,
    time: dt.datetime,
    person: int | None = None,
) -> None:
    """Close the open incidents of an element instance (None: of the whole case)."""
    statement = update(incident).where(
        incident.c.instance_key == instance_key, incident.c.state == IncidentState.OPEN.value
    )
    if number is not None:
        statement = statement.where(incident.c.number == number)
    connection.execute(statement.values(state=state.value, resolved_at=time, resolved_by=person))


def count_open(connection: Connection, instance_key: int) -> int:
    """How many incidents of the case are open."""
    return int(
        connection.execute(
            select(func.count())
            .select_from(incident)
            .where(incident.c.instance_key == instance_key, incident.c.state == IncidentState.OPEN.value)
        ).scalar_one()
    )
