"""`kaihu test`: play the scenarios beside a process and say which nodes and flows they cover."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from cli.functions import calendar_functions
from engine.simulation import Coverage, Library, play, read_scenario
from persistence.errors import ErrorKind, KaihuError
from persistence.settings import Settings


class NothingToPlay(KaihuError):
    """No folder below the given ones holds a diagram. Fields: `folders`."""

    code = "nothing_to_play"
    kind = ErrorKind.NOT_FOUND
    en = "There is no diagram (*.bpmn) in {folders}."
    zh = "目录 {folders} 中没有流程图（*.bpmn）。"


@click.command("test")
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def test_scenarios(settings: Settings, folders: tuple[Path, ...], as_json: bool) -> None:
    """Play every scenario of the process FOLDERS without side effects.

    Exit status 1 when a scenario does not end as expected or there is none.
    """
    reports = [_test_folder(settings, folder) for given in folders for folder in _process_folders(given)]
    if as_json:
        click.echo(json.dumps({"folders": [asdict(report) for report in reports]}, ensure_ascii=False))
    else:
        for report in reports:
            _print(report)
    if not reports:
        raise NothingToPlay(folders=", ".join(folder.name for folder in folders))
    if any(report.failed for report in reports):
        raise SystemExit(1)


def _process_folders(given: Path) -> list[Path]:
    below = [given, *sorted(path for path in given.rglob("*") if path.is_dir())]
    return [folder for folder in below if any(folder.glob("*.bpmn"))]


@dataclass(frozen=True, kw_only=True)
class FolderReport:
    """What the scenarios of one process folder showed."""

    folder: str
    scenarios: dict[str, list[str]]
    """Scenario file → where it failed; empty when it went as expected."""
    nodes: tuple[int, int]
    """Covered, in all."""
    flows: tuple[int, int]
    missing: list[str]

    @property
    def failed(self) -> bool:
        """Whether a scenario failed, or there was none to play."""
        return not self.scenarios or any(self.scenarios.values())


def _test_folder(settings: Settings, folder: Path) -> FolderReport:
    library = Library.of_folder(folder)
    coverage = Coverage(library.processes)
    outcomes: dict[str, list[str]] = {}
    for file in sorted((folder / "scenarios").glob("*.json")):
        try:
            scenario = read_scenario(file.read_bytes(), file.name)
            program = library.program(scenario.process)
            playback = play(program, scenario, calendar_functions(), zone=settings.zone)
        except KaihuError as error:
            outcomes[file.name] = [error.message(settings.language)]
            continue
        coverage.add(playback.events)
        outcomes[file.name] = playback.failures(scenario)
    return FolderReport(
        folder=folder.name,
        scenarios=outcomes,
        nodes=(len(coverage.nodes & coverage.all_nodes()), len(coverage.all_nodes())),
        flows=(len(coverage.flows & coverage.all_flows()), len(coverage.all_flows())),
        missing=[f"{process}/{element}" for process, element in coverage.missing()],
    )


def _print(report: FolderReport) -> None:
    click.secho(report.folder, bold=True)
    for name, failures in report.scenarios.items():
        click.echo(f"  {'✗' if failures else '✓'} {name}")
        for failure in failures:
            click.secho(f"      {failure}", fg="red")
    for kind, (covered, total) in (("nodes", report.nodes), ("flows", report.flows)):
        click.echo(f"  {kind}: {covered} of {total} covered")
    for name in report.missing:
        click.echo(f"    not covered: {name}")
