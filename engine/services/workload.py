"""What operators watch: how much is open, and how long the oldest of it has waited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from engine.queue.work import Waiting
from engine.services.parts import EngineParts
from engine.store import workload
from engine.store.jobs import next_available, next_lost
from engine.store.start_timers import next_start_timer
from engine.store.waits import next_timer


@dataclass(frozen=True, kw_only=True)
class WorkloadFigures:
    """Counts and ages (seconds) at one moment, over all cases; no keys, no names of people."""

    jobs: Mapping[tuple[str, str], int]
    """Jobs available or leased, by type and state."""
    oldest_job_seconds: float
    open_tasks: int
    open_incidents: int
    late_timers: int
    latest_timer_seconds: float


class Workload:
    """Questions that touch no case."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    def figures(self) -> WorkloadFigures:
        """The figures as of now, by the engine's clock. Raises DatabaseUnavailable."""
        now = self._parts.clock.now()
        with self._parts.database.reading() as connection:
            late, since = workload.late_timers(connection, now)
            return WorkloadFigures(
                jobs=workload.jobs_waiting(connection),
                oldest_job_seconds=_age(workload.oldest_available_job(connection, now), now),
                open_tasks=workload.open_tasks(connection),
                open_incidents=workload.open_incidents(connection),
                late_timers=late,
                latest_timer_seconds=_age(since, now),
            )

    def waiting(self, local: tuple[str, ...], remote: tuple[str, ...]) -> Waiting:
        """When timers and jobs of these types may be done, by the engine's clock. Raises DatabaseUnavailable."""
        now = self._parts.clock.now()
        with self._parts.database.reading() as connection:
            times = (
                _first(next_timer(connection), next_start_timer(connection)),
                next_available(connection, local),
                next_available(connection, remote),
                next_lost(connection, remote),
            )
        return Waiting(*(None if time is None else (time - now).total_seconds() for time in times))


def _first(*times: dt.datetime | None) -> dt.datetime | None:
    return min((time for time in times if time is not None), default=None)


def _age(since: dt.datetime | None, now: dt.datetime) -> float:
    return 0.0 if since is None else (now - since).total_seconds()
