"""`kaihu run`: play any diagram in a throw-away engine with virtual time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cli.functions import calendar_functions
from engine.interpreter import Program
from engine.model.values import PlainJson
from engine.simulation import Library, Playback, Scenario, play, read_scenario
from persistence.errors import KaihuError
from persistence.settings import Settings


@click.command()
@click.argument("diagram", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--scenario", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Answers to give.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def run(settings: Settings, diagram: Path, scenario: Path | None, as_json: bool) -> None:
    """Play DIAGRAM without side effects and say where its tokens ended.

    Called processes and decisions are looked for in the same folder. Exit status 0 when the diagram was
    played, 1 when it was refused or stopped with an error.
    """
    script = read_scenario(scenario.read_bytes(), scenario.name) if scenario else None
    try:
        program = _program(diagram, script)
    except KaihuError as refusal:
        report = _report(refused=True, reason=refusal.message("en" if as_json else settings.language))
    else:
        report = _played(play(program, script, calendar_functions(), zone=settings.zone))
    click.echo(json.dumps(report, cls=PlainJson, ensure_ascii=False) if as_json else _text(report))
    if report["refused"] or report["error"]:
        raise SystemExit(1)


def _program(diagram: Path, script: Scenario | None) -> Program:
    return Library.of_diagram(diagram).program(script.process if script else None)


def _played(playback: Playback) -> dict[str, Any]:
    variables = {name: value for name, value in playback.variables.items() if name != "business_key"}
    return _report(
        completed=list(playback.completed),
        waiting=list(playback.waiting),
        ended=playback.ended,
        error=playback.error,
        variables=variables,
    )


def _report(**found: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "refused": False,
        "reason": None,
        "completed": [],
        "waiting": [],
        "ended": False,
        "error": None,
    }
    return {**empty, "variables": {}, **found}


def _text(report: dict[str, Any]) -> str:
    if report["refused"]:
        return str(report["reason"])
    lines = [
        f"completed  {' → '.join(report['completed']) or '-'}",
        f"waiting    {', '.join(report['waiting']) or '-'}",
        f"ended      {'yes' if report['ended'] else 'no'}",
    ]
    if report["error"]:
        lines.append(f"error      {report['error']}")
    for name, value in report["variables"].items():
        lines.append(f"  {name} = {json.dumps(value, cls=PlainJson, ensure_ascii=False)}")
    return "\n".join(lines)
