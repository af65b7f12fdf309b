"""What one machine does in a day, worked out from the figures of the same run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bench.diagrams import ELEMENTS
from bench.timing import Figure

_DAY = 8 * 3600
"""Seconds of a working day."""
_SHARE = 0.5
"""Of what a machine can do: the rest is for peaks, backups and a neighbour that is down."""
_CASES = 1_000_000
_KIB_PER_GB = 1e9 / 1024


def sizing(figures: Mapping[str, Figure]) -> Iterable[str]:
    """A table of those rows whose figures were measured."""
    yield from ("## Sizing", "")
    yield f"For cases of {ELEMENTS} elements, at half of what this machine can do, in a working day of 8 hours."
    yield from ("", "| question | answer |", "|---|---|")
    for question, name, answer in (
        ("cases a day, SQLite, one process", "group_commit_elements", _cases_a_day),
        ("cases a day, PostgreSQL on the same cores, two processes", "postgres_elements", _cases_a_day),
        ("jobs a second of one worker, each waiting 0.2 s for the outside", "two_workers_ratio", _jobs_a_second),
        ("disk for a million finished cases, without documents", "stored_per_case", _disk),
        ("memory of `kaihu serve` under load", "complete_task_http_p99", _memory),
    ):
        if name in figures:
            yield f"| {question} | {answer(figures[name])} |"
    yield ""


def _cases_a_day(figure: Figure) -> str:
    return f"{round(float(figure['kaihu']) * _SHARE * _DAY / ELEMENTS, -3):,.0f}"


def _jobs_a_second(figure: Figure) -> str:
    return f"{float(figure['one_worker_jobs_per_second']) * _SHARE:,.0f}"


def _disk(figure: Figure) -> str:
    return f"{float(figure['kaihu']) * _CASES / _KIB_PER_GB:,.1f} GB"


def _memory(figure: Figure) -> str:
    return f"{float(figure['server_resident_mib']):,.0f} MiB"
