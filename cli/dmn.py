"""`kaihu dmn`: take a decision of a DMN file, or call one of its functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cli.decision_trace import trace_lines
from cli.feel_answer import answer, echo, echo_warnings, exact_json
from cli.feel_context import Moment, environment_for, read_context
from cli.typed_inputs import typed_inputs
from engine.decisions import Decision, DecisionModel, Library, parse_decisions
from engine.decisions.document import MAX_BYTES
from engine.decisions.trace import Notes, storable
from engine.feel import Environment, FeelValue, Unsuitable
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


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--decision", "named", help="Id or name of a decision, decision service or business knowledge model.")
@click.option("--context", default="", help="The variables: a JSON object, @FILE, or - for standard input.")
@click.option("--trace", is_flag=True, help="Say which rules fired and which cells decided.")
@click.option("--at", type=Moment(), help="The time that now() and today() see, such as 2026-11-23T09:00:00Z.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def dmn(
    settings: Settings,
    file: Path,
    named: str | None,
    context: str,
    trace: bool,
    at: dt.datetime | None,
    as_json: bool,
) -> None:
    """Take a decision of the DMN FILE and print its value as FEEL; without --decision, list what the file has.

    Models it imports are looked for in the same folder. Strings of the context are strings, and dates only where
    the model declares them to be.

    \b
    kaihu dmn risk_rating.dmn --decision risk_rating --context @applicant.json --trace

    Exit status 0 with a value (null is one), 1 when the file was refused, the decision is unknown or was stopped
    by an error such as a violated hit policy, 2 when the command is used wrongly.
    """  # fmt: skip
    model = model_in(file)
    if named is not None:
        _take(settings, model, named, read_context(context), at, trace=trace, as_json=as_json)
    else:
        _list(model, as_json)


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


def _list(model: DecisionModel, as_json: bool) -> None:
    if as_json:
        entries = [{"kind": _KINDS[kind], "id": id_, "name": name} for kind, id_, name in _entries(model)]
        echo(exact_json({"decisions": entries}))
    else:
        echo(_listed(model))


_KINDS = {
    "Decision": "decision",
    "KnowledgeModel": "business knowledge model",
    "DecisionService": "decision service",
}


def _take(
    settings: Settings, model: DecisionModel, named: str, variables: dict[str, FeelValue], at: dt.datetime | None,
    *, trace: bool, as_json: bool,
) -> None:  # fmt: skip
    environment = environment_for(settings, at, ())
    records: list[dict[str, Any]] = []
    try:
        value = _value(model, named, typed_inputs(model, variables), environment, records)
        measured(value)
    except KaihuError as error:
        if as_json and not isinstance(error, DecisionUnknown):
            failed: dict[str, Any] = {"error": {"code": error.code, "message": error.message(settings.language)}}
            echo(exact_json({**failed, **({"trace": records} if trace else {})}))
        elif trace:
            _echo_trace(settings, records)
        raise
    found = answer(settings, value, environment.warnings)
    if as_json:
        echo(exact_json({"decision": named, **found, **({"trace": records} if trace else {})}))
        return
    if trace:
        _echo_trace(settings, records)
    echo(found["text"])
    echo_warnings(settings, environment.warnings)


def _echo_trace(settings: Settings, records: Sequence[dict[str, Any]]) -> None:
    for line in trace_lines(settings, records):
        echo(line)


def _value(
    model: DecisionModel,
    named: str,
    variables: dict[str, FeelValue],
    environment: Environment,
    records: list[dict[str, Any]],
) -> FeelValue:
    decision = _decision(model, named)
    if decision is not None:
        return decision.evaluate(variables, environment, records).value
    name = next((each.name for each in model.functions.values() if named in (each.id, each.name)), None)
    if name is None:
        raise DecisionUnknown(named=named[:60], listed=_listed(model))
    record: dict[str, Any] = {"id": named, "name": name}
    records.append(record)
    environment.notes = Notes(record)
    try:
        value = model.invoke(name, variables, environment)
    except Unsuitable as error:
        raise ArgumentsUnsuitable(named=name[:60]) from error
    record["output"] = storable(value)
    return value


def _decision(model: DecisionModel, named: str) -> Decision | None:
    """By id before name: ids are unique."""
    named_so = [each for each in model.decisions.values() if named in (each.name, each.variable)]
    return model.decisions.get(named) or next(iter(named_so), None)
