"""`kaihu dmn`: take a decision of a DMN file, call one of its functions, or check its tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cli.decision_trace import trace_lines
from cli.feel_answer import answer, echo, echo_warnings, exact_json, failure
from cli.feel_context import Moment, environment_for, read_context
from cli.table_findings import finding_json, finding_lines, is_serious
from cli.typed_inputs import typed_inputs
from engine.decisions import Decision, DecisionModel, Library, parse_decisions
from engine.decisions.document import MAX_BYTES
from engine.decisions.table_checks import check_tables
from engine.decisions.trace import Record
from engine.feel import Environment, FeelValue, FeelWarning, Unsuitable
from engine.feel.size import measured
from persistence.errors import ErrorKind, KaihuError
from persistence.settings import Settings


class DecisionUnknown(KaihuError):
    """The model has no decision or function of this name. Fields: `named`, `listed`."""

    code = "decision_unknown"
    kind = ErrorKind.NOT_FOUND
    en = "The model has no decision {named}. It has:\n{listed}"
    zh = "模型中没有决策 {named}。现有：\n{listed}"


class ArgumentsUnsuitable(KaihuError):
    """A function of the model was called with values it does not take. Fields: `named`."""

    code = "arguments_unsuitable"
    en = "The values given do not fit the parameters of {named}."
    zh = "所给的值不符合 {named} 的参数要求。"


class _Report:
    """What is printed at the end: lines for people, or one object for programs."""

    def __init__(self, settings: Settings, as_json: bool) -> None:
        self.settings = settings
        self._as_json = as_json
        self.body: dict[str, Any] = {}
        self.lines: list[str] = []
        self.warnings: Sequence[FeelWarning] = ()

    def show(self) -> None:
        """Print."""
        if self._as_json:
            echo(exact_json(self.body))
            return
        for line in self.lines:
            echo(line)
        echo_warnings(self.settings, self.warnings)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--decision", "named", help="Id or name of a decision, decision service or business knowledge model.")
@click.option("--context", default="", help="The variables: a JSON object, @FILE, or - for standard input.")
@click.option("--trace", is_flag=True, help="Say which rules fired and which cells decided.")
@click.option("--check", is_flag=True, help="Look for overlaps, gaps and rules without effect.")
@click.option("--at", type=Moment(), help="The time that now() and today() see, such as 2026-11-23T09:00:00Z.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def dmn(
    settings: Settings,
    file: Path,
    named: str | None,
    context: str,
    trace: bool,
    check: bool,
    at: dt.datetime | None,
    as_json: bool,
) -> None:
    """Take a decision of the DMN FILE and print its value as FEEL; without --decision, list what the file has.

    Models it imports are looked for in the same folder. Strings of the context are strings, and dates only where
    the model declares them to be.

    \b
    kaihu dmn risk_rating.dmn --decision risk_rating --context @applicant.json --trace
    kaihu dmn risk_rating.dmn --check

    Exit status 0 with a value (null is one), 1 when the file was refused, the decision is unknown or was stopped
    by an error such as a violated hit policy, or a check found more than notes; 2 when the command is used wrongly.
    """
    report = _Report(settings, as_json)
    try:
        model = model_in(file)
        serious = check and _check(report, model)
        if named is not None:
            _take(report, model, named, read_context(context), at, trace=trace)
        elif not check:
            _list(report, model)
    except KaihuError as error:
        report.body |= failure(settings, error)
        raise
    finally:
        report.show()
    if serious:
        raise SystemExit(1)


def _check(report: _Report, model: DecisionModel) -> bool:
    """Whether more than notes was found."""
    findings = check_tables(model)
    report.body["findings"] = [finding_json(report.settings, finding) for finding in findings]
    report.lines += finding_lines(report.settings, findings)
    return any(map(is_serious, findings))


def model_in(file: Path) -> DecisionModel:
    """The model in the file. Raises DecisionRefused, also for more than the reader takes."""
    with file.open("rb") as stream:
        return parse_decisions(stream.read(MAX_BYTES + 1), file.name, Library.of_folder(file.parent))


def _entries(model: DecisionModel) -> list[tuple[str, str, str]]:
    """Kind, id and name of all that can be asked for."""
    functions = [(type(each).__name__, each.id, each.name) for each in model.functions.values()]
    return [("Decision", each.id, each.name) for each in model.decisions.values()] + functions


def _listed(model: DecisionModel) -> str:
    return "\n".join(f"  {id_}{f'  {name}' if name != id_ else ''}" for _, id_, name in _entries(model))


def _list(report: _Report, model: DecisionModel) -> None:
    report.lines.append(_listed(model))
    entries = [{"kind": _KINDS[kind], "id": id_, "name": name} for kind, id_, name in _entries(model)]
    report.body["decisions"] = entries


_KINDS = {
    "Decision": "decision",
    "KnowledgeModel": "business knowledge model",
    "DecisionService": "decision service",
}


def _take(
    report: _Report,
    model: DecisionModel,
    named: str,
    variables: dict[str, FeelValue],
    at: dt.datetime | None,
    *,
    trace: bool,
) -> None:
    """Evaluate and report; of an error, the trace up to it."""
    settings, records = report.settings, list[Record]()
    environment = environment_for(settings, at, ())
    try:
        value = _value(model, named, typed_inputs(model, variables), environment, records)
        measured(value)
    finally:
        if trace:
            report.body["trace"] = records
            report.lines += trace_lines(settings, records)
    found = answer(settings, value, environment.warnings)
    report.body |= {"decision": named, **found}
    report.lines.append(found["text"])
    report.warnings = environment.warnings


def _value(
    model: DecisionModel,
    named: str,
    variables: dict[str, FeelValue],
    environment: Environment,
    records: list[Record],
) -> FeelValue:
    decision = _decision(model, named)
    if decision is not None:
        return decision.evaluate(variables, environment, records).value
    name = next((each.name for each in model.functions.values() if named in (each.id, each.name)), None)
    if name is None:
        raise DecisionUnknown(named=named[:60], listed=_listed(model))
    try:
        return model.invoke(name, variables, environment, records)
    except Unsuitable as error:
        raise ArgumentsUnsuitable(named=name[:60]) from error


def _decision(model: DecisionModel, named: str) -> Decision | None:
    """By id before name: ids are unique."""
    named_so = [each for each in model.decisions.values() if named in (each.name, each.variable)]
    return model.decisions.get(named) or next(iter(named_so), None)
