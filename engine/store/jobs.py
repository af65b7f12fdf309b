"""Jobs: the one truth about what workers have to do, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    literal,
    literal_column,
    or_,
    select,
    update,
)

from engine.store.states import JobState
from engine.store.tables import job
from persistence.prepared import Prepared

_BY_KEY = Prepared(select(job).where(job.c.key == bindparam("key")))
_LOCKED = Prepared(select(job).where(job.c.key == bindparam("key")).with_for_update())
_UPDATE = Prepared(update(job).where(job.c.key == bindparam("of_key")))
_LIVE = or_(*(job.c.state == state.value for state in (JobState.AVAILABLE, JobState.LEASED, JobState.INCIDENT)))
_END = Prepared(
    update(job).where(job.c.instance_key == bindparam("of_instance"), job.c.number == bindparam("of_number"), _LIVE)
)


def find_job(connection: Connection, key: int) -> Row[Any] | None:
    """The row, unlocked."""
    return _BY_KEY.first(connection, {"key": key})


def locked_job(connection: Connection, key: int) -> Row[Any] | None:
    """The row, kept from others until the transaction ends."""
    return _LOCKED.first(connection, {"key": key})


def job_of_element(connection: Connection, instance_key: int, number: int) -> Row[Any] | None:
    """The job of an element instance."""
    return connection.execute(select(job).where(job.c.instance_key == instance_key, job.c.number == number)).first()


def _claimable(now: dt.datetime) -> ColumnElement[bool]:
    return and_(_in_state(JobState.AVAILABLE), job.c.available_at <= now)


def _in_state(state: JobState) -> ColumnElement[bool]:
    """Written into the statement: a partial index is used only if its condition is seen when planning."""
    return job.c.state == literal(state.value, literal_execute=True)


def lost_jobs(connection: Connection, types: Collection[str], now: dt.datetime, limit: int) -> list[int]:
    """Keys of jobs of these types whose lease has run out, the longest lost first: their workers are gone."""
    query = (
        select(job.c.key)
        .where(job.c.type.in_(sorted(types)), _in_state(JobState.LEASED), job.c.lease_until <= now)
        .order_by(job.c.lease_until, job.c.key)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


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


def renew_leases(
    connection: Connection, keys: Collection[int], tokens: Collection[str], until: dt.datetime
) -> list[int]:
    """Let the leases of these jobs under these tokens last until then; keys of those whose lease it still is.

    Rows that are locked are left out: their jobs are just being ended, and who waits for rows of several cases at
    once could wait for somebody who waits for one of them.
    """
    ours = (
        select(job.c.key)
        .where(job.c.key.in_(keys), job.c.lease_token.in_(tokens), _in_state(JobState.LEASED))
        .with_for_update(skip_locked=True)
    )
    renewed = list(connection.execute(ours).scalars())
    if renewed:
        connection.execute(update(job).where(job.c.key.in_(renewed)).values(lease_until=until))
    return renewed


def leased_under(connection: Connection, keys: Collection[int], tokens: Collection[str]) -> set[str]:
    """Those of the tokens under which one of these jobs is leased, locked or not."""
    under = select(job.c.lease_token).where(
        job.c.key.in_(keys), job.c.lease_token.in_(tokens), _in_state(JobState.LEASED)
    )
    return set(connection.execute(under).scalars())


def update_job(connection: Connection, key: int, changes: Mapping[str, Any]) -> None:
    """Overwrite columns of the job; those that never change are left alone, and with them their indexes."""
    _UPDATE.run(connection, {"of_key": key} | {name: changes[name] for name in _CHANGING if name in changes})


_CHANGING = ("state", "headers", "retries", "attempts", "available_at", "lease_token", "lease_until", "worker")


def end_jobs(connection: Connection, instance_key: int, endings: Mapping[int, JobState]) -> None:
    """Jobs of the case that were still to be done end, by their elements' numbers."""
    for number, state in endings.items():
        _END.run(connection, {"of_instance": instance_key, "of_number": number, "state": state.value})


def next_available(connection: Connection, types: tuple[str, ...]) -> dt.datetime | None:
    """When the next job of these types may be taken; None without types."""
    return _first(connection, types, JobState.AVAILABLE, job.c.available_at)


def next_lost(connection: Connection, types: tuple[str, ...]) -> dt.datetime | None:
    """When the first lease of a job of these types runs out; None without types."""
    return _first(connection, types, JobState.LEASED, job.c.lease_until)


def _first(
    connection: Connection, types: tuple[str, ...], state: JobState, time: Column[dt.datetime]
) -> dt.datetime | None:
    row = _first_of(types, state, time).first(connection, {}) if types else None
    return None if row is None else cast(dt.datetime, row[0])


@lru_cache(maxsize=64)
def _first_of(types: tuple[str, ...], state: JobState, time: Column[dt.datetime]) -> Prepared:
    """Asked again and again by every worker. The types are written into it: they are those of its handlers."""
    of_types = job.c.type.in_([literal(type_) for type_ in types])
    return Prepared(
        select(time).where(of_types, job.c.state == literal_column(f"'{state.value}'")).order_by(time).limit(1)
    )
