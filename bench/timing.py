"""Clocks and medians."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence

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


def in_turns(works: dict[str, Callable[[int], object]], rounds: int, cases: int) -> dict[str, float]:
    """The median over the rounds of seconds per case, for each; in turns, so that a slow minute hits all alike.

    One round more comes first, to warm up. Case numbers never come twice.
    """
    measured: dict[str, list[float]] = {name: [] for name in works}
    for round_ in range(rounds + 1):
        for name, work in works.items():
            measured[name].append(each(work, range(round_ * cases + 1, (round_ + 1) * cases + 1)))
    return {name: statistics.median(values[1:]) for name, values in measured.items()}
