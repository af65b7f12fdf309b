"""Word of work carried by Procrastinate's tables, written within the engine's own transactions (PostgreSQL).

A row there says "run job N" or "fire the timers of case N at T", nothing else. What it says may be outdated or come
twice: whoever takes it up looks at the job or the timers first.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as Row
from psycopg import InterfaceError, OperationalError
from sqlalchemy import BigInteger, ColumnElement, Connection, Text, and_, cast, column, exists, literal, select, table
from sqlalchemy.dialects.postgresql import JSONB

from engine.queue.work import JobDue, TimersDue, Work
from engine.store.states import JobState
from engine.store.tables import job, timer
from persistence.database import Database, DatabaseUnavailable

RUN_JOB, FIRE_TIMERS, LOOK_AFTER = "run_job", "fire_timers", "look_after"
TIMERS, UPKEEP = "kaihu-timers", "kaihu-upkeep"

HORIZON = dt.timedelta(minutes=10)
"""How far ahead work is passed on. What is due later waits in its own table until `bring_back` finds it: every fetch
of a worker reads all rows that wait for a time (10 ms at 100,000 of them), so they must be few."""

_BATCH = 1_000
_LONGEST_PLAIN_NAME = 40  # a NOTIFY channel has at most 63 bytes, 23 of which are Procrastinate's prefix
_FIRST = 1  # timers and local jobs take milliseconds; they need not stand behind calls to the outside

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

_rows = table("procrastinate_jobs", column("status"), column("task_name"), column("args", JSONB))


def queue_of(job_type: str) -> str:
    """The queue of a job type: a worker fetches only from those it has a handler for."""
    if len(job_type.encode()) <= _LONGEST_PLAIN_NAME:
        return job_type
    return hashlib.sha256(job_type.encode()).hexdigest()[:_LONGEST_PLAIN_NAME]


class ProcrastinateQueue:
    """Passes work on to every machine that listens; for job types with a handler in this deployment only."""

    def __init__(self, types: Collection[str], local: Collection[str]) -> None:
        self.types, self._local = frozenset(types), frozenset(local)
        # never opened: it writes through the connections it is given, and has none of its own
        self._rows = App(connector=SyncPsycopgConnector()).job_manager

    def hand_over(self, connection: Connection, work: Work, now: dt.datetime) -> None:
        """Pass `work` on as a part of the open transaction. Raises DatabaseUnavailable."""
        rows = [*self._job_rows(work.jobs, now), *_timer_rows(work.timers, now)]
        if not rows:
            return
        try:
            self._rows.batch_defer_jobs(rows, connection=connection.connection.driver_connection)
        except ConnectorException as error:
            if isinstance(error.__cause__, OperationalError | InterfaceError):
                raise DatabaseUnavailable() from error
            raise

    def bring_back(self, database: Database, now: dt.datetime) -> int:
        """Pass on what is due within the horizon and of which no word is under way; how much that was."""
        found, again = 0, True
        while again:
            with database.transaction() as transaction:
                connection = transaction.connection
                work = Work(jobs=self._lost_jobs(connection, now), timers=_lost_timers(connection, now))
                self.hand_over(connection, work, now)
            found += len(work.jobs) + len(work.timers)
            again = _BATCH in (len(work.jobs), len(work.timers))
        return found

    def _lost_jobs(self, connection: Connection, now: dt.datetime) -> list[JobDue]:
        query = (
            select(job.c.key, job.c.type, job.c.available_at)
            .where(
                job.c.state == literal(JobState.AVAILABLE.value, literal_execute=True),  # the partial index's condition
                job.c.type.in_(sorted(self.types)),
                job.c.available_at <= now + HORIZON,
                ~_told(RUN_JOB, and_(_argument("key") == job.c.key, _argument("at") == _stored(job.c.available_at))),
            )
            .order_by(job.c.available_at, job.c.key)
            .limit(_BATCH)
        )
        return [JobDue(*row) for row in connection.execute(query)]

    def _job_rows(self, jobs: Collection[JobDue], now: dt.datetime) -> Iterator[Row]:
        for due in jobs:
            if due.type in self.types and due.at <= now + HORIZON:
                yield Row(
                    queue=queue_of(due.type),
                    task_name=RUN_JOB,
                    task_kwargs={"key": due.key, "at": _microseconds(due.at)},
                    priority=_FIRST if due.type in self._local else 0,
                    scheduled_at=_later(due.at, now),
                    lock=None,  # branches of a case are parallel: no job of a case waits for another
                    queueing_lock=None,
                )


def _timer_rows(timers: Collection[TimersDue], now: dt.datetime) -> Iterator[Row]:
    for due in timers:
        if due.at <= now + HORIZON:
            at = _microseconds(due.at)
            yield Row(
                queue=TIMERS,
                task_name=FIRE_TIMERS,
                task_kwargs={"case": due.instance_key, "at": at},
                priority=_FIRST,
                scheduled_at=_later(due.at, now),
                # One at a time, not two workers waiting for the case's row. The moment belongs into it: a row
                # that waits for its time holds back every younger row with the same lock.
                lock=f"{due.instance_key}@{at}",
                queueing_lock=None,
            )


def _lost_timers(connection: Connection, now: dt.datetime) -> list[TimersDue]:
    of_timer = and_(_argument("case") == timer.c.instance_key, _argument("at") == _stored(timer.c.try_at))
    query = (
        select(timer.c.instance_key, timer.c.try_at)
        .where(timer.c.try_at <= now + HORIZON, ~_told(FIRE_TIMERS, of_timer))
        .distinct()
        .order_by(timer.c.try_at, timer.c.instance_key)
        .limit(_BATCH)
    )
    return [TimersDue(*row) for row in connection.execute(query)]


def _told(task: str, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is a row that waits or is being worked on."""
    waits = cast(_rows.c.status, Text).in_(["todo", "doing"])
    return exists(select(literal(1)).select_from(_rows).where(waits, _rows.c.task_name == task, condition))


def _argument(name: str) -> ColumnElement[Any]:
    return cast(_rows.c.args[name].astext, BigInteger)


def _stored(time: ColumnElement[Any]) -> ColumnElement[int]:
    """A column of times as the microseconds it holds."""
    return cast(time, BigInteger)


def _later(at: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """None for what may be done at once: the database's clock need not agree to the millisecond."""
    return at if at > now else None


def _microseconds(time: dt.datetime) -> int:
    """As `persistence.schema.UtcDateTime` stores it."""
    return (time - _EPOCH) // dt.timedelta(microseconds=1)


def moment(microseconds: int) -> dt.datetime:
    """The time in a row's arguments, UTC."""
    return _EPOCH + dt.timedelta(microseconds=microseconds)
