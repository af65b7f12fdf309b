"""Whole cases in one process on SQLite, beside their peers in the same run; and what a finished case occupies."""

from __future__ import annotations

import sqlite3
import statistics
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, text

from bench.diagrams import ELEMENTS, kaihu_diagram
from bench.kaihu_case import COMMITS, clerk, engine_in, engine_on, run_case, start_case
from bench.size import Size
from bench.state_machine import StateMachine
from bench.stock_case import StockCases
from bench.timing import MILLI, Figure, Timing, each, in_turns, p99, seconds
from engine.job_executor import JobExecutor
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Page
from persistence.database import Database
from persistence.telemetry.observation import Operation, forget, observe

_SPIFF_ARENA_MS = 208.0
"""spiff-arena's service layer for such a case, measured once on a machine like this; not part of the run."""
_KIB = 1024


def case_figures(folder: Path, size: Size, peers: Mapping[str, Callable[[int], object]]) -> dict[str, Figure]:
    """The local case beside every peer, the bytes it leaves, and the completion of its tasks."""
    engine, core = engine_in(folder), StateMachine(folder)
    completions: list[float] = []
    works: dict[str, Callable[[int], object]] = {
        "kaihu": lambda number: completions.extend(run_case(engine, number)),
        "core": core.run_case,
        "core_without_history": StateMachine(folder, history=False).run_case,
        "naive": StockCases(folder).run_case,
        "naive_each_step": StockCases(folder, each_step=True).run_case,
        **peers,
    }
    _check_counts(engine)
    figures = _beside_peers(in_turns(works, size.rounds, size.cases))
    figures |= _stored(engine, core, size)
    figures["complete_task_hot_p99"] = _completions(completions, engine, size)
    figures["complete_task_cold_p99"] = _cold_completions(engine, size)
    engine.parts.database.close()
    return figures


def remote_figures(folder: Path, size: Size) -> dict[str, Figure]:
    """The case with three jobs of remote workers, run by the threads of the same process as they come up."""
    database = Database(f"sqlite:///{folder / 'remote.db'}")
    engine = engine_on(database, folder, kaihu_diagram(remote=True))
    cases = RemoteCases(engine)
    observe(cases)
    executor = JobExecutor(engine)
    executor.start()
    commits = count_commits(database, lambda: cases.run(0))
    milliseconds = in_turns({"kaihu": cases.run}, size.rounds, size.cases)["kaihu"].wall * MILLI
    executor.stop()
    forget(cases)
    database.close()
    return {"case_sqlite_remote": {"kaihu": milliseconds, **_rates(milliseconds, commits), "unit": "ms"}}


class RemoteCases:
    """A clerk who waits for the answers of the workers before the next step; an observer hears of them."""

    _ANSWERS = (2, 0, 1)
    """Jobs that follow each human task."""

    def __init__(self, engine: ProcessEngine) -> None:
        self._engine = engine
        self._heard = threading.Semaphore(0)

    def run(self, number: int) -> None:
        """One case from start to end."""
        start_case(self._engine, number)
        for answers in self._ANSWERS:
            (task,) = self._engine.user_tasks.inbox(clerk, InboxView.MINE, Page(limit=2)).rows
            self._engine.user_tasks.complete(clerk, task.key, {})
            for _ in range(answers):
                self._heard.acquire()

    def began(self, operation: Operation) -> None:
        """An observer's; only ends count."""

    def ended(self, operation: Operation, mark: object) -> None:
        """An observer's: a command's end comes after its commit."""
        if operation.name == "finish_job":
            self._heard.release()

    def happened(self, what: str) -> None:
        """An observer's."""


def _beside_peers(timings: Mapping[str, Timing]) -> dict[str, Figure]:
    medians = {name: timing.wall * MILLI for name, timing in timings.items()}
    ours, core = medians["kaihu"], medians["core"]
    local: Figure = {"kaihu": ours, "core": core, "ratio": core / ours, "times_core": ours / core}
    local |= {"core_without_history": medians["core_without_history"]} | _rates(ours, COMMITS)
    local |= {f"{name}_processor_ms": timings[name].processor * MILLI for name in ("kaihu", "core")}
    figures: dict[str, Figure] = {"case_sqlite_local": local | {"unit": "ms"}}
    for name, peer in medians.items():
        if name not in ("kaihu", "core", "core_without_history"):
            figures[f"case_{name}"] = {"kaihu": ours, name: peer, "ratio": peer / ours, "unit": "ms"}
    arena: Figure = {"kaihu": ours, "spiff_arena": _SPIFF_ARENA_MS, "ratio": _SPIFF_ARENA_MS / ours}
    figures["case_spiff_arena"] = arena | {"unit": "ms; spiff-arena measured earlier, not in this run"}
    return figures


def _rates(milliseconds: float, commits: int) -> Figure:
    per_second = MILLI / milliseconds
    return {"elements_per_second": ELEMENTS * per_second, "commits_per_second": commits * per_second}


def _check_counts(engine: ProcessEngine) -> None:
    """That a case is what its rates say: so many commits, and so many elements in its history."""
    database = engine.parts.database
    assert count_commits(database, lambda: run_case(engine, 0)) == COMMITS
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM activity")).scalar_one() == ELEMENTS


def count_commits(database: Database, work: Callable[[], object]) -> int:
    """How often the one connection that writes to a SQLite file commits while the work is done."""
    commits: list[str] = []
    with database.transaction() as transaction:  # in turn: an executor may be writing meanwhile
        writer = transaction.connection.connection.dbapi_connection
    assert isinstance(writer, sqlite3.Connection)
    writer.set_trace_callback(lambda statement: commits.append(statement) if statement == "COMMIT" else None)
    try:
        work()
    finally:
        writer.set_trace_callback(None)
    return len(commits)


def _stored(engine: ProcessEngine, core: StateMachine, size: Size) -> dict[str, Figure]:
    """How much the file grows with finished cases, indexes and all; numbers far from those of the rounds."""
    numbers = range(1_000_000, 1_000_000 + size.cases * 2)
    ours = _growth(engine.parts.database.engine, lambda number: run_case(engine, number), numbers)
    theirs = _growth(core.engine, core.run_case, numbers)
    unit = f"KiB of SQLite file, mean of {len(numbers)} finished cases"
    return {"stored_per_case": {"kaihu": ours, "core": theirs, "ratio": theirs / ours, "unit": unit}}


def _growth(database: Engine, work: Callable[[int], object], numbers: range) -> float:
    before = _used_bytes(database)
    each(work, numbers)
    return (_used_bytes(database) - before) / len(numbers) / _KIB


def _used_bytes(database: Engine) -> int:
    """Pages in use, once the write-ahead log is in the file."""
    with database.connect() as connection:
        connection.rollback()
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        free = connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()
        return int(pages - free) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())


def _completions(already: list[float], engine: ProcessEngine, size: Size) -> Figure:
    """Everything warm: one case after the other."""
    times, number = list(already), 2_000_000
    while len(times) < size.completions:
        number += 1
        times += run_case(engine, number)
    return _percentiles(times, "service layer, all warm")


def _cold_completions(engine: ProcessEngine, size: Size) -> Figure:
    """Cases nobody touched meanwhile: the connection opened anew, and the definition read and linked anew."""
    count = size.completions // 4
    each(lambda number: start_case(engine, number), range(3_000_000, 3_000_000 + 2 * count))
    keys = _all_mine(engine)
    reconnected, restarted = [], []
    for key in keys[:count]:
        engine.parts.database.close()  # the next command opens the file and fills its page cache anew
        reconnected.append(seconds(partial(engine.user_tasks.complete, clerk, key, {})))
    for key in keys[count : 2 * count]:
        fresh = _restarted(engine)
        restarted.append(seconds(partial(fresh.user_tasks.complete, clerk, key, {})))
    figure = _percentiles(restarted, "service layer, new connection, definition linked anew")
    return figure | {"new_connection_only": p99(reconnected) * MILLI}


def _restarted(engine: ProcessEngine) -> ProcessEngine:
    """As after a restart, except for the modules that are imported."""
    parts = engine.parts
    parts.database.close()
    return ProcessEngine(
        database=parts.database,
        keys=parts.keys,
        clock=parts.clock,
        authority=parts.authority,
        calendar=parts.calendar,
        handlers=parts.handlers,
        resources=parts.resources,
    )


def _all_mine(engine: ProcessEngine) -> list[int]:
    keys: list[int] = []
    after = None
    while True:
        page = engine.user_tasks.inbox(clerk, InboxView.MINE, Page(limit=200, after=after))
        keys += [row.key for row in page.rows]
        if (after := page.next) is None:
            return keys


def _percentiles(times: list[float], what: str) -> Figure:
    median = statistics.median(times) * MILLI
    return {"kaihu": p99(times) * MILLI, "median": median, "unit": f"ms, 99th percentile of {len(times)}, {what}"}
