"""What holds for any decision model and any input."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from engine.decisions import DecisionModel, parse_decisions
from engine.decisions.trace import storable
from engine.feel.size import measured
from engine.model.values import dumps, normalise
from persistence.errors import KaihuError
from tests.decisions.random_models import BOXED, MAYBE_TYPED, model, tables
from tests.feel.evaluation import environment
from tests.feel.expressions import CONTEXTS, is_value

FEW = settings(max_examples=100, deadline=None, derandomize=True)


def is_storable_or_one_of_our_errors(model: DecisionModel, variables: dict[str, Any]) -> bool:
    """Whether the decision `d` gives what the journal can keep, or raises a KaihuError."""
    where = environment()
    try:
        result = model.decisions["d"].evaluate(variables, where)
    except KaihuError:
        return True
    measured(result.value)
    assert all(warning.message(language) for warning in where.warnings for language in ("en", "zh"))
    kept = storable(result.value)
    return is_value(kept) and is_value(result.trace) and _can_be_kept([kept, result.trace])


def _can_be_kept(value: Any) -> bool:
    try:
        return bool(dumps(normalise(value)))
    except KaihuError:  # of a key such as "$" or one with NUL, said with the field
        return any(sign in str(value) for sign in ("$", r"\x00"))


@FEW
@given(tables(), MAYBE_TYPED, CONTEXTS)
def test_any_table_gives_a_value_that_can_be_stored_or_one_of_our_errors(
    table: str, type_name: str, variables: dict[str, Any]
) -> None:
    decisions = parse_decisions(model(table, type_name), "table.dmn")
    assert is_storable_or_one_of_our_errors(decisions, variables)


@settings(FEW, max_examples=60)
@given(BOXED, MAYBE_TYPED, CONTEXTS)
def test_any_boxed_expression_gives_a_value_that_can_be_stored_or_one_of_our_errors(
    logic: str, type_name: str, variables: dict[str, Any]
) -> None:
    try:
        decisions = parse_decisions(model(logic, type_name), "boxed.dmn")
    except KaihuError:
        return
    assert is_storable_or_one_of_our_errors(decisions, variables)
