"""Cells of constants are tested directly, with the very answers their compiled tests give."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decisions.cells import NEVER_DIRECT, direct_test
from engine.feel import compile_unary_tests
from engine.feel.scope import EMPTY
from engine.model.values import YearsMonthsDuration
from tests.decisions.models import environment

NUMBERS = ("-7", "0", "1", "1.50", "10", "99999999999999999999")
CONSTANTS = (
    NUMBERS,
    ('""', '"CN"', '"HK"', '"上海"'),
    ("true", "false"),
    ('@"2026-01-01"', '@"2026-11-23"'),
    ('@"P1D"', '@"PT36H"'),
    ('@"P1Y"', '@"P14M"'),
)
VALUES = (
    None, True, False, 0, 1, 10, -7, Decimal("1.5"), Decimal("1.50"), Decimal(10), 10**20 - 1, "", "CN", "上海", "true",
    dt.date(2026, 1, 1), dt.date(2026, 5, 1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.time(10), dt.timedelta(days=1),
    YearsMonthsDuration(12), [], [1], ["CN"], {"a": 1},
)  # fmt: skip


@st.composite
def cells(draw: st.DrawFn) -> str:
    """The text of a cell of one kind of constant, or of a mixture."""
    constant = st.sampled_from(draw(st.sampled_from([*CONSTANTS, sum(CONSTANTS, ())])))
    plain = constant
    listed = st.lists(constant, max_size=3).map(lambda items: f"[{', '.join(items)}]")
    compared = st.tuples(st.sampled_from(["<", "<=", ">", ">="]), constant).map(" ".join)
    between = st.tuples(st.sampled_from("[("), constant, constant, st.sampled_from("])")).map(
        lambda parts: f"{parts[0]}{parts[1]}..{parts[2]}{parts[3]}"
    )
    tests = ", ".join(draw(st.lists(st.one_of(plain, listed, compared, between), min_size=1, max_size=3)))
    return f"not({tests})" if draw(st.booleans()) else tests


@given(cells(), st.sampled_from(VALUES))
def test_a_direct_answer_is_that_of_the_compiled_cell(text: str, value: object) -> None:
    cell = compile_unary_tests(text)
    direct = direct_test(cell)
    if type(value) in direct.types:
        assert direct.predicate(value) is (cell.matches(value, EMPTY, environment()) is True)


@pytest.mark.parametrize(
    "text", ["[1..5)", "< 5", "-3", "1, 2, 3", '"CN"', 'not("CN", "HK")', "true", '["a", "b"]', '>= @"2026-01-01"']
)
def test_the_usual_cells_are_tested_directly(text: str) -> None:
    assert direct_test(compile_unary_tests(text)) is not NEVER_DIRECT


@pytest.mark.parametrize("text", ["-", "null", '1, "a"', "< limit", "? > 3", "[1..limit]", "[]", '@"10:00:00"'])
def test_cells_that_read_variables_or_mix_kinds_are_not(text: str) -> None:
    assert direct_test(compile_unary_tests(text)) is NEVER_DIRECT
