"""What a command leaves for later is passed on within its own transaction."""

from __future__ import annotations

from sqlalchemy import Connection

from engine.queue.work import JobDue, TimersDue, Work
from engine.services.parts import EngineParts
from engine.services.projection import Projection
from engine.store.states import InstanceState, JobState


def hand_over(parts: EngineParts, connection: Connection, projection: Projection) -> None:
    """Pass on the jobs and timers that wait after this command. Raises DatabaseUnavailable."""
    if not projection.leaves_work or projection.state is not InstanceState.ACTIVE:
        return
    available = [row for row in projection.jobs.values() if row["state"] == JobState.AVAILABLE.value]
    work = Work(
        jobs=[JobDue(row["key"], row["type"], row["available_at"]) for row in available],
        timers={TimersDue(row["instance_key"], row["try_at"]) for row in projection.timers.values()},
    )
    parts.bell.work_added()
    parts.queue.hand_over(connection, work, projection.now)
