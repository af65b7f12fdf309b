"""Who runs jobs: threads that look into the tables (SQLite), or workers told by Procrastinate (PostgreSQL)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from engine.queue import schema as schema
from engine.queue.bell import Bell
from engine.queue.polling import PollingWorker
from engine.queue.work import Background, NothingCarried, Pace, Steps, WorkQueue
from engine.worker_api import Handler, Mode
from persistence.database import Database


def queue_for(database: Database, handlers: Mapping[str, Handler[Any]]) -> WorkQueue:
    """What carries word of the jobs that have a handler here, and of timers."""
    if database.is_sqlite:
        return NothingCarried()
    from engine.queue.procrastinate_queue import ProcrastinateQueue  # noqa: PLC0415  SQLite must not wait for it

    local = [handler.type for handler in handlers.values() if handler.mode is Mode.LOCAL]
    return ProcrastinateQueue(handlers.keys(), local)


def worker_for(
    database: Database, handlers: Mapping[str, Handler[Any]], steps: Steps, bell: Bell, pace: Pace
) -> Background:
    """A worker of the database's kind, not started."""
    limit = max((handler.timeout for handler in handlers.values()), default=dt.timedelta())
    longest = pace.turn + limit.total_seconds() + pace.spare
    if database.is_sqlite:
        return PollingWorker(steps, bell, pace, longest)
    from engine.queue.procrastinate_worker import ProcrastinateWorker  # noqa: PLC0415  as above

    return ProcrastinateWorker(database, handlers, steps, pace, longest)
