"""How much waits to be done: counts over the partial indexes of what is open, never over what is finished."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, Connection, func, literal, select

from engine.store.states import IncidentState, JobState, TaskState
from engine.store.tables import incident, job, timer, user_task


def jobs_waiting(connection: Connection) -> dict[tuple[str, str], int]:
    """Number of jobs by type and state, of those available or leased."""
    counts = {}
    for state in (JobState.AVAILABLE, JobState.LEASED):
        query = select(job.c.type, func.count()).where(_in(job.c.state, state)).group_by(job.c.type)
        counts.update({(type_, state.value): count for type_, count in connection.execute(query)})
    return counts


def oldest_available_job(connection: Connection, now: dt.datetime) -> dt.datetime | None:
    """Since when the job has been available that has waited longest."""
    query = select(job.c.available_at).where(_in(job.c.state, JobState.AVAILABLE), job.c.available_at <= now)
    return connection.execute(query.order_by(job.c.available_at).limit(1)).scalar()


def open_tasks(connection: Connection) -> int:
    """Number of user tasks that nobody has completed yet."""
    query = select(func.count()).select_from(user_task).where(_in(user_task.c.state, TaskState.OPEN))
    return int(connection.execute(query).scalar_one())


def open_incidents(connection: Connection) -> int:
    """Number of incidents that wait to be resolved."""
    query = select(func.count()).select_from(incident).where(_in(incident.c.state, IncidentState.OPEN))
    return int(connection.execute(query).scalar_one())


def late_timers(connection: Connection, now: dt.datetime) -> tuple[int, dt.datetime | None]:
    """Number of timers that could fire and have not, and since when the longest of them could."""
    query = select(func.count(), func.min(timer.c.try_at)).where(timer.c.try_at <= now)
    count, earliest = connection.execute(query).one()
    return count, earliest


def _in(column: ColumnElement[str], state: str) -> ColumnElement[bool]:
    """Written into the statement: a partial index is used only if its condition is seen when planning."""
    return column == literal(str(state), literal_execute=True)
