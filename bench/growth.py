"""How the cost grows: with steps, data, rounds of a loop, cases in the database, and rows of the inbox."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.application import application
from bench.drawing import items_diagram, line_diagram, loop_diagram
from bench.kaihu_case import clerk, engine_in, engine_on, run_case
from bench.timing import MILLI, Figure, seconds
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Page
from persistence.database import Database

_SMALL, _LARGE = 10_000, 1_000_000
_ENDLESS = 10**9
_TENTHS = 10
_FEW_ITEMS = 100
Points = list[tuple[float, float]]


class Loop:
    """Cases in which one human task comes again and again."""

    def __init__(self, folder: Path) -> None:
        self.engine = engine_on(Database(f"sqlite:///{folder / 'loop.db'}"), folder, loop_diagram())
        self._number = 0

    def case(self, rounds: int, untouched_bytes: int = 0) -> int:
        """A new case of so many rounds, with so much data that no step reads or writes."""
        self._number += 1
        data: dict[str, Any] = {**application(), "count": 0, "rounds": rounds}
        if untouched_bytes:
            data["untouched"] = _text(untouched_bytes)
        return self.engine.process_instances.start(clerk, "loop", business_key=f"L-{self._number}", variables=data).key

    def round_seconds(self, case: int) -> float:
        """How long the completion of the round's task takes."""
        (task,) = self.engine.user_tasks.of_case(clerk, case)
        return seconds(partial(self.engine.user_tasks.complete, clerk, task.key, {}))


def loop_figures(folder: Path, rounds: int) -> tuple[dict[str, Figure], Points]:
    """A loop run to its end; its last rounds and the early ones of a new case in turns, so that both meet the same
    machine. The points are the cost of a round over the whole life.
    """
    loop, tenth = Loop(folder), rounds // _TENTHS
    old, new = loop.case(rounds), loop.case(rounds)
    times = [loop.round_seconds(old) for _ in range(rounds - tenth)]
    for _ in range(tenth):
        loop.round_seconds(new)
    pairs = [(loop.round_seconds(new), loop.round_seconds(old)) for _ in range(tenth)]
    assert not loop.engine.user_tasks.of_case(clerk, old), "the loop has not finished"
    early, late = (statistics.median(column) * MILLI for column in zip(*pairs, strict=True))
    unit = f"cost of a round at the end of {rounds} to that of one after {tenth}, medians of {tenth}"
    flat: Figure = {"kaihu": late / early, "ms_early": early, "ms_late": late, "unit": unit}
    times += [late for _, late in pairs]
    tenths = [times[start : start + tenth] for start in range(0, rounds, tenth)]
    points = [(tenth * (index + 0.5), statistics.median(part) * MILLI) for index, part in enumerate(tenths)]
    return {"loop_5000_flatness": flat} | _untouched(loop, rounds // _TENTHS), points


def _untouched(loop: Loop, rounds: int) -> dict[str, Figure]:
    """The same step beside 1 MB of data nobody touches, in turns."""
    small, large = loop.case(_ENDLESS), loop.case(_ENDLESS, _LARGE)
    times = [(loop.round_seconds(small), loop.round_seconds(large)) for _ in range(rounds)]
    ours, theirs = (statistics.median(column) * MILLI for column in zip(*times, strict=True))
    unit = f"cost of a step with 1 MB untouched to one with 10 KB, medians of {rounds}"
    return {
        "step_1mb_untouched_ratio": {"kaihu": theirs / ours, "ms_at_10_kb": ours, "ms_at_1_mb": theirs, "unit": unit}
    }


def item_figures(folder: Path, items: int, rounds: int) -> dict[str, Figure]:
    """The completion of one of many parallel tasks, and of one of few, in turns."""
    engine = engine_on(Database(f"sqlite:///{folder / 'items.db'}"), folder, items_diagram())
    few, many = (_items_of(engine, count, rounds) for count in (_FEW_ITEMS, items))
    pairs = [
        tuple(seconds(partial(engine.user_tasks.complete, clerk, key, {})) for key in keys)
        for keys in zip(few, many, strict=True)
    ]
    ours, theirs = (statistics.median(column) * MILLI for column in zip(*pairs, strict=True))
    unit = f"cost of completing one of {items} parallel tasks to one of {_FEW_ITEMS}, medians of {rounds}"
    return {"parallel_items_flatness": {"kaihu": theirs / ours, "ms_few": ours, "ms_many": theirs, "unit": unit}}


def _items_of(engine: ProcessEngine, count: int, wanted: int) -> list[int]:
    """The keys of some tasks of a new case that has so many."""
    items = {"items": list(range(count))}
    case = engine.process_instances.start(clerk, "items", business_key=f"I-{count}", variables=items).key
    return [task.key for task in engine.user_tasks.of_case(clerk, case)[:wanted]]


def data_growth(folder: Path, rounds: int) -> Points:
    """Milliseconds of a step by KB of data that it does not touch."""
    loop = Loop(folder)
    points = []
    for size in (0, 100_000, 500_000, 1_000_000, 2_000_000):
        case = loop.case(_ENDLESS, size)
        points.append(((size + _SMALL) / 1_000, _median(partial(loop.round_seconds, case), rounds)))
    return points


def step_growth(folder: Path, rounds: int) -> Points:
    """Milliseconds of one command by how many steps it runs."""
    database = Database(f"sqlite:///{folder / 'lines.db'}")
    points = []
    for steps in (1, 25, 50, 100, 200, 400):
        engine = engine_on(database, folder, line_diagram(steps))
        points.append((float(steps), _median(partial(_line_seconds, engine, steps), rounds)))
    return points


def instance_growth(folder: Path, cases: int, rounds: int) -> Points:
    """Milliseconds of a case by how many the database holds already; the last point is at `cases`."""
    engine, points, there = engine_in(folder), Points(), 0
    for share in (0.0, 0.1, 0.25, 0.5, 1.0):
        for number in range(there, int(cases * share)):
            run_case(engine, number)
        there = int(cases * share)
        times = partial(seconds, partial(run_case, engine, _ENDLESS + there))
        points.append((float(there), _median(times, rounds)))
    return points


def _median(times: Callable[[], float], rounds: int) -> float:
    return statistics.median(times() for _ in range(rounds)) * MILLI


def _line_seconds(engine: ProcessEngine, steps: int) -> float:
    engine.process_instances.start(clerk, f"line_{steps}", business_key="line", variables=application())
    (task,) = engine.user_tasks.inbox(clerk, InboxView.MINE, Page(limit=2)).rows
    return seconds(partial(engine.user_tasks.complete, clerk, task.key, {}))


def _text(length: int) -> str:
    """Text that compresses about as well as letters and numbers do."""
    return "".join(f"{number * 7919 % 99991:05d}" for number in range(length // 5))
