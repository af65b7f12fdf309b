"""How much is measured: within a minute, or at length."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Size:
    """Numbers of rounds, cases and rows."""

    rounds: int
    cases: int
    """Per round."""
    evaluations: int
    completions: int
    """Tasks whose completion is timed for a 99th percentile."""
    requests: int
    """The same over HTTP."""
    seconds: float
    """How long several threads or processes work at once."""
    inbox_rows: int
    pages: int
    loop_rounds: int
    items: int
    """Parallel ones of one activity."""
    outside_jobs: int
    starts: int
    """Of the server."""
    versions: int
    growth_cases: int
    samples: int
    """Of each point of a curve."""


QUICK = Size(
    rounds=3,
    cases=10,
    evaluations=500,
    completions=100,
    requests=45,
    seconds=1.5,
    inbox_rows=10_000,
    pages=40,
    loop_rounds=200,
    items=1_000,
    outside_jobs=32,
    starts=1,
    versions=5,
    growth_cases=200,
    samples=10,
)
FULL = Size(
    rounds=7,
    cases=100,
    evaluations=5_000,
    completions=2_000,
    requests=600,
    seconds=15.0,
    inbox_rows=1_000_000,
    pages=300,
    loop_rounds=5_000,
    items=9_990,
    outside_jobs=400,
    starts=5,
    versions=100,
    growth_cases=5_000,
    samples=60,
)
