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

from engine.job_executor import JobExecutor
from engine.model.errors import StateConflict
from engine.services.answers import InboxView
from engine.store.states import InstanceState
from persistence.database import Database
from tests.chaos.conftest import Shown
from tests.chaos.doom import REMOTE, Doom, Moment
from tests.chaos.length import times
from tests.chaos.mortal import forked
from tests.chaos.opening import OPENING, World, engine_on
from tests.conftest import NOON, TestClock
from tests.engine.conftest import administrator, clerk

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


def begun_job(database: Database, folder: Path) -> BaseProcess:
    """A case whose first remote job is in the hands of another process; that process."""
    engine = engine_on(database, TestClock(), World(folder, Doom(None, None)))
    engine.deployments.deploy(administrator, [OPENING])
    engine.process_instances.start(clerk, "opening", business_key="AO-1")
    url = database.url.render_as_string(hide_password=False)
    process = forked.Process(target=work_and_halt, args=(url, folder))
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


def test_stale_tokens_are_refused_however_often_the_lease_changes_hands(
    database: Database, tmp_path: Path, shown: Shown
) -> None:
    hands = times(200, at_least=5)
    clock = TestClock(NOON)
    engine = engine_on(database, clock, World(tmp_path, Doom(None, None)))
    engine.deployments.deploy(administrator, [OPENING])
    case = engine.process_instances.start(clerk, "opening", business_key="AO-1")
    stale: list[tuple[int, str]] = []
    for _ in range(hands):
        jobs = engine.jobs.claim_batch("worker", [REMOTE], 2, dt.timedelta(minutes=1))
        assert len(jobs) == 2
        for key, token in stale[-4:]:
            with pytest.raises(StateConflict):
                engine.jobs.complete(key, token, {})
        stale += [(job.key, job.token) for job in jobs]
        clock.pass_by(minutes=1)
    JobExecutor(engine).run_until_idle()
    for key, token in stale:
        with pytest.raises(StateConflict):
            engine.jobs.complete(key, token, {})
    commands = [entry.command for entry in engine.history.journal(clerk, case.key)]
    assert commands == ["start", *["expire_lease"] * 2 * hands, "finish_job", "finish_job"]
    assert engine.process_instances.get(clerk, case.key).state is InstanceState.ACTIVE
    shown(times_the_lease_ran_out=2 * hands)
