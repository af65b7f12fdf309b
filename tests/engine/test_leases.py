"""Short leases, renewed while the process lives: a job stays its worker's as long as it may take, and no longer."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text

from engine.job_runs import JobRuns
from engine.process_engine import ProcessEngine
from engine.queue.heartbeat import Heartbeat, Held, HeldLeases
from engine.queue.work import Pace
from engine.store.jobs import renew_leases
from engine.store.states import InstanceState
from engine.store.tables import job
from persistence.database import Database
from tests.conftest import TestClock
from tests.engine.conftest import administrator, clerk
from tests.engine.queue_machine import PROCESSES, Outside, engine_on, wait_until
from tests.engine.taking import claim_batch, complete

PACE = Pace(lease=6)
_LEASE = dt.timedelta(seconds=6)
_LONG, _SHORT = 60.0, 0.1  # seconds that a handler may take


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(tmp_path)


def begun(database: Database, outside: Outside, clock: TestClock, *, process_id: str, limit: float) -> ProcessEngine:
    """An engine whose one job waits."""
    engine = engine_on(database, outside, timeout=limit, clock=clock)
    engine.deployments.deploy(administrator, PROCESSES)
    engine.process_instances.start(clerk, process_id, business_key="AO-1")
    return engine


def lease_until(engine: ProcessEngine) -> dt.datetime | None:
    with engine.parts.database.reading() as connection:
        return connection.execute(select(job.c.lease_until)).scalar_one()


def running(runs: JobRuns, outside: Outside) -> threading.Thread:
    """The one job, under way in a thread."""
    (run,) = runs.take(1)
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    wait_until(lambda: outside.done)
    return thread


def test_a_job_that_takes_longer_than_its_lease_stays_its_workers_while_the_process_lives(
    database: Database, outside: Outside, clock: TestClock
) -> None:
    outside.shut()
    engine = begun(database, outside, clock, process_id="asking", limit=_LONG)
    runs, other = (JobRuns(engine, name, PACE, patient=True) for name in ("one", "other"))
    thread = running(runs, outside)
    assert lease_until(engine) == clock.now() + _LEASE
    for _ in range(2):
        clock.pass_by(seconds=5)
        wait_until(lambda: runs.beat() or lease_until(engine) == clock.now() + _LEASE)
        other.beat()
        assert other.take(1) == []
    outside.open()
    thread.join()
    assert engine.process_instances.find(clerk, "AO-1").state is InstanceState.COMPLETED
    assert len(outside.done) == 1


def test_a_handler_that_does_not_return_loses_its_job_though_its_process_lives(
    database: Database, outside: Outside, clock: TestClock
) -> None:
    engine = begun(database, outside, clock, process_id="stuck", limit=_SHORT)
    runs = JobRuns(engine, "one", PACE, patient=True)
    running(runs, outside)
    threading.Event().wait(2 * _SHORT)
    clock.pass_by(seconds=5)
    runs.beat()
    assert lease_until(engine) == clock.now() + dt.timedelta(seconds=1)  # nobody renews it any more
    clock.pass_by(seconds=1)
    runs.beat()
    (incident,) = engine.incidents.list(clerk)
    assert incident.code == "worker_lost"


def test_a_lease_that_is_anothers_by_now_is_not_renewed(database: Database, outside: Outside, clock: TestClock) -> None:
    engine = begun(database, outside, clock, process_id="asking", limit=_LONG)
    (first,) = claim_batch(engine, "one", ["remote-work"], 1, _LEASE)
    clock.pass_by(seconds=6)
    (second,) = claim_batch(engine, "two", ["remote-work"], 1, _LEASE)
    clock.pass_by(seconds=1)
    lost, kept = (Held(one.key, one.token, 0.0, 0.0) for one in (first, second))
    assert engine.jobs.renew([lost], _LEASE) == [lost]
    assert lease_until(engine) == second.until
    assert engine.jobs.renew([lost, kept], _LEASE) == [lost]
    assert lease_until(engine) == clock.now() + _LEASE
    complete(engine, second, {})
    engine.jobs.renew([Held(second.key, second.token, 0.0, 0.0)], _LEASE)
    assert lease_until(engine) is None


def waiting_for_locks(engine: ProcessEngine) -> int:
    """How many statements wait for somebody's lock. On SQLite all writers wait for their turn: nobody is asked."""
    if engine.parts.database.is_sqlite:
        return 1
    with engine.parts.database.reading() as connection:
        return connection.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        ).scalar_one()


def test_a_lease_that_is_renewed_while_its_attempt_is_ended_as_lost_stays_its_workers(
    database: Database, outside: Outside, clock: TestClock
) -> None:
    engine = begun(database, outside, clock, process_id="asking", limit=_LONG)
    (claimed,) = claim_batch(engine, "one", ["remote-work"], 1, _LEASE)
    clock.pass_by(seconds=7)
    ending = threading.Thread(target=engine.jobs.expire, args=[claimed.key], daemon=True)
    with database.transaction() as transaction:
        renewed = renew_leases(transaction.connection, [claimed.key], [claimed.token], clock.now() + _LEASE)
        assert renewed == [claimed.key]
        ending.start()
        wait_until(lambda: waiting_for_locks(engine))
    ending.join()
    assert lease_until(engine) == clock.now() + _LEASE
    complete(engine, claimed, {})


def test_a_job_that_became_anothers_while_it_waited_for_its_thread_is_not_begun(
    database: Database, outside: Outside, clock: TestClock
) -> None:
    engine = begun(database, outside, clock, process_id="asking", limit=_LONG)
    runs = JobRuns(engine, "one", Pace(lease=0.02), patient=True)
    (run,) = runs.take(1)
    clock.pass_by(seconds=6)
    (second,) = claim_batch(engine, "two", ["remote-work"], 1, _LEASE)
    threading.Event().wait(0.02)  # the next beat renews
    runs.beat()
    assert run() is False
    assert outside.done == []
    assert lease_until(engine) == second.until


def test_a_job_that_waited_for_its_thread_longer_than_its_handler_may_take_is_not_begun(
    database: Database, outside: Outside, clock: TestClock
) -> None:
    engine = begun(database, outside, clock, process_id="asking", limit=_SHORT)
    (run,) = JobRuns(engine, "one", PACE, patient=True).take(1)
    threading.Event().wait(2 * _SHORT)
    assert run() is False
    assert outside.done == []


def test_a_job_that_waits_for_its_thread_is_kept_and_one_that_ended_is_not() -> None:
    held = HeldLeases()
    held.keep(1, "waits", _LONG)
    held.keep(2, "ends", _LONG)
    held.keep(3, "over", 0.0)
    held.let_go("ends")
    assert [one.token for one in held.fading(0.0)] == ["waits"]
    assert held.fading(_LONG) == []  # just written


def test_a_heart_goes_on_beating_after_a_beat_that_failed() -> None:
    beats: list[int] = []

    def beat() -> None:
        beats.append(len(beats))
        raise KeyError

    heart = Heartbeat(beat, 0.01)
    heart.start()
    wait_until(lambda: len(beats) >= 3)
    assert heart.alive
    heart.stop()
