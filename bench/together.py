"""Several at once: threads of one process on SQLite, processes on PostgreSQL, and worker machines."""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
import time
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path

from sqlalchemy import text

from bench.application import application
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
    done = [0] * _THREADS
    stop = time.perf_counter() + size.seconds

    def client(number: int) -> None:
        while time.perf_counter() < stop:
            _run_one(engine, f"{number}-{done[number]}")
            done[number] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(_THREADS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    figure = _rate(sum(done), time.perf_counter() - began, f"{_THREADS} clients in one process, SQLite")
    database.close()
    return {"group_commit_elements": figure}


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
    one, two = (_seconds_with(server, workers, size.outside_jobs) for workers in (1, 2))
    unit = f"times as fast, {size.outside_jobs} jobs that wait {_OUTSIDE_SECONDS} s each, PostgreSQL"
    rates: Figure = {
        "one_worker_jobs_per_second": size.outside_jobs / one,
        "two_workers_jobs_per_second": size.outside_jobs / two,
    }
    return {"two_workers_ratio": {"kaihu": one / two, **rates, "unit": unit}}


def _run_one(engine: ProcessEngine, name: str) -> None:
    """One case, its tasks found by the case: another client's are in the same list."""
    case = engine.process_instances.start(clerk, "bench", business_key=name, variables=application())
    for _ in range(COMMITS - 1):
        (task,) = engine.user_tasks.of_case(clerk, case.key)
        engine.user_tasks.complete(clerk, task.key, {})


def _rate(cases: int, elapsed: float, how: str) -> Figure:
    commits = cases * COMMITS / elapsed
    return {"kaihu": cases * ELEMENTS / elapsed, "commits_per_second": commits, "unit": f"durable elements/s, {how}"}


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


def _seconds_with(server: str, workers: int, jobs: int) -> float:
    with new_database(server) as url, tempfile.TemporaryDirectory(prefix="kaihu-bench-") as home:
        engine = engine_on(Database(url), Path(home), outside_diagram())
        for number in range(jobs):
            engine.process_instances.start(clerk, "outside", business_key=f"J-{number}", variables=application())
        barrier, done = _SPAWN.Barrier(workers + 1), _SPAWN.Event()
        processes = [_SPAWN.Process(target=_worker_process, args=(url, home, barrier, done)) for _ in range(workers)]
        for process in processes:
            process.start()
        barrier.wait()
        began = time.perf_counter()
        while _waiting(engine):
            time.sleep(0.02)
        elapsed = time.perf_counter() - began
        done.set()
        for process in processes:
            process.join()
        engine.parts.database.close()
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


def _worker_process(url: str, home: str, barrier: Barrier, done: Event) -> None:
    slow = Handler(type=REMOTE_CHECK, mode=Mode.REMOTE, run=_slow_neighbour, name="外部检查", name_en="Remote check")
    engine = engine_on(Database(url), Path(home), outside_diagram(), handlers={slow.type: slow})
    executor = JobExecutor(engine)
    barrier.wait()
    executor.start()
    done.wait()
    executor.stop()
    engine.parts.database.close()
