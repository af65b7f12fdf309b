"""The case through Kaihu's services: authority, journal with hash chain, task rows, one commit per wait."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bench.application import application
from bench.diagrams import CLERK, kaihu_diagram
from engine.model.actor import Actor
from engine.model.ports import SystemClock
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Page, Resource
from engine.worker_api import Completed, Handler, Job, Mode, Result
from persistence.database import Database
from persistence.errors import KaihuError
from persistence.keys import Keys
from persistence.migrations import upgrade

clerk = Actor.staff(CLERK, CLERK)
COMMITS = 4
"""One for the start and one per human task."""


class OneClerk:
    """The smallest authority: the clerk may do everything."""

    def roles(self, connection: Connection, person: int) -> frozenset[str]:
        """The clerk's one role."""
        return frozenset({"clerk"})

    def refusal(
        self, connection: Connection, person: int, action: str, subject: Mapping[str, str | int | None]
    ) -> KaihuError | None:
        """Nothing is refused."""
        return None


class EveryDay:
    """A calendar without holidays."""

    def business_days_after(self, start: dt.datetime, days: int) -> dt.datetime:
        """Calendar days."""
        return start + dt.timedelta(days=days)

    def business_hours_after(self, start: dt.datetime, hours: int) -> dt.datetime:
        """Calendar hours."""
        return start + dt.timedelta(hours=hours)


def _check(job: Job, resources: object) -> Result:
    application = job.variables["application"]
    assert isinstance(application, Mapping)
    owners = application["owners"]
    assert isinstance(owners, list)
    return Completed({job.element_id: {"owners": len(owners), "passed": True}})


_HANDLER: Handler[Any] = Handler(type="bench-check", mode=Mode.LOCAL, run=_check, name="检查", name_en="Check")


def engine_in(folder: Path) -> ProcessEngine:
    """An engine on a new SQLite file with the diagram deployed."""
    database = Database(f"sqlite:///{folder / 'kaihu.db'}")
    upgrade(database)
    engine = ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=SystemClock(),
        authority=OneClerk(),
        calendar=EveryDay(),
        handlers={_HANDLER.type: _HANDLER},
        resources=None,
    )
    engine.deployments.deploy(clerk, [Resource("bench.bpmn", kaihu_diagram())])
    return engine


def start_case(engine: ProcessEngine, number: int) -> None:
    """A case, up to its first human task."""
    engine.process_instances.start(clerk, "bench", business_key=f"B-{number}", variables=application())


def run_case(engine: ProcessEngine, number: int) -> list[float]:
    """One case from start to end, alone in the inbox; the seconds each task's completion took."""
    start_case(engine, number)
    seconds = []
    for _ in range(COMMITS - 1):
        (task,) = engine.user_tasks.inbox(clerk, InboxView.MINE, Page(limit=2)).rows
        before = time.perf_counter()
        engine.user_tasks.complete(clerk, task.key, {})
        seconds.append(time.perf_counter() - before)
    return seconds
