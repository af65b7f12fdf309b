"""The case through Kaihu's services: the bank's authority, journal with hash chain, task rows, one commit per wait."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.application import application
from bench.diagrams import CLERK, LOCAL_CHECK, REMOTE_CHECK, kaihu_diagram
from bench.staff import process_owner, staffed_bank
from cli.garbage import made_to_stay
from engine.model.actor import Actor
from engine.model.ports import SystemClock
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Page, Resource
from engine.worker_api import Completed, Handler, Job, Mode, Result
from persistence.database import Database
from persistence.keys import Keys
from persistence.migrations import upgrade

clerk = Actor.staff(CLERK, CLERK)
COMMITS = 4
"""One for the start and one per human task."""


def _check(job: Job, resources: object) -> Result:
    application = job.variables["application"]
    assert isinstance(application, Mapping)
    owners = application["owners"]
    assert isinstance(owners, list)
    return Completed({job.element_id: {"owners": len(owners), "passed": True}})


_CHECKS: tuple[Handler[Any], ...] = (
    Handler(type=LOCAL_CHECK, mode=Mode.LOCAL, run=_check, name="检查", name_en="Check"),
    Handler(type=REMOTE_CHECK, mode=Mode.REMOTE, run=_check, name="外部检查", name_en="Remote check"),
)
HANDLERS = {check.type: check for check in _CHECKS}


def engine_in(folder: Path) -> ProcessEngine:
    """An engine on a new SQLite file with the diagram deployed."""
    return engine_on(Database(f"sqlite:///{folder / 'kaihu.db'}"), folder)


def engine_on(
    database: Database, home: Path, diagram: bytes | None = None, handlers: Mapping[str, Handler[Any]] = HANDLERS
) -> ProcessEngine:
    """An engine on a database, brought up to date and staffed, with the diagram deployed unless it is already."""
    with made_to_stay():  # as every process of Kaihu starts; it does the peers in this one no harm
        upgrade(database)
        bank = staffed_bank(database, home)
        engine = ProcessEngine(
            database=database,
            keys=Keys.of(database),
            clock=SystemClock(),
            authority=bank.authority,
            calendar=bank.calendar,
            handlers=handlers,
            resources=None,
        )
        engine.deployments.deploy(process_owner(database, bank), [Resource("bench.bpmn", diagram or kaihu_diagram())])
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
