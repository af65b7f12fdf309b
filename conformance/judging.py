"""Whether a case passes: evaluate, compare with what the kit expects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

from conformance.kit import Case, Expected, Unreadable
from engine.decisions import DecisionModel, DecisionRefused, HitPolicyViolated, parse_decisions
from engine.feel import Environment, FeelEvaluationError, FeelValue, MappingScope, Unsuitable
from engine.feel.comparison import equal
from engine.feel.temporal import temporal_text
from engine.feel.types import Kind, kind_of

_NOW = dt.datetime(2026, 1, 5, 9, 30, tzinfo=dt.UTC)  # no case depends on the day

_BINARY = Decimal("1e-12")
_CLOCKS = frozenset({Kind.TIME, Kind.DATE_AND_TIME})  # equal in FEEL even where their zones or fractions differ


@cache
def _model(file: Path) -> DecisionModel | None:
    """The model, or None when it is refused or cannot be read."""
    try:
        beside = {other.name: other.read_bytes() for other in file.parent.glob("*.dmn")}
        return parse_decisions(file.read_bytes(), file.name, beside)  # a case's models import each other
    except (DecisionRefused, OSError):
        return None


def passes(case: Case) -> bool:
    """Whether every result node of the case comes out as expected; an error of ours counts as null.

    Anything else that goes wrong fails the case: one case must not take the others with it.
    """
    try:
        model = None if case.model is None else _model(case.model)
        return model is not None and bool(case.expected) and _all_come_out(case, model)
    except Exception:  # the judge cannot know what a case or our mistakes raise
        return False


def _all_come_out(case: Case, model: DecisionModel) -> bool:
    return all(same(_result(case, model, name), expected) for name, expected in case.expected.items())


def _result(case: Case, model: DecisionModel, name: str) -> FeelValue:
    environment = Environment(_NOW)
    if case.invocable is not None:
        result = _or_null(lambda: model.invoke(case.invocable or "", case.inputs, environment))
        several = isinstance(result, dict) and len(case.expected) > 1  # a service with several outputs, a node for each
        return result.get(name) if several else result
    (decision,) = [decision for decision in model.decisions.values() if decision.name == name]
    return _or_null(lambda: decision.evaluate(MappingScope(case.inputs), environment).value)


def _or_null(evaluate: Callable[[], FeelValue]) -> FeelValue:
    try:
        return evaluate()
    except (HitPolicyViolated, FeelEvaluationError, Unsuitable):
        return None


def same(found: FeelValue, expected: Expected) -> bool:
    """Numbers by value (see `_close`), dates and times by their text, lists and contexts in depth."""
    if isinstance(expected, list):
        return isinstance(found, list) and len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and found.keys() == expected.keys()
            and all(same(found[key], expected[key]) for key in expected)
        )
    if found is None or expected is None:
        return found is expected
    if isinstance(expected, bool) or isinstance(found, bool):
        return found is expected
    if isinstance(expected, int | Decimal):
        return isinstance(found, int | Decimal) and _close(Decimal(found), Decimal(expected))
    if isinstance(expected, Unreadable) or type(found) is not type(expected):
        return False
    if kind_of(expected) in _CLOCKS:
        return _utc(temporal_text(found)) == _utc(temporal_text(expected))
    return equal(found, expected) is True


def _close(found: Decimal, expected: Decimal) -> bool:
    """Equal; or equal in the places the kit writes; or apart by what the kit's binary floating point lost."""
    if found == expected or abs(found - expected) <= abs(expected) * _BINARY:
        return True
    places = expected.as_tuple().exponent
    return isinstance(places, int) and places < 0 and found.quantize(Decimal(1).scaleb(places)) == expected


def _utc(text: str) -> str:
    return text.replace("@Etc/UTC", "Z")
