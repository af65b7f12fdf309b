"""Jobs: the one truth about what workers have to do, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, update

from engine.store.states import JobState
from engine.store.tables import job


def find_job(connection: Connection, key: int) -> Row[Any] | None:
    """The row, unlocked."""
    return connection.execute(select(job).where(job.c.key == key)).first()


def job_of_element(connection: Connection, instance_key: int, number: int) -> Row[Any] | None:
    """The job of an element instance."""
    return connection.execute(select(job).where(job.c.instance_key == instance_key, job.c.number == number)).first()


def _claimable(now: dt.datetime) -> ColumnElement[bool]:
    return or_(
        and_(job.c.state == JobState.AVAILABLE.value, job.c.available_at <= now),
        and_(job.c.state == JobState.LEASED.value, job.c.lease_until <= now),  # its worker is lost
    )


def claimable_jobs(connection: Connection, types: Collection[str], now: dt.datetime, limit: int) -> list[Row[Any]]:
    """Jobs of these types that may be taken now, oldest first, locked; those others are taking are skipped."""
    query = (
        select(job)
        .where(job.c.type.in_(sorted(types)), _claimable(now))
        .order_by(job.c.available_at, job.c.key)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(connection.execute(query))


def due_jobs(connection: Connection, types: Collection[str], now: dt.datetime, limit: int) -> list[int]:
    """Keys of jobs of these types that may be taken now, oldest first, not locked."""
    query = (
        select(job.c.key)
        .where(job.c.type.in_(sorted(types)), _claimable(now))
        .order_by(job.c.available_at, job.c.key)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def update_job(connection: Connection, key: int, changes: Mapping[str, Any]) -> None:
    """Overwrite columns of the job."""
    connection.execute(update(job).where(job.c.key == key).values(**changes))


def next_job(connection: Connection, types: Collection[str]) -> dt.datetime | None:
    """When the next waiting job of these types may be taken."""
    query = (
        select(job.c.available_at)
        .where(job.c.type.in_(sorted(types)), job.c.state == JobState.AVAILABLE.value)
        .order_by(job.c.available_at)
        .limit(1)
    )
    return connection.execute(query).scalar()
