"""Prints the figures; with JSON=1 as one JSON object, with QUICK=1 in a few seconds."""

from __future__ import annotations

import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.diagrams import NODES
from bench.feel import feel_figures
from bench.kaihu_case import COMMITS, clerk, engine_in, run_case, start_case
from bench.stock_case import StockCases
from engine.services.answers import InboxView, Page

_QUICK = os.environ.get("QUICK") == "1"
_ROUNDS, _CASES = (3, 20) if _QUICK else (7, 100)
_OPEN_TASKS = 500 if _QUICK else 5_000
_EVALUATIONS = 1_000 if _QUICK else 5_000
_MILLI = 1e3

Figure = dict[str, float | str]


def main() -> None:
    """Measure, then print."""
    figures = _measure()
    if os.environ.get("JSON") == "1":
        machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        print(json.dumps({"machine": machine, "figures": figures}))
        return
    for name, figure in figures.items():
        values = (f"{key} {value:.3g}" if isinstance(value, float) else value for key, value in figure.items())
        print(f"{name:<24}", *values)


def _measure() -> dict[str, Figure]:
    with tempfile.TemporaryDirectory(prefix="kaihu-bench-") as folder:
        feel = feel_figures(Path(folder), _ROUNDS, _EVALUATIONS)
        engine, stock = engine_in(Path(folder)), StockCases(Path(folder))
        completions: list[float] = []
        ours, theirs = [], []
        for round_ in range(-1, _ROUNDS):  # in turns, so that a slow minute of the machine hits both
            numbers = range(round_ * _CASES, (round_ + 1) * _CASES)
            ours.append(_each(lambda number: completions.extend(run_case(engine, number)), numbers))
            theirs.append(_each(stock.run_case, numbers))
        case, peer = statistics.median(ours[1:]), statistics.median(theirs[1:])  # the first round warms up
        _each(lambda number: start_case(engine, number), range(_ROUNDS * _CASES, _ROUNDS * _CASES + _OPEN_TASKS))
        pages = [_each(lambda _: engine.user_tasks.inbox(clerk, InboxView.MINE, Page()), range(1)) for _ in range(200)]
    return {
        "case": {"kaihu": case * _MILLI, "stock": peer * _MILLI, "ratio": peer / case, "unit": "ms"},
        "elements": {"kaihu": NODES / case, "unit": "durable elements/s"},
        "commits": {"kaihu": COMMITS / case, "unit": "commits/s"},
        "complete_user_task_p99": {"kaihu": _p99(completions) * _MILLI, "unit": "ms"},
        "inbox_page_p99": {"kaihu": _p99(pages) * _MILLI, "unit": f"ms, {_OPEN_TASKS} open tasks"},
        **feel,
    }


def _each(work: Callable[[int], object], numbers: range) -> float:
    """Seconds per call."""
    start = time.perf_counter()
    for number in numbers:
        work(number)
    return (time.perf_counter() - start) / len(numbers)


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


if __name__ == "__main__":
    main()
