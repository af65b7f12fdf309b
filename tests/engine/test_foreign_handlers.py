"""Handlers are foreign code: what one does to its job, or what happens under it, does not lead the engine astray."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event, text

from engine.job_runs import JobRuns
from engine.model.errors import NotFound
from engine.process_engine import ProcessEngine
from engine.queue.work import Pace
from engine.services.answers import InboxView
from engine.services.settling import Attempt
from engine.store.states import InstanceState
from engine.worker_api import Completed, Handler, Job, Mode, Result
from persistence.database import Database, DatabaseUnavailable
from persistence.keys import Keys
from tests.conftest import TestClock
from tests.engine.conftest import EveryDay, RolesOnly, administrator, clerk
from tests.engine.diagrams import chain, diagram, end, service_task, start, user_task

ONE = diagram("one", chain(start(), service_task("ask", "overwrites"), end()))
READS = diagram("reads", chain(start(), user_task("decide", "clerk"), service_task("look", "reads"), end()))


@dataclass
class Around:
    """What the handlers of these tests find: what to write into their job, and what happens before they read."""

    written: dict[str, object] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None


def _overwrites(job: Job, around: Around) -> Result:
    for name, value in around.written.items():
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(job, name, value)
        object.__setattr__(job, name, value)  # by force
    return Completed({"asked": True})


def _reads(job: Job, around: Around) -> Result:
    around.before()
    return Completed({"length": len(str(job.variables["large"]))})


HANDLERS: dict[str, Handler[Any]] = {
    "overwrites": Handler(type="overwrites", mode=Mode.REMOTE, run=_overwrites, name="查询", name_en="Ask"),
    "reads": Handler(type="reads", mode=Mode.LOCAL, run=_reads, name="读取", name_en="Read"),
}


@pytest.fixture
def around() -> Around:
    return Around()


@pytest.fixture
def engine(database: Database, clock: TestClock, around: Around) -> ProcessEngine:
    engine = ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=RolesOnly(),
        calendar=EveryDay(),
        handlers=HANDLERS,
        resources=around,
    )
    engine.deployments.deploy(administrator, [ONE, READS])
    return engine


def state_of(engine: ProcessEngine, business_key: str) -> InstanceState:
    return engine.process_instances.find(clerk, business_key).state


def test_a_handler_that_overwrites_its_job_completes_its_own_case_all_the_same(
    engine: ProcessEngine, around: Around
) -> None:
    engine.process_instances.start(clerk, "one", business_key="AO-1")
    other = engine.process_instances.start(clerk, "one", business_key="AO-2").key
    around.written = {"instance_key": other, "key": 1, "type": "reads", "business_key": "AO-2"}
    (run,) = JobRuns(engine, "one", Pace(), patient=True).take(1)
    assert run() is True
    assert state_of(engine, "AO-1") is InstanceState.COMPLETED
    assert state_of(engine, "AO-2") is InstanceState.ACTIVE


def test_a_job_is_not_ended_in_another_case(engine: ProcessEngine) -> None:
    engine.process_instances.start(clerk, "one", business_key="AO-1")
    other = engine.process_instances.start(clerk, "one", business_key="AO-2").key
    (claimed,) = engine.jobs.take_batch("one", ["overwrites"], 1, dt.timedelta(minutes=1))
    with pytest.raises(NotFound):
        engine.jobs.finish(dataclasses.replace(claimed, instance_key=other), Attempt.of(Completed(), ""))
    assert {state_of(engine, "AO-1"), state_of(engine, "AO-2")} == {InstanceState.ACTIVE}


def losing(database: Database) -> Callable[[], None]:
    """Lets the next statement of the open transaction fail: SQLite is interrupted, PostgreSQL ends the session."""
    connections: list[Any] = []
    event.listen(database.engine, "connect", lambda connection, _: connections.append(connection))
    database.close()  # from now on connections are noted

    def interrupt() -> None:
        answers = iter([1])
        connections[-1].set_progress_handler(lambda: next(answers, 0), 1)

    def end_session() -> None:
        with database.reading() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
                )
            )

    return interrupt if database.is_sqlite else end_session


def test_a_database_that_is_lost_while_a_local_handler_reads_is_no_failure_of_the_handler(
    engine: ProcessEngine, database: Database, around: Around
) -> None:
    lose = losing(database)
    large = secrets.token_hex(200_000)  # not read before it is asked for
    engine.process_instances.start(clerk, "reads", business_key="AO-1", variables={"large": large})
    (row,) = engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    engine.user_tasks.claim(clerk, row.key)
    around.before = lose
    with pytest.raises(DatabaseUnavailable):
        engine.user_tasks.complete(clerk, row.key, {})
    around.before = lambda: None
    engine.user_tasks.complete(clerk, row.key, {})
    assert state_of(engine, "AO-1") is InstanceState.COMPLETED


def test_the_rows_of_an_inbox_cannot_be_changed(engine: ProcessEngine) -> None:
    engine.process_instances.start(clerk, "reads", business_key="AO-1", variables={"large": ""})
    (row,) = engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    with pytest.raises(AttributeError):
        row.key = 1  # type: ignore[misc]  # what is tried
