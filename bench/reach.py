"""What the figures should reach, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.timing import Figure


@dataclass(frozen=True, kw_only=True)
class Reach:
    """A row: the figure's name, what it is about, its goal in words, and whether a figure meets it."""

    name: str
    title: str
    goal: str
    met: Callable[[Mapping[str, float]], bool]


def _at_most(limit: float, key: str = "kaihu") -> Callable[[Mapping[str, float]], bool]:
    return lambda figure: figure[key] <= limit


def _at_least(limit: float, key: str = "kaihu") -> Callable[[Mapping[str, float]], bool]:
    return lambda figure: figure[key] >= limit


ROWS = (
    Reach(
        name="case_sqlite_local",
        title="case, SQLite FULL, checks and ratings local, beside the Core state machine at equal commits",
        goal="≤ 3.5 ms and ≤ 1.6 × the state machine",
        met=lambda figure: figure["kaihu"] <= 3.5 and figure["times_core"] <= 1.6,
    ),
    Reach(
        name="case_naive_each_step",
        title="case, beside stock SpiffWorkflow with the whole state as JSON at each of ten durable steps",
        goal="≥ 6 × faster",
        met=_at_least(6, "ratio"),
    ),
    Reach(
        name="case_naive",
        title="the same, stored at the four waits only",
        goal="≥ 6 × faster",
        met=_at_least(6, "ratio"),
    ),
    Reach(
        name="case_spiff_arena",
        title="case, beside 208 ms of spiff-arena's service layer (measured earlier)",
        goal="≥ 55 × faster",
        met=_at_least(55, "ratio"),
    ),
    Reach(name="case_sqlite_remote", title="case with three remote jobs", goal="≤ 8 ms", met=_at_most(8)),
    Reach(
        name="group_commit_elements",
        title="clients at once, one process, SQLite",
        goal="≥ 5,000 durable elements/s",
        met=_at_least(5_000),
    ),
    Reach(
        name="postgres_elements",
        title="two processes, PostgreSQL on the same cores",
        goal="≥ 2,500 durable elements/s",
        met=_at_least(2_500),
    ),
    Reach(name="complete_task_hot_p99", title="completing a user task, hot", goal="p99 ≤ 5 ms", met=_at_most(5)),
    Reach(name="complete_task_cold_p99", title="completing a user task, cold", goal="p99 ≤ 12 ms", met=_at_most(12)),
    Reach(
        name="complete_task_http_p99",
        title="completing a user task over HTTP, signed in, page included",
        goal="p99 ≤ 30 ms",
        met=_at_most(30),
    ),
    Reach(name="stored_per_case", title="stored per finished case", goal="≤ 8 KB", met=_at_most(8)),
    Reach(name="inbox_sqlite_1m_p99", title="inbox page, SQLite", goal="p99 ≤ 3 ms", met=_at_most(3)),
    Reach(name="inbox_postgres_1m_p99", title="inbox page, PostgreSQL", goal="p99 ≤ 1 ms", met=_at_most(1)),
    Reach(name="inbox_badge", title="numbers on the badges, slower database", goal="≤ 1 ms", met=_at_most(1)),
    Reach(
        name="loop_5000_flatness",
        title="loop: a late round to an early one",
        goal="within 10 %",
        met=_at_most(1.1),
    ),
    Reach(
        name="step_1mb_untouched_ratio",
        title="step with 1 MB of untouched variables to one with 10 KB",
        goal="≤ 1.3 ×",
        met=_at_most(1.3),
    ),
    Reach(
        name="two_workers_ratio",
        title="two worker machines to one, on jobs that wait for the outside",
        goal="≥ 1.8 ×",
        met=_at_least(1.8),
    ),
    Reach(name="server_start_warm", title="start of the server to the first page, warm", goal="≤ 2 s", met=_at_most(2)),
    Reach(
        name="hundred_versions_start",
        title="the same with a hundred more versions deployed",
        goal="costs nothing (within 10 %)",
        met=_at_least(0.9, "ratio"),
    ),
)


def judged(reach: Reach, figure: Figure) -> bool:
    """Whether the figure reaches the goal."""
    return reach.met({key: value for key, value in figure.items() if isinstance(value, float | int)})
