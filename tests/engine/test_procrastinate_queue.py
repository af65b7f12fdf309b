"""Word of jobs and timers in Procrastinate's tables: a part of the transaction, and never the truth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, text

from engine.job_runs import JobRuns
from engine.process_engine import ProcessEngine
from engine.queue.procrastinate_queue import HORIZON, ProcrastinateQueue, moment, queue_of
from engine.queue.work import JobDue, Pace, TimersDue, Work
from engine.services.transactions import run_once
from engine.store.states import InstanceState
from engine.worker_api import Failed
from persistence.database import Database, DatabaseUnavailable
from persistence.keys import Keys
from persistence.schema import metadata
from tests.conftest import NOON, TestClock
from tests.engine.conftest import HANDLERS, EveryDay, Outside, RolesOnly, administrator, clerk
from tests.engine.diagrams import chain, diagram, end, service_task, start, timer_catch
from tests.engine.taking import claim_batch, complete

pytestmark = pytest.mark.postgres

PROCESSES = [
    diagram("remote", chain(start(), service_task("ask", "ask-registry"), end())),
    diagram("local", chain(start(), service_task("open", "open-account"), end())),
    diagram("minute", chain(start(), timer_catch("pause", "PT1M"), end())),
    diagram("month", chain(start(), timer_catch("pause", "P30D"), end())),
]


@pytest.fixture
def postgres(empty_postgres_url: str) -> Iterator[Database]:
    database = Database(empty_postgres_url)
    metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def deployed(postgres: Database, clock: TestClock, outside: Outside) -> ProcessEngine:
    engine = ProcessEngine(
        database=postgres,
        keys=Keys.of(postgres),
        clock=clock,
        authority=RolesOnly(),
        calendar=EveryDay(),
        handlers=HANDLERS,
        resources=outside,
    )
    engine.deployments.deploy(administrator, PROCESSES)
    return engine


def begin(engine: ProcessEngine, process_id: str, business_key: str = "AO-1") -> int:
    return engine.process_instances.start(clerk, process_id, business_key=business_key).key


def told(database: Database) -> list[tuple[str, dict[str, Any], dt.datetime | None]]:
    """Task, arguments and time of every row that waits, in the order in which they were written."""
    with database.reading() as connection:
        rows = connection.execute(text("SELECT task_name, args, scheduled_at FROM procrastinate_jobs ORDER BY id"))
        return [(row.task_name, row.args, row.scheduled_at) for row in rows]


def microseconds(time: dt.datetime) -> int:
    return int(time.timestamp()) * 1_000_000


def forget(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.connection.execute(text("DELETE FROM procrastinate_jobs"))


def job_of(engine: ProcessEngine) -> int:
    """The key of the only job there is."""
    with engine.parts.database.reading() as connection:
        return int(connection.execute(text("SELECT key FROM job")).scalar_one())


def test_a_new_job_is_told_in_the_transaction_that_creates_it(deployed: ProcessEngine, postgres: Database) -> None:
    begin(deployed, "remote")
    assert told(postgres) == [("run_job", {"key": job_of(deployed), "at": microseconds(NOON)}, None)]


def test_a_command_that_is_taken_back_tells_nothing(deployed: ProcessEngine, postgres: Database) -> None:
    def hands_over_and_fails(connection: Connection) -> None:
        deployed.parts.queue.hand_over(connection, Work(jobs=[JobDue(1, "ask-registry", NOON)]), NOON)
        assert connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one() == 1
        raise KeyError

    with pytest.raises(KeyError):
        run_once(deployed.parts, "test", clerk, None, hands_over_and_fails)
    assert told(postgres) == []


def test_a_job_without_a_handler_here_is_told_to_nobody_and_can_be_claimed(
    deployed: ProcessEngine, postgres: Database, clock: TestClock
) -> None:
    begin(deployed, "remote")
    forget(postgres)
    with postgres.transaction() as transaction:
        transaction.connection.execute(text("UPDATE job SET type = 'work-of-another-system'"))
        work = Work(jobs=[JobDue(job_of(deployed), "work-of-another-system", NOON)])
        deployed.parts.queue.hand_over(transaction.connection, work, NOON)
    assert deployed.parts.queue.bring_back(postgres, clock.now()) == 0
    assert told(postgres) == []
    (claimed,) = claim_batch(deployed, "rest", ["work-of-another-system"], 1, dt.timedelta(minutes=1))
    complete(deployed, claimed, {})
    assert deployed.process_instances.find(clerk, "AO-1").state is InstanceState.COMPLETED


def test_a_failed_attempt_is_told_for_the_end_of_its_pause(
    deployed: ProcessEngine, postgres: Database, outside: Outside, clock: TestClock
) -> None:
    outside.answers = [Failed("closed")]
    begin(deployed, "local")
    due = clock.now() + dt.timedelta(seconds=10)
    assert told(postgres) == [("run_job", {"key": job_of(deployed), "at": microseconds(due)}, due)]


def test_a_timer_is_told_for_its_moment(deployed: ProcessEngine, postgres: Database, clock: TestClock) -> None:
    case = begin(deployed, "minute")
    due = clock.now() + dt.timedelta(minutes=1)
    assert told(postgres) == [("fire_timers", {"case": case, "at": microseconds(due)}, due)]


def test_a_timer_far_away_is_told_when_its_moment_comes_near(
    deployed: ProcessEngine, postgres: Database, clock: TestClock
) -> None:
    begin(deployed, "month")
    assert told(postgres) == []
    clock.pass_by(days=29)
    assert deployed.parts.queue.bring_back(postgres, clock.now()) == 0
    clock.pass_by(days=1)
    clock.time -= HORIZON
    assert deployed.parts.queue.bring_back(postgres, clock.now()) == 1
    assert [at for _, _, at in told(postgres)] == [clock.now() + HORIZON]
    assert deployed.parts.queue.bring_back(postgres, clock.now()) == 0


def test_what_nobody_knows_of_any_more_is_told_again_and_once(
    deployed: ProcessEngine, postgres: Database, clock: TestClock
) -> None:
    begin(deployed, "remote")
    begin(deployed, "minute", "AO-2")
    before = told(postgres)
    assert deployed.parts.queue.bring_back(postgres, clock.now()) == 0
    forget(postgres)
    assert deployed.parts.queue.bring_back(postgres, clock.now()) == 2
    assert told(postgres) == before
    assert deployed.parts.queue.bring_back(postgres, clock.now()) == 0


def test_more_lost_rows_than_fit_into_one_transaction_are_all_brought_back(
    deployed: ProcessEngine, postgres: Database, clock: TestClock
) -> None:
    begin(deployed, "remote")
    copies = (
        "INSERT INTO job SELECT key + n, instance_key, number + n, process_id, element_id, type, headers, state, "
        "retries, retries_at_first, attempts, available_at, lease_token, lease_until, worker, created_at "
        "FROM job, generate_series(1, 1500) AS n"
    )
    with postgres.transaction() as transaction:
        transaction.connection.execute(text(copies))
    assert deployed.parts.queue.bring_back(postgres, clock.now()) == 1500
    assert len({row[1]["key"] for row in told(postgres)}) == 1501


def test_rows_of_one_case_and_moment_wait_for_each_other_and_jobs_for_nobody(
    deployed: ProcessEngine, postgres: Database
) -> None:
    later = NOON + dt.timedelta(minutes=1)
    work = Work(
        jobs=[JobDue(1, "ask-registry", NOON), JobDue(2, "open-account", NOON)],
        timers=[TimersDue(7, NOON), TimersDue(7, later), TimersDue(8, NOON)],
    )
    with postgres.transaction() as transaction:
        deployed.parts.queue.hand_over(transaction.connection, work, NOON)
    with postgres.reading() as connection:
        locks = list(connection.execute(text("SELECT lock FROM procrastinate_jobs ORDER BY id")).scalars())
    assert locks[:2] == [None, None]
    assert len(set(locks[2:])) == 3


def test_a_job_that_comes_too_early_is_left_alone(deployed: ProcessEngine, outside: Outside, clock: TestClock) -> None:
    outside.answers = [Failed("closed", retry_in=dt.timedelta(minutes=2))]
    begin(deployed, "local")
    runs, due = JobRuns(deployed, "one", Pace(), patient=False), clock.now() + dt.timedelta(minutes=2)
    clock.pass_by(seconds=30)
    assert runs.run_job(job_of(deployed), due) == dt.timedelta(seconds=90)
    assert outside.attempts == [1]


def test_word_of_a_time_that_is_no_longer_the_jobs_is_dropped(
    deployed: ProcessEngine, outside: Outside, clock: TestClock
) -> None:
    outside.answers = [Failed("closed", retry_in=dt.timedelta(minutes=2))]
    begin(deployed, "local")
    assert JobRuns(deployed, "one", Pace(), patient=False).run_job(job_of(deployed), clock.now()) is None
    assert outside.attempts == [1]


def test_word_of_a_job_whose_machine_may_still_be_at_it_waits_for_the_lease(
    deployed: ProcessEngine, outside: Outside, clock: TestClock
) -> None:
    begin(deployed, "remote")
    key, runs = job_of(deployed), JobRuns(deployed, "two", Pace(), patient=False)
    deployed.jobs.claim(key, "one", "token", {"ask-registry": dt.timedelta(minutes=1)})
    assert runs.run_job(key, NOON) == dt.timedelta(minutes=1)
    clock.pass_by(minutes=1)
    assert runs.run_job(key, NOON) is None
    assert runs.run_job(key, clock.now()) is None
    assert outside.attempts == [2]


@pytest.mark.parametrize("process_id", ["remote", "minute"])
def test_word_of_a_case_that_cannot_be_read_does_not_multiply(
    deployed: ProcessEngine, postgres: Database, clock: TestClock, process_id: str
) -> None:
    """A machine takes up each row when its time has come, again and again."""
    begin(deployed, process_id)
    runs = JobRuns(deployed, "one", Pace(), patient=False)
    with postgres.transaction() as transaction:
        transaction.connection.execute(text("UPDATE process_instance SET tree = 'damaged'"))
    for _ in range(4):
        clock.pass_by(minutes=10)
        rows = told(postgres)
        forget(postgres)
        for task, arguments, _at in rows:
            due = moment(arguments["at"])
            step = (
                runs.run_job(arguments["key"], due) if task == "run_job" else runs.fire_timers(arguments["case"], due)
            )
            assert step is None
        assert len(told(postgres)) == 1


def test_timers_that_come_too_early_are_left_alone(deployed: ProcessEngine, clock: TestClock) -> None:
    case, due = begin(deployed, "minute"), clock.now() + dt.timedelta(minutes=1)
    runs = JobRuns(deployed, "one", Pace(), patient=False)
    clock.pass_by(seconds=15)
    assert runs.fire_timers(case, due) == dt.timedelta(seconds=45)
    assert deployed.process_instances.find(clerk, "AO-1").state is InstanceState.ACTIVE
    clock.pass_by(seconds=45)
    assert [runs.fire_timers(case, due), runs.fire_timers(case, due)] == [None, None]
    assert deployed.process_instances.find(clerk, "AO-1").state is InstanceState.COMPLETED


def test_word_that_comes_twice_runs_a_job_once(deployed: ProcessEngine, outside: Outside) -> None:
    begin(deployed, "remote")
    runs = JobRuns(deployed, "one", Pace(), patient=False)
    key = job_of(deployed)
    assert [runs.run_job(key, NOON), runs.run_job(key, NOON), runs.run_job(key + 1, NOON)] == [None, None, None]
    assert outside.attempts == [1]


def test_a_case_whose_timers_cannot_fire_is_told_again_for_after_the_pause(
    deployed: ProcessEngine, postgres: Database, clock: TestClock
) -> None:
    case = begin(deployed, "minute")
    forget(postgres)
    with postgres.transaction() as transaction:
        transaction.connection.execute(text("UPDATE process_instance SET tree = 'damaged'"))
    clock.pass_by(minutes=1)
    assert JobRuns(deployed, "one", Pace(), patient=False).fire_timers(case, clock.now()) is None
    assert [at for _, _, at in told(postgres)] == [clock.now() + dt.timedelta(minutes=5)]


def test_a_claim_asked_again_with_its_token_gives_the_same_lease(deployed: ProcessEngine) -> None:
    begin(deployed, "remote")
    key, lease = job_of(deployed), {"ask-registry": dt.timedelta(minutes=1)}
    first = deployed.jobs.claim(key, "one", "token", lease)
    assert first is not None
    assert deployed.jobs.claim(key, "one", "token", lease) == first
    assert deployed.jobs.claim(key, "two", "another token", lease) is None


def test_a_connection_that_is_cut_while_work_is_handed_over_is_a_database_that_is_away(
    deployed: ProcessEngine, postgres: Database
) -> None:
    work = Work(jobs=[JobDue(1, "ask-registry", NOON)])
    with pytest.raises(DatabaseUnavailable), postgres.transaction() as transaction:
        process = transaction.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with postgres.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
        deployed.parts.queue.hand_over(transaction.connection, work, NOON)
    assert told(postgres) == []


def test_a_job_type_too_long_for_a_channel_has_a_queue_all_the_same(postgres: Database) -> None:
    long = "ask-" * 30
    queue = ProcrastinateQueue([long], [])
    with postgres.transaction() as transaction:
        queue.hand_over(transaction.connection, Work(jobs=[JobDue(1, long, NOON)]), NOON)
    assert len(told(postgres)) == 1
    assert queue_of(long) != queue_of(f"{long}again")
