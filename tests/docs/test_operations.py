"""What docs/operations.md lists is what the program has."""

from __future__ import annotations

import re
from pathlib import Path

from cli.main import COMMANDS
from engine.services.workload import WorkloadFigures
from persistence.migrations import REVISIONS
from persistence.telemetry.metrics import Metrics
from persistence.telemetry.observation import Kind, Operation

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SOURCES = ("engine", "bank", "web", "cli", "workers", "persistence")


def section(heading: str, text: str = TEXT) -> str:
    return text.split(f"## {heading}\n")[1].split("\n## ", maxsplit=1)[0]


def first_cells(text: str) -> set[str]:
    return set(re.findall(r"^\| `?([\w.]+)`?", text, re.MULTILINE))


def metrics_served() -> set[str]:
    """Names of every series, without the suffixes of histograms."""
    figures = WorkloadFigures(
        jobs={("screen-names", "available"): 1},
        oldest_job_seconds=0,
        open_tasks=0,
        open_incidents=0,
        late_timers=0,
        latest_timer_seconds=0,
    )
    metrics = Metrics(lambda: figures)
    for kind, name in ((Kind.REQUEST, "GET /"), (Kind.COMMAND, "start"), (Kind.JOB, "screen-names")):
        metrics.ended(Operation(kind, name), None)
    metrics.happened("database_unavailable")
    names = re.findall(r"^(\w+)", metrics.text().decode(), re.MULTILINE)
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in names}


def test_every_setting_of_the_readme_is_explained_to_operators() -> None:
    assert first_cells(section("Settings")) == first_cells(section("Settings", README))


def test_every_metric_is_documented_and_every_documented_one_is_served() -> None:
    table, alerts = section("Watch").split("Alert on these")
    served = metrics_served()
    assert {name for name in first_cells(table) if "_" in name} <= served
    assert {name for name in served if name.startswith("kaihu_")} <= first_cells(table)
    used = {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\b(?:kaihu|process)_\w+", alerts)}
    assert used <= served


def test_every_documented_log_event_is_written_somewhere() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for part in SOURCES for file in (ROOT / part).rglob("*.py"))
    events = set(
        re.findall(r"`([a-z]+(?:\.[a-z_]+)?)`", "".join(re.findall(r"^\| (`.*?`) \|", section("Logs"), re.MULTILINE)))
    )
    assert len(events) > 8
    for event in events - {f"{kind.value}.ended" for kind in Kind}:
        assert f'"{event}"' in sources, event


def test_every_revision_says_what_taking_it_back_loses() -> None:
    table = section("Upgrade without downtime").split("| revision |")[1]
    assert first_cells(table) - {"revision"} >= set(REVISIONS)


def test_every_command_in_the_text_exists() -> None:
    assert set(re.findall(r"`kaihu (\w+)", TEXT)) <= set(COMMANDS)


def test_every_file_in_the_text_exists() -> None:
    for name in re.findall(r"`(deploy/[\w.@-]+)`", TEXT):
        assert (ROOT / name).is_file(), name
