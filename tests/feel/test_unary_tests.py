"""Cells of decision tables."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.feel import compile_unary_tests
from tests.feel.evaluation import environment


@pytest.mark.parametrize(
    ("cell", "value", "met"),
    [
        ("-", None, True),
        ('"high"', "high", True),
        ('"high", "medium"', "low", False),
        ('not("high", "medium")', "low", True),
        ('not("high")', "high", False),
        ("< 18", 17, True),
        (">= 25, < 5", 10, False),
        ("[18..65]", 65, True),
        ("(18..65)", 65, False),
        ("true", True, True),
        ("false", True, False),
        ("null", None, True),
        ("true", None, False),
        ("false", None, False),
        ("true", "true", None),
        ("true, false", None, False),
        ("not(true)", None, True),
        ("not(]1..5])", 1, True),
        ("not((1..5])", 2, False),
        ("not(< 3, > 5)", 4, True),
        ("not(? = 1) and ? > 3", 5, True),
        ("? in [1..3], 7", 7, True),
        ("[1..3], [5..limit]", 6, True),
        ("(< 3), [limit]", 6, True),
        ("if ? > 3 then true else false", 4, True),
        ("?", True, True),
        ("5", None, False),
        ("< 5", None, None),
        ("> limit", 10, True),
        ("limits", 7, True),
        ('contains(?, "公司")', "某某公司", True),
        ("? > 5 and ? < limit", 6, False),
        ("limit > 3", "anything", True),
        ('date("2026-11-23")', dt.date(2026, 11, 23), True),
        ('> date("2026-11-22")', dt.date(2026, 11, 23), True),
        ("-5", -5, True),
        ("not(true)", False, True),
        ('"a"', 1, None),
        ("every x in ? satisfies x > 1", [2, 3], True),
    ],
)
def test_a_cell_is_met_as_the_standard_says(cell: str, value: object, met: bool | None) -> None:
    variables = {"limit": 6, "limits": [7, 8]}
    assert compile_unary_tests(cell).matches(value, variables, environment()) is met


def test_a_cell_knows_the_variables_it_reads_besides_its_input() -> None:
    assert compile_unary_tests("? > limit").names == {"limit"}
