"""Evaluating a text at a fixed time, with its warnings at hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from engine.feel import Environment, ExternalFunction, compile_expression
from engine.feel.environment import STEP_BUDGET

MONDAY = dt.datetime(2026, 11, 23, 10, 30, tzinfo=dt.UTC)


def environment(functions: Mapping[str, ExternalFunction] | None = None, step_budget: int = STEP_BUDGET) -> Environment:
    return Environment(MONDAY, functions=functions or {}, step_budget=step_budget)


def evaluate(text: str, variables: Mapping[str, Any] | None = None) -> Any:
    return compile_expression(text).evaluate(variables or {}, environment())


def warnings_of(text: str, variables: Mapping[str, Any] | None = None) -> list[str]:
    where = environment()
    compile_expression(text).evaluate(variables or {}, where)
    return [warning.message("en") for warning in where.warnings]
