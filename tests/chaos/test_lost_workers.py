"""A worker dies in the middle of a job, or comes back when nobody reckons with it: the case goes on, and once."""

from __future__ import annotations

import datetime as dt
import os
import signal
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.job_executor import JobExecutor
from engine.model.errors import StateConflict
from engine.model.ports import SystemClock
from engine.queue.work import ClaimedJob, Pace
from engine.services.answers import InboxView
from engine.store.states import InstanceState, JobState
from engine.store.tables import job
from persistence.database import Database
from tests.chaos.conftest import Shown
from tests.chaos.doom import REMOTE, Doom, Moment
from tests.chaos.length import times
from tests.chaos.mortal import forked
from tests.chaos.opening import OPENING, World, engine_on
from tests.conftest import NOON, TestClock
from tests.engine.conftest import administrator, clerk
from tests.engine.queue_machine import wait_until
from tests.engine.taking import claim_batch, complete

_LOOK = 0.01  # seconds between two looks at a file that another process writes


class Halting(Doom):
    """Lets a worker stand still after its effect until a file says that it may go on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(None, None)
        self._folder = folder

    def __call__(self, moment: Moment) -> None:
        if moment is Moment.AFTER_EFFECT and os.getpid() == int((self._folder / "worker").read_text()):
            (self._folder / "halted").touch()
            wait_for(self._folder / "go_on")


def wait_for(file: Path) -> None:
    while not file.exists():
        time.sleep(_LOOK)


def work_and_halt(url: str, folder: Path) -> None:
    """Take one job and stand still in it; then tell how many cases took the answer."""
    (folder / "worker").write_text(str(os.getpid()))
    database = Database(url)
    engine = engine_on(database, TestClock(), World(folder, Halting(folder)))
    took = JobExecutor(engine, name="halting").run_once()
    (folder / "took").write_text(str(took))


def work_in_background(url: str, folder: Path) -> None:
    """What `kaihu work` does, standing still in every job, until a file says that it may go on."""
    (folder / "worker").write_text(str(os.getpid()))
    executor = JobExecutor(engine_on(Database(url), SystemClock(), World(folder, Halting(folder))), name="halting")
    executor.start()
    wait_for(folder / "go_on")
    executor.stop()


def begun_job(database: Database, folder: Path, work: Callable[[str, Path], None] = work_and_halt) -> BaseProcess:
    """A case whose first remote job is in the hands of another process; that process."""
    engine = engine_on(database, TestClock(), World(folder, Doom(None, None)))
    engine.deployments.deploy(administrator, [OPENING])
    engine.process_instances.start(clerk, "opening", business_key="AO-1")
    url = database.url.render_as_string(hide_password=False)
    process = forked.Process(target=work, args=(url, folder))
    process.start()
    wait_for(folder / "halted")
    return process


@pytest.fixture
def worker(database: Database, tmp_path: Path) -> Iterator[BaseProcess]:
    process = begun_job(database, tmp_path)
    yield process
    process.kill()
    process.join()


def gone(worker: BaseProcess) -> None:
    worker.kill()


def asleep(worker: BaseProcess) -> None:
    os.kill(worker.pid or 0, signal.SIGSTOP)


@pytest.mark.parametrize("strike", [gone, asleep])
def test_a_job_whose_worker_is_gone_is_done_by_another_and_the_late_answer_is_refused(
    database: Database, tmp_path: Path, worker: BaseProcess, strike: Callable[[BaseProcess], None]
) -> None:
    strike(worker)
    clock, world = TestClock(), World(tmp_path, Doom(None, None))
    engine = engine_on(database, clock, world)
    executor = JobExecutor(engine, name="another")
    executor.run_until_idle()
    first = world.effects[0]
    assert len(world.effects) == 1  # both questions are leased to the lost worker
    clock.pass_by(hours=1)  # beyond every lease
    executor.run_until_idle()
    assert world.effects.count(first) == 2  # again, with the key of the first time
    (row,) = engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    case = engine.process_instances.find(clerk, "AO-1")
    before = engine.history.journal(clerk, case.key)
    if strike is asleep:
        (tmp_path / "go_on").touch()
        os.kill(worker.pid or 0, signal.SIGCONT)
        worker.join()
        assert (tmp_path / "took").read_text() == "0"
        assert engine.history.journal(clerk, case.key) == before
    engine.user_tasks.claim(clerk, row.key)
    engine.user_tasks.complete(clerk, row.key, {})
    assert engine.history.verify_chain(case.key).whole


@pytest.fixture
def living_worker(database: Database, tmp_path: Path) -> Iterator[BaseProcess]:
    process = begun_job(database, tmp_path, work_in_background)
    yield process
    process.kill()
    process.join()


def leases_end(database: Database) -> list[dt.datetime]:
    with database.reading() as connection:
        ends = connection.execute(select(job.c.lease_until).where(job.c.state == JobState.LEASED.value))
        return list(ends.scalars())


@pytest.mark.parametrize("strike", [gone, asleep])
def test_the_jobs_of_a_process_without_a_sign_of_life_are_done_by_another_within_ten_seconds(
    database: Database, tmp_path: Path, living_worker: BaseProcess, strike: Callable[[BaseProcess], None], shown: Shown
) -> None:
    clock, world = SystemClock(), World(tmp_path, Doom(None, None))
    engine = engine_on(database, clock, world)
    wait_until(lambda: len(world.effects) == 2)  # both questions are under way
    strike(living_worker)
    struck = clock.now()
    assert Pace().lease + Pace().renew_every < 10  # others look as often as leases are renewed
    assert max(leases_end(database)) <= struck + dt.timedelta(seconds=Pace().lease)
    executor = JobExecutor(engine, name="another")
    executor.start()
    wait_until(lambda: engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows)
    executor.stop()
    assert len(world.effects) == 4
    assert len(set(world.effects)) == 2  # each again, with the key of the first time
    case = engine.process_instances.find(clerk, "AO-1")
    before = engine.history.journal(clerk, case.key)
    assert [entry.command for entry in before if entry.command == "expire_lease"] == ["expire_lease"] * 2
    if strike is asleep:
        (tmp_path / "go_on").touch()
        os.kill(living_worker.pid or 0, signal.SIGCONT)
        living_worker.join()
        assert engine.history.journal(clerk, case.key) == before
    assert engine.history.verify_chain(case.key).whole
    shown(back_after=f"{(before[-1].time - struck).total_seconds():.1f} s")


def test_stale_tokens_are_refused_however_often_the_lease_changes_hands(
    database: Database, tmp_path: Path, shown: Shown
) -> None:
    hands = times(200, at_least=5)
    clock = TestClock(NOON)
    engine = engine_on(database, clock, World(tmp_path, Doom(None, None)))
    engine.deployments.deploy(administrator, [OPENING])
    case = engine.process_instances.start(clerk, "opening", business_key="AO-1")
    stale: list[ClaimedJob] = []
    for _ in range(hands):
        jobs = claim_batch(engine, "worker", [REMOTE], 2, dt.timedelta(minutes=1))
        assert len(jobs) == 2
        for late in stale[-4:]:
            with pytest.raises(StateConflict):
                complete(engine, late, {})
        stale += jobs
        clock.pass_by(minutes=1)
    JobExecutor(engine).run_until_idle()
    for late in stale:
        with pytest.raises(StateConflict):
            complete(engine, late, {})
    commands = [entry.command for entry in engine.history.journal(clerk, case.key)]
    assert commands == ["start", *["expire_lease"] * 2 * hands, "finish_job", "finish_job"]
    assert engine.process_instances.get(clerk, case.key).state is InstanceState.ACTIVE
    shown(times_the_lease_ran_out=2 * hands)
