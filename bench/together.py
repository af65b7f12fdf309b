"""Several at once: threads of one process on SQLite, processes on PostgreSQL, and worker machines."""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import text

from bench.application import application
from bench.cases import count_commits
from bench.diagrams import ELEMENTS, REMOTE_CHECK
from bench.drawing import outside_diagram
from bench.kaihu_case import COMMITS, clerk, engine_on
from bench.postgres import new_database
from bench.size import Size
from bench.timing import Figure
from engine.job_executor import JobExecutor
from engine.process_engine import ProcessEngine
from engine.worker_api import Completed, Handler, Job, Mode, Result
from persistence.database import Database

_THREADS = 4
_PROCESSES = 2
_OUTSIDE_SECONDS = 0.2
"""What a slow neighbour takes to answer."""
_SPAWN = multiprocessing.get_context("spawn")


def threads_figures(folder: Path, size: Size) -> dict[str, Figure]:
    """Several clients of one process at once on SQLite, every command durable before it is answered."""
    database = Database(f"sqlite:///{folder / 'threads.db'}")
    engine = engine_on(database, folder)
    _run_one(engine, "warm")
    done, began = [0] * _THREADS, time.perf_counter()

    def client(number: int) -> None:
        while time.perf_counter() < began + size.seconds:
            _run_one(engine, f"{number}-{done[number]}")
            done[number] += 1

    commits = count_commits(database, lambda: _together(client))
    elapsed = time.perf_counter() - began
    figure = _rate(sum(done), elapsed, f"{_THREADS} clients in one process, SQLite")
    database.close()
    return {"group_commit_elements": figure | {"shared_commits_per_second": commits / elapsed}}


def _together(client: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=client, args=(number,)) for number in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def processes_figures(server: str, size: Size) -> dict[str, Figure]:
    """Two processes on one PostgreSQL database whose server has the same cores."""
    with new_database(server) as url, tempfile.TemporaryDirectory(prefix="kaihu-bench-") as home:
        engine_on(Database(url), Path(home)).parts.database.close()  # migrated and staffed before they come
        barrier, answers = _SPAWN.Barrier(_PROCESSES), _SPAWN.Queue()
        arguments = [(url, home, number, size.seconds, barrier, answers) for number in range(_PROCESSES)]
        _finish([_SPAWN.Process(target=_client_process, args=each) for each in arguments])
        done = [answers.get() for _ in range(_PROCESSES)]
    cases, elapsed = sum(cases for cases, _ in done), max(elapsed for _, elapsed in done)
    return {"postgres_elements": _rate(cases, elapsed, f"{_PROCESSES} processes, PostgreSQL on the same cores")}


def workers_figures(server: str, size: Size) -> dict[str, Figure]:
    """Two worker machines against one, on jobs that wait for the outside: how much sooner they are through."""
    with new_database(server) as url, tempfile.TemporaryDirectory(prefix="kaihu-bench-") as home:
        engine = engine_on(Database(url), Path(home), outside_diagram())
        machines = [_Machine(url, home) for _ in range(2)]
        one = _seconds_with(engine, machines[:1], size.outside_jobs)
        two = _seconds_with(engine, machines, size.outside_jobs)
        for machine in machines:
            machine.stop()
        engine.parts.database.close()
    unit = f"times as fast, {size.outside_jobs} jobs that wait {_OUTSIDE_SECONDS} s each, PostgreSQL"
    rates: Figure = {
        "one_worker_jobs_per_second": size.outside_jobs / one,
        "two_workers_jobs_per_second": size.outside_jobs / two,
    }
    return {"two_workers_ratio": {"kaihu": one / two, **rates, "unit": unit}}


class _Machine:
    """A worker in a process of its own that works when it is told to."""

    def __init__(self, url: str, home: str) -> None:
        self._line, others = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_worker_process, args=(url, home, others))
        self._process.start()
        self._line.recv()

    def tell(self, *, work: bool) -> None:
        """Begin or end to work; comes back when it is so."""
        self._line.send(work)
        self._line.recv()

    def stop(self) -> None:
        """End the process."""
        self._line.send(None)
        self._process.join()


def _run_one(engine: ProcessEngine, name: str) -> None:
    """One case, its tasks found by the case: another client's are in the same list."""
    case = engine.process_instances.start(clerk, "bench", business_key=name, variables=application())
    for _ in range(COMMITS - 1):
        (task,) = engine.user_tasks.of_case(clerk, case.key)
        engine.user_tasks.complete(clerk, task.key, {})


def _rate(cases: int, elapsed: float, how: str) -> Figure:
    commands = cases * COMMITS / elapsed
    return {"kaihu": cases * ELEMENTS / elapsed, "commands_per_second": commands, "unit": f"durable elements/s, {how}"}


def _client_process(
    url: str, home: str, number: int, duration: float, barrier: Barrier, answers: Queue[tuple[int, float]]
) -> None:
    engine = engine_on(Database(url), Path(home))
    _run_one(engine, f"warm-{number}")
    barrier.wait()
    began, cases = time.perf_counter(), 0
    while time.perf_counter() - began < duration:
        _run_one(engine, f"{number}-{cases}")
        cases += 1
    answers.put((cases, time.perf_counter() - began))
    engine.parts.database.close()


def _seconds_with(engine: ProcessEngine, machines: Sequence[_Machine], jobs: int) -> float:
    for number in range(jobs):
        name = f"J-{len(machines)}-{number}"
        engine.process_instances.start(clerk, "outside", business_key=name, variables=application())
    began = time.perf_counter()
    for machine in machines:
        machine.tell(work=True)
    while _waiting(engine):
        time.sleep(0.02)
    elapsed = time.perf_counter() - began
    for machine in machines:
        machine.tell(work=False)
    return elapsed


def _waiting(engine: ProcessEngine) -> bool:
    with engine.parts.database.reading() as connection:
        return (
            connection.execute(text("SELECT 1 FROM process_instance WHERE ended_at IS NULL LIMIT 1")).first()
            is not None
        )


def _finish(processes: list[multiprocessing.context.SpawnProcess]) -> None:
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def _slow_neighbour(job: Job, resources: object) -> Result:
    time.sleep(_OUTSIDE_SECONDS)
    return Completed({"answer": "yes"})


def _worker_process(url: str, home: str, line: Connection[object, bool | None]) -> None:
    slow = Handler(type=REMOTE_CHECK, mode=Mode.REMOTE, run=_slow_neighbour, name="外部检查", name_en="Remote check")
    engine = engine_on(Database(url), Path(home), outside_diagram(), handlers={slow.type: slow})
    executor = JobExecutor(engine)
    line.send("ready")
    while (work := line.recv()) is not None:
        if work:
            executor.start()
        else:
            executor.stop()
        line.send("so it is")
    engine.parts.database.close()
