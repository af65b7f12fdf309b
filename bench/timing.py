"""Clocks and medians."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

MILLI = 1e3
Figure = dict[str, float | str]
"""What one row of the table shows: `kaihu`, peers by name, `ratio` (a peer's cost divided by ours) and `unit`."""


class Absent(Exception):
    """Something optional is not installed here; the message says what."""


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def each(work: Callable[[int], object], numbers: Sequence[int]) -> float:
    """Seconds per call."""
    return seconds(lambda: [work(number) for number in numbers]) / len(numbers)


def p99(values: Iterable[float]) -> float:
    """The value that one in a hundred exceeds."""
    return statistics.quantiles(values, n=100, method="inclusive")[98]


@dataclass(frozen=True)
class Timing:
    """Medians over rounds of seconds per case."""

    wall: float
    processor: float
    """Of this process alone; what others do on the machine changes it less than the time on the wall."""


def in_turns(works: Mapping[str, Callable[[int], object]], rounds: int, cases: int) -> dict[str, Timing]:
    """The timing of each; in turns, so that a slow minute hits all alike.

    One round more comes first, to warm up. Case numbers never come twice.
    """
    wall: dict[str, list[float]] = {name: [] for name in works}
    processor: dict[str, list[float]] = {name: [] for name in works}
    for round_ in range(rounds + 1):
        for name, work in works.items():
            before = time.process_time()
            wall[name].append(each(work, range(round_ * cases + 1, (round_ + 1) * cases + 1)))
            processor[name].append((time.process_time() - before) / cases)
    median = statistics.median
    return {name: Timing(median(wall[name][1:]), median(processor[name][1:])) for name in works}
