"""A machine that runs jobs: a process of its own, told what to do by nothing but its database.

Started by the tests of the queue, several on one PostgreSQL. What its handlers do outside is a line in a file.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from engine.job_executor import JobExecutor
from engine.model.ports import Clock, SystemClock
from engine.process_engine import ProcessEngine
from engine.queue.work import Pace
from engine.worker_api import Completed, Handler, Job, Mode, Result
from persistence.database import Database
from persistence.keys import Keys
from tests.engine.conftest import EveryDay, RolesOnly, ledger
from tests.engine.diagrams import chain, diagram, end, service_task, start, timer_catch

QUICK = Pace(lease=1.5, spare=0.5, stop_within=20, look_after_at="* * * * * *")
"""Leases of a second and a half, and what was lost is looked for every second."""

_GUARD = 300.0  # seconds after which a test gives up waiting for something that should long have come

PROCESSES = [
    diagram(
        "opening",
        chain(
            start(),
            service_task("ask", "remote-work"),
            service_task("open", "local-work"),
            timer_catch("pause", "PT1S"),
            service_task("tell", "remote-work"),
            end(),
        ),
    ),
    diagram("asking", chain(start(), service_task("ask", "remote-work"), end())),
    diagram("poisoned", chain(start(), service_task("ask", "poison"), end())),
    diagram("stuck", chain(start(), service_task("ask", "stuck-work", retries=1), end())),
    diagram("pausing", chain(start(), timer_catch("pause", "PT1S"), end())),
]


@dataclass(frozen=True)
class Outside:
    """A folder outside the database: what was done, and a gate that keeps handlers waiting while it is shut."""

    folder: Path

    def note(self, line: str) -> None:
        """One line in one write, so that a kill leaves the whole of it or nothing."""
        file = os.open(self.folder / "done", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(file, f"{line}\n".encode())
        os.close(file)

    @property
    def done(self) -> list[list[str]]:
        """Case, element, attempt and process of everything that was begun, in order."""
        file = self.folder / "done"
        return [line.split() for line in file.read_text().splitlines()] if file.exists() else []

    @property
    def gate(self) -> Path:
        return self.folder / "shut"

    def shut(self) -> None:
        self.gate.touch()

    def open(self) -> None:
        self.gate.unlink()


def _remote(job: Job, outside: Outside) -> Result:
    outside.note(f"{job.business_key} {job.element_id} {job.attempt} {os.getpid()}")
    wait_until(lambda: not outside.gate.exists())
    return Completed({job.element_id: True})


def _poison(job: Job, outside: Outside) -> Result:
    outside.note(f"{job.business_key} {job.element_id} {job.attempt} {os.getpid()}")
    raise RuntimeError


def _stuck(job: Job, outside: Outside) -> Result:
    outside.note(f"{job.business_key} {job.element_id} {job.attempt} {os.getpid()}")
    threading.Event().wait()
    raise AssertionError


def _local(job: Job, outside: Outside) -> Result:
    job.transaction.execute(insert(ledger).values(case=job.business_key))
    return Completed({job.element_id: True})


def handlers(timeout: float) -> dict[str, Handler[Any]]:
    """Handlers that may take that many seconds."""
    kinds: dict[str, tuple[Mode, Callable[[Job, Outside], Result]]] = {
        "remote-work": (Mode.REMOTE, _remote),
        "poison": (Mode.REMOTE, _poison),
        "stuck-work": (Mode.REMOTE, _stuck),
        "local-work": (Mode.LOCAL, _local),
    }
    limit = dt.timedelta(seconds=timeout)
    return {
        type_: Handler(type=type_, mode=mode, run=run, name="作业", name_en="Work", timeout=limit)
        for type_, (mode, run) in kinds.items()
    }


def engine_on(
    database: Database, outside: Outside, *, timeout: float = 1.0, clock: Clock | None = None
) -> ProcessEngine:
    """An engine that knows nothing but its database."""
    return ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock or SystemClock(),
        authority=RolesOnly(),
        calendar=EveryDay(),
        handlers=handlers(timeout),
        resources=outside,
    )


def live(url: str, folder: Path, pace: Pace, timeout: float) -> None:
    """The life of a machine: until SIGTERM."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    database = Database(url)
    executor = JobExecutor(engine_on(database, Outside(folder), timeout=timeout), pace=pace)
    executor.start()
    stopped.wait()
    executor.stop()
    database.close()


@contextmanager
def machines(
    number: int, url: str, outside: Outside, *, pace: Pace = QUICK, timeout: float = 1.0
) -> Iterator[list[multiprocessing.process.BaseProcess]]:
    """Running machines, each in a process of its own; those still alive at the end are killed."""
    context = multiprocessing.get_context("spawn")
    started = [context.Process(target=live, args=(url, outside.folder, pace, timeout)) for _ in range(number)]
    for process in started:
        process.start()
    try:
        yield list(started)
    finally:
        for process in started:
            if process.is_alive():
                process.kill()
            process.join()


def wait_until(happened: Callable[[], object]) -> None:
    """Look again and again, seldom; fail when it has not happened long after it should have."""
    pause = threading.Event()
    for _ in range(int(_GUARD / 0.1)):
        if happened():
            return
        pause.wait(0.1)
    raise AssertionError("it has not happened")
