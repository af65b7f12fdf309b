"""`docs/performance.md` and its pictures, made of what one run measured and of nothing else."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Iterable
from pathlib import Path

from bench.growth import Points
from bench.measurement import Measurement
from bench.plots import plot
from bench.reach import ROWS, judged
from bench.sizing import sizing
from bench.timing import Figure

_DOCS = Path(__file__).resolve().parents[1] / "docs"
_CURVES = {
    "steps": ("One command by the steps it runs", "steps until the next wait", "ms"),
    "data": ("One step by data it does not touch", "KB of variables in the case", "ms"),
    "loop": ("One round of a loop over its life", "rounds done", "ms"),
    "instances": ("One case by cases in the database", "finished cases", "ms"),
    "inbox": ("Inbox page, p99 of the slowest view, SQLite", "task rows", "ms"),
}
_BUSY = 1.5
_NOT_PEERS = frozenset({"kaihu", "ratio", "unit"})


def machine() -> str:
    """What it was measured on."""
    python = f"Python {platform.python_version()}"
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, {python}"


def write_report(measurement: Measurement) -> None:
    """Write the page and the pictures of the curves that were measured."""
    pictures = _DOCS / "performance"
    pictures.mkdir(exist_ok=True)
    for name, points in measurement.curves.items():
        (pictures / f"{name}.svg").write_text(plot(*_CURVES[name], points), encoding="utf-8")
    figures = measurement.figures
    lines = [*_head(), *_table(figures), "", *_others(figures), *sizing(figures), *_growth(measurement.curves)]
    (_DOCS / "performance.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _head() -> Iterable[str]:
    load = os.getloadavg()[0]
    busy = f" The machine was busy meanwhile (load {load:.1f} at the end)." if load > _BUSY else ""
    return (
        "# Performance",
        "",
        f"Written by `make bench` on {dt.datetime.now(dt.UTC):%d %B %Y}: {machine()}.{busy}",
        "",
        "The case has 18 nodes, of which an application passes 17, three human tasks and 10 KB of data. It runs",
        "through the service layer with the bank's authority, journal, hash chain and task rows, and is durable at",
        "every commit (SQLite in WAL with `synchronous=FULL`, PostgreSQL as it ships). Medians over rounds; peers run",
        "in turns with ours in the same run; `ratio` is the peer's cost divided by ours. What each peer does and",
        "leaves out is said at the head of its file in `bench/`.",
        "",
    )


def _table(figures: dict[str, Figure]) -> Iterable[str]:
    yield "| figure | what | reach | measured | reached |"
    yield "|---|---|---|---|---|"
    for row in ROWS:
        figure = figures.get(row.name)
        if figure is None:
            yield f"| `{row.name}` | {row.title} | {row.goal} | not measured | – |"
        else:
            reached = "yes" if judged(row, figure) else "**no**"
            yield f"| `{row.name}` | {row.title} | {row.goal} | {_said(figure)} | {reached} |"


def _others(figures: dict[str, Figure]) -> Iterable[str]:
    judged_names = {row.name for row in ROWS}
    others = {name: figure for name, figure in figures.items() if name not in judged_names}
    if others:
        yield from ("## Further figures", "", "| figure | measured |", "|---|---|")
        yield from (f"| `{name}` | {_said(figure)} |" for name, figure in others.items())
        yield ""


def _growth(curves: dict[str, Points]) -> Iterable[str]:
    yield from ("## Growth", "")
    for name in _CURVES:
        if name in curves:
            yield f"![{_CURVES[name][0]}](performance/{name}.svg)"


def _said(figure: Figure) -> str:
    """The value with its unit first, then everything that was measured beside it."""
    beside = ", ".join(
        f"{key.replace('_', ' ')} {_number(value)}"
        for key, value in figure.items()
        if key not in _NOT_PEERS and not isinstance(value, str)
    )
    ratio = f", ratio {_number(figure['ratio'])}" if "ratio" in figure else ""
    return f"{_number(figure['kaihu'])} {figure['unit']}" + (f" ({beside}{ratio})" if beside or ratio else "")


def _number(value: float | str) -> str:
    return f"{value:,.3g}" if isinstance(value, float) and abs(value) < 1_000 else f"{value:,.0f}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown processor"
    )
