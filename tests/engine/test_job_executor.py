"""The threads that run jobs and timers: woken by commits, never cutting off what runs; and what they clear away."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select, update

from engine.job_executor import JobExecutor
from engine.process_engine import ProcessEngine
from engine.queue.work import Pace, Waiting
from engine.services.answers import Correlated
from engine.services.housekeeping import RETENTION
from engine.services.transactions import run_once
from engine.store.jobs import due_jobs, lost_jobs, next_available, next_lost
from engine.store.states import InstanceState, MessageState
from engine.store.tables import command_receipt, process_instance
from engine.store.tables import message as stored_message
from engine.worker_api import Failed
from persistence.database import Database
from persistence.schema import metadata
from tests.conftest import NOON, TestClock
from tests.engine.conftest import Outside, administrator, clerk
from tests.engine.diagrams import (
    chain,
    diagram,
    end,
    message,
    message_catch,
    service_task,
    start,
    timer_catch,
    user_task,
)
from tests.engine.queue_machine import wait_until
from tests.engine.taking import claim_batch, fail

REMOTE = diagram("remote", chain(start(), service_task("ask", "ask-registry"), end()))
LOCAL = diagram("local", chain(start(), service_task("open", "open-account"), end()))
TIMER = diagram("timer", chain(start(), timer_catch("day", "P1D"), end()))
TASK = diagram("task", chain(start(), user_task("one", "clerk"), end()))
SIGNING = diagram(
    "signing",
    chain(start(), user_task("prepare", "clerk"), message_catch("signed", "agreement_signed"), end()),
    roots=message("agreement_signed"),
)


@pytest.fixture
def deployed(engine: ProcessEngine) -> ProcessEngine:
    engine.deployments.deploy(administrator, [REMOTE, LOCAL, TIMER, TASK, SIGNING])
    return engine


def begin(engine: ProcessEngine, process_id: str, business_key: str = "AO-1") -> int:
    return engine.process_instances.start(clerk, process_id, business_key=business_key).key


@pytest.mark.parametrize(("process_id", "rings"), [("remote", 1), ("timer", 1), ("task", 0), ("local", 0)])
def test_the_bell_rings_after_a_commit_that_leaves_work_behind_and_after_no_other(
    deployed: ProcessEngine, process_id: str, rings: int
) -> None:
    heard: list[InstanceState] = []
    deployed.parts.bell.listen(lambda: heard.append(deployed.process_instances.find(clerk, "AO-1").state))
    begin(deployed, process_id)
    assert heard == [InstanceState.ACTIVE] * rings


def test_a_failed_local_job_rings_the_bell_because_it_is_tried_again(deployed: ProcessEngine, outside: Outside) -> None:
    outside.answers = [Failed("closed")]
    heard: list[int] = []
    deployed.parts.bell.listen(lambda: heard.append(1))
    begin(deployed, "local")
    assert heard == [1]


def test_a_command_that_is_taken_back_does_not_ring_the_bell(engine: ProcessEngine) -> None:
    heard: list[int] = []
    engine.parts.bell.listen(lambda: heard.append(1))

    def adds_work_and_fails(connection: Connection) -> None:
        engine.parts.bell.work_added()
        raise KeyError

    with pytest.raises(KeyError):
        run_once(engine.parts, "test", clerk, None, adds_work_and_fails)
    run_once(engine.parts, "test", clerk, None, lambda connection: None)
    assert heard == []


def test_who_has_stopped_listening_hears_nothing(deployed: ProcessEngine) -> None:
    heard: list[int] = []

    def listener() -> None:
        heard.append(1)

    deployed.parts.bell.listen(listener)
    deployed.parts.bell.forget(listener)
    begin(deployed, "remote")
    assert heard == []


def test_the_threads_of_the_executor_do_the_work_that_comes_while_they_sleep(
    deployed: ProcessEngine, executor: JobExecutor, outside: Outside
) -> None:
    executor.start()
    for index in range(3):
        outside.asked.clear()
        begin(deployed, "remote", f"AO-{index}")
        assert outside.asked.wait(timeout=60)
    executor.stop()
    states = {deployed.process_instances.find(clerk, f"AO-{index}").state for index in range(3)}
    assert states == {InstanceState.COMPLETED}


def test_stopping_lets_a_running_job_finish_and_takes_no_other(deployed: ProcessEngine, outside: Outside) -> None:
    executor = JobExecutor(deployed, threads=1)
    outside.may_answer.clear()
    begin(deployed, "remote", "AO-1")
    begin(deployed, "remote", "AO-2")
    executor.start()
    assert outside.asked.wait(timeout=60)
    stopper = threading.Thread(target=executor.stop)
    stopper.start()
    assert deployed.process_instances.find(clerk, "AO-1").state is InstanceState.ACTIVE
    outside.may_answer.set()
    stopper.join()
    states = [deployed.process_instances.find(clerk, key).state for key in ("AO-1", "AO-2")]
    assert states == [InstanceState.COMPLETED, InstanceState.ACTIVE]


def test_stopping_leaves_a_job_behind_that_does_not_end_within_the_bound(
    deployed: ProcessEngine, outside: Outside
) -> None:
    executor = JobExecutor(deployed, pace=Pace(stop_within=0.2))
    outside.may_answer.clear()
    begin(deployed, "remote")
    executor.start()
    assert outside.asked.wait(timeout=60)
    executor.stop()
    assert deployed.process_instances.find(clerk, "AO-1").state is InstanceState.ACTIVE
    outside.may_answer.set()  # as long as the process lives it is told to its case all the same
    wait_until(lambda: deployed.process_instances.find(clerk, "AO-1").state is InstanceState.COMPLETED)


def test_an_executor_can_be_started_again(deployed: ProcessEngine, executor: JobExecutor, outside: Outside) -> None:
    executor.start()
    executor.stop()
    begin(deployed, "remote")
    executor.start()
    assert outside.asked.wait(timeout=60)
    executor.stop()
    assert deployed.process_instances.find(clerk, "AO-1").state is InstanceState.COMPLETED


def test_a_case_that_cannot_be_read_holds_back_none_that_are_claimed_with_it(
    deployed: ProcessEngine, executor: JobExecutor, database: Database
) -> None:
    broken = begin(deployed, "remote", "AO-1")
    begin(deployed, "remote", "AO-2")
    with database.transaction() as transaction:
        damaged = update(process_instance).where(process_instance.c.key == broken).values(tree=b"damaged")
        transaction.connection.execute(damaged)
    executor.run_until_idle()
    states = [deployed.process_instances.find(clerk, key).state for key in ("AO-1", "AO-2")]
    assert states == [InstanceState.ACTIVE, InstanceState.COMPLETED]


def test_one_look_tells_when_timers_and_jobs_are_due_and_when_a_lease_runs_out(
    deployed: ProcessEngine, outside: Outside
) -> None:
    def waiting() -> Waiting:
        return deployed.workload.waiting(("open-account",), ("ask-registry",))

    assert waiting() == Waiting(timers=None, local=None, remote=None, lost=None)
    begin(deployed, "remote", "AO-1")
    begin(deployed, "timer", "AO-2")
    outside.answers = [Failed("closed")]
    begin(deployed, "local", "AO-3")
    assert waiting() == Waiting(timers=86_400.0, local=10.0, remote=0.0, lost=None)
    (claimed,) = claim_batch(deployed, "one", ["ask-registry"], 1, dt.timedelta(minutes=1))
    assert waiting() == Waiting(timers=86_400.0, local=10.0, remote=None, lost=60.0)
    fail(deployed, claimed, "closed", retry_in=dt.timedelta(minutes=7))
    assert waiting() == Waiting(timers=86_400.0, local=10.0, remote=420.0, lost=None)


def messages(database: Database) -> list[tuple[str | None, str]]:
    columns = stored_message.c
    with database.reading() as connection:
        rows = connection.execute(select(columns.message_id, columns.state).order_by(columns.key))
        return [(row.message_id, row.state) for row in rows]


def test_messages_nobody_took_are_cleared_away_and_their_ids_remembered_for_the_retention(
    deployed: ProcessEngine, executor: JobExecutor, clock: TestClock, database: Database
) -> None:
    for id_ in (None, "m1"):
        deployed.messages.correlate(clerk, "agreement_signed", "AO-1", {"by": "c"}, message_id=id_)
    executor.run_until_idle()
    assert messages(database) == [(None, MessageState.WAITING), ("m1", MessageState.WAITING)]
    clock.pass_by(hours=2)
    executor.run_until_idle()
    assert messages(database) == [("m1", MessageState.EXPIRED)]
    clock.pass_by(days=29)
    executor.run_until_idle()
    again = deployed.messages.correlate(clerk, "agreement_signed", "AO-1", message_id="m1")
    assert again.status is Correlated.DUPLICATE
    clock.pass_by(days=1)
    executor.run_until_idle()
    assert messages(database) == []


def test_a_message_that_still_may_be_delivered_is_kept_beyond_the_retention(
    deployed: ProcessEngine, executor: JobExecutor, clock: TestClock, database: Database
) -> None:
    deployed.messages.correlate(clerk, "agreement_signed", "AO-1", message_id="m1", time_to_live=2 * RETENTION)
    clock.pass_by(days=45)
    executor.run_until_idle()
    assert messages(database) == [("m1", MessageState.WAITING)]


def test_answers_kept_for_repetitions_are_forgotten_after_the_retention(
    deployed: ProcessEngine, executor: JobExecutor, clock: TestClock, database: Database
) -> None:
    def start_again() -> int:
        return deployed.process_instances.start(clerk, "task", business_key="AO-1", idempotency_key="k").key

    first = start_again()
    clock.pass_by(days=29)
    executor.run_until_idle()
    assert start_again() == first
    clock.pass_by(days=1)
    executor.run_until_idle()
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(command_receipt)).scalar_one() == 0


def test_clearing_away_leaves_journal_and_log_alone(
    deployed: ProcessEngine, make_engine: Callable[[], ProcessEngine], clock: TestClock
) -> None:
    case = begin(deployed, "task")
    clock.pass_by(days=400)
    make_engine().housekeeping.tidy()
    assert deployed.history.verify_chain(case).entries == 1


class Explaining(sqlite3.Connection):
    """Notes the plan of every query, with parameters left open: SQLite must see an index's condition in the text."""

    plans: list[str]

    def execute(self, statement: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if statement.startswith("SELECT"):
            plan = super().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            self.plans.append(" ".join(row[3] for row in plan))
        return super().execute(statement, parameters)


def test_looking_for_work_reads_no_finished_job(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'kaihu.db'}")
    plans: list[str] = []

    def explain(_: object, cursor: Any, statement: str, parameters: Any, *rest: object) -> None:
        if statement.startswith("SELECT"):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append(" ".join(row[3] for row in plan))

    def connect(_: object, record: object, arguments: Any, parameters: dict[str, Any]) -> sqlite3.Connection:
        return sqlite3.connect(*arguments, **parameters, factory=Explaining)

    Explaining.plans = plans
    event.listen(database.engine, "do_connect", connect)
    metadata.create_all(database.engine)
    with database.transaction() as transaction:
        connection = transaction.connection
        event.listen(connection, "before_cursor_execute", explain)
        due_jobs(connection, ["ask-registry"], NOON, 10)
        lost_jobs(connection, ["ask-registry"], NOON, 10)
        next_available(connection, ("ask-registry",))
        next_lost(connection, ("ask-registry",))
    assert [plan.partition("INDEX ")[2].split()[0] for plan in plans] == [
        "ix_job_available",
        "ix_job_leased",
        "ix_job_available",
        "ix_job_leased",
    ]
    database.close()
