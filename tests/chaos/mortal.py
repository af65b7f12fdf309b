"""A process that works on cases until it is killed: what the tests of this folder start again and again."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

from engine.job_executor import JobExecutor
from engine.model.ports import Clock, SystemClock
from engine.process_engine import ProcessEngine
from engine.queue.work import Pace
from persistence.database import Database
from persistence.telemetry.observation import observe
from tests.chaos.doom import Doom, Moment
from tests.chaos.opening import OPENING, Client, World, engine_on
from tests.conftest import TestClock
from tests.engine.conftest import administrator

forked = multiprocessing.get_context("forkserver")
forked.set_forkserver_preload([__name__])

_LEASE = 1.0  # seconds; what the last process had taken is not waited for longer
_NOTHING_TO_DO = 0.005  # seconds before a client looks again

AT_ONCE, AT_ONCE_IN_BACKGROUND = 5, 20
"""Cases under way in a process that opens new ones; in the background some wait until a dead one's leases run out."""


def work(url: str, folder: Path, clock: TestClock, kind: Moment | None, at: int | None) -> None:
    """Start and work on cases without end, until killed at the `at`-th moment of that kind."""
    engine, client = _life(url, folder, clock, Doom(kind, at))
    executor = JobExecutor(engine)
    while True:
        for _ in range(client.active(), AT_ONCE):
            client.start_next()
        executor.run_until_idle()
        client.approve_all()
        clock.pass_by(minutes=10)


def work_in_background(url: str, folder: Path, clock: SystemClock, kind: Moment | None, at: int | None) -> None:
    """The same with two workers beside the client, as `kaihu serve` and `kaihu work` have them."""
    engine, client = _life(url, folder, clock, Doom(kind, at))
    for number in range(2):
        JobExecutor(engine, name=f"worker-{number}", pace=Pace(lease=_LEASE)).start()
    while True:
        for _ in range(client.active(), AT_ONCE_IN_BACKGROUND):
            client.start_next()
        client.approve_all()
        time.sleep(_NOTHING_TO_DO)


def finish(url: str, folder: Path, clock: TestClock) -> None:
    """Take over what the killed ones have left, until no case is under way."""
    engine, client = _life(url, folder, clock, Doom(None, None))
    executor = JobExecutor(engine)
    while client.active():
        executor.run_until_idle()
        client.approve_all()
        clock.pass_by(minutes=10)


def finish_in_background(url: str, folder: Path, clock: SystemClock) -> None:
    """The same with a worker beside the client."""
    engine, client = _life(url, folder, clock, Doom(None, None))
    executor = JobExecutor(engine)
    executor.start()
    while client.active():
        client.approve_all()
        time.sleep(_NOTHING_TO_DO)
    executor.stop()


def _life(url: str, folder: Path, clock: Clock, doom: Doom) -> tuple[ProcessEngine, Client]:
    database, world = Database(url), World(folder, doom)
    doom.watch(database)
    observe(doom)
    engine = engine_on(database, clock, world)
    engine.deployments.deploy(administrator, [OPENING])
    client = Client(engine, world)
    client.ask_again()
    return engine, client
