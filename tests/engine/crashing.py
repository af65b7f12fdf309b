"""A process that lives until it is killed: what `test_crash` starts again and again on one SQLite file."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert

from engine.job_executor import JobExecutor
from engine.process_engine import ProcessEngine
from engine.services.answers import InstanceFilter
from engine.store.states import InstanceState
from engine.worker_api import Completed, Handler, Job, Mode, Result
from persistence.database import Database
from persistence.keys import Keys
from tests.conftest import TestClock
from tests.engine.conftest import EveryDay, RolesOnly, administrator, clerk, ledger
from tests.engine.diagrams import chain, diagram, end, service_task, start, timer_catch

CASES = ("AO-1", "AO-2", "AO-3", "AO-4", "AO-5")
LOCAL, REMOTE = ("check", "open", "close"), ("ask", "tell")
OPENING = diagram(
    "opening",
    chain(
        start(),
        service_task("check", "local-work", retries=1000),
        service_task("ask", "remote-work", retries=1000),
        service_task("open", "local-work", retries=1000),
        timer_catch("pause", "PT5M"),
        service_task("tell", "remote-work", retries=1000),
        service_task("close", "local-work", retries=1000),
        end(),
    ),
)


@dataclass
class World:
    """What the handlers meet: a file outside the database, and the moments at which the process may die."""

    outside: Path
    moment: Callable[[], None]


def _local(job: Job, world: World) -> Result:
    world.moment()
    job.transaction.execute(insert(ledger).values(case=f"{job.business_key}/{job.element_id}"))
    world.moment()
    return Completed({job.element_id: True})


def _remote(job: Job, world: World) -> Result:
    world.moment()
    with world.outside.open("a") as stream:
        stream.write(f"{job.business_key}/{job.element_id} {job.idempotency_key}\n")
    world.moment()
    return Completed({job.element_id: True})


HANDLERS: dict[str, Handler[Any]] = {
    "local-work": Handler(type="local-work", mode=Mode.LOCAL, run=_local, name="本地", name_en="Local"),
    "remote-work": Handler(type="remote-work", mode=Mode.REMOTE, run=_remote, name="远程", name_en="Remote"),
}


def engine_on(database: Database, clock: TestClock, world: World) -> ProcessEngine:
    """An engine that knows nothing but its database."""
    return ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=RolesOnly(),
        calendar=EveryDay(),
        handlers=HANDLERS,
        resources=world,
    )


def live(url: str, outside: Path, now: dt.datetime, dies_at: int | None) -> None:
    """Start the cases unless they are, and work until all are completed, or until the moment `dies_at`."""
    moments = itertools.count(1)

    def moment(*_: object) -> None:
        if next(moments) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    database, clock = Database(url), TestClock(now)
    watch_statements(database, moment)
    engine = engine_on(database, clock, World(outside, moment))
    engine.deployments.deploy(administrator, [OPENING])
    for business_key in CASES:
        engine.process_instances.start(clerk, "opening", business_key=business_key, idempotency_key=business_key)
    executor = JobExecutor(engine)
    active = InstanceFilter(state=InstanceState.ACTIVE)
    while engine.process_instances.list(clerk, active).rows:
        executor.run_until_idle()
        clock.pass_by(minutes=10)


def watch_statements(database: Database, moment: Callable[[], None]) -> None:
    """Call `moment` before every statement that SQLite executes, commits included, and after every commit."""

    def watch(connection: Any, record: object) -> None:
        connection.set_trace_callback(lambda statement: moment())

    event.listen(database.engine, "connect", watch)
    event.listen(database.engine, "commit", lambda connection: moment())
