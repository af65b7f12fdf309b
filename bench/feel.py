"""FEEL expressions and a decision table, beside feelin in the same run (`bench.feelin_peer` says what is compared)."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

from bench.expressions import EXPRESSIONS, TABLE_CONTEXT, TABLE_VALUE, Measured, table
from bench.feelin_peer import feelin_seconds
from engine.feel import Environment, MappingScope, compile_expression
from engine.model.values import normalise

_MICRO = 1e6
_TABLE_SHARE = 10
"""A table is some forty cells: a tenth of the repetitions is enough."""

Figure = dict[str, float | str]


def feel_figures(folder: Path, rounds: int, repeats: int) -> dict[str, Figure]:
    """Microseconds per evaluation: the median over the rounds, and feelin's divided by ours."""
    peer = feelin_seconds(folder, rounds, repeats, repeats // _TABLE_SHARE)
    figures = {}
    for name, measured in EXPRESSIONS.items():
        figures[name] = _figure(_rounds(_evaluation(measured), rounds, repeats), peer.get(name))
        reading = _rounds(_reading(measured), rounds, repeats // _TABLE_SHARE)
        figures[name]["kaihu_from_text"] = statistics.median(reading) * _MICRO
    figures["table_20x3"] = _figure(_rounds(_decision(), rounds, repeats // _TABLE_SHARE), peer.get("table_20x3"))
    return figures


def _figure(ours: list[float], theirs: list[float] | None) -> Figure:
    kaihu = statistics.median(ours)
    figure: Figure = {"kaihu": kaihu * _MICRO, "unit": "µs"}
    if theirs:
        feelin = statistics.median(theirs)
        figure = {"kaihu": kaihu * _MICRO, "feelin": feelin * _MICRO, "ratio": feelin / kaihu, "unit": "µs"}
    return figure


def _rounds(evaluation: Callable[[], object], rounds: int, repeats: int) -> list[float]:
    """Seconds per call in each round, after one to warm up."""
    seconds = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        for _ in range(repeats):
            evaluation()
        seconds.append((time.perf_counter() - start) / repeats)
    return seconds[1:]


def _scope(context: Mapping[str, object]) -> MappingScope:
    return MappingScope({name: normalise(value) for name, value in context.items()})


def _evaluation(measured: Measured) -> Callable[[], object]:
    """The compiled expression, evaluated."""
    expression = compile_expression(measured.text)
    scope, environment = _scope(measured.context), Environment(now=dt.datetime.now(dt.UTC))
    value = expression.evaluate(scope, environment)
    assert abs(float(value) - measured.value) < 1e-9, f"we make something else of {measured.text}"
    return lambda: expression.evaluate(scope, environment)


def _reading(measured: Measured) -> Callable[[], object]:
    """The text compiled anew and evaluated; a name nobody uses keeps it from being found among the compiled ones."""
    scope, environment, unused = _scope(measured.context), Environment(now=dt.datetime.now(dt.UTC)), count()
    return lambda: compile_expression(measured.text, known_names={f"unused {next(unused)}"}).evaluate(
        scope, environment
    )


def _decision() -> Callable[[], object]:
    """The table, with its trace."""
    decision, scope, environment = table(), _scope(TABLE_CONTEXT), Environment(now=dt.datetime.now(dt.UTC))
    assert decision.evaluate(scope, environment).value == TABLE_VALUE
    return lambda: decision.evaluate(scope, environment)
