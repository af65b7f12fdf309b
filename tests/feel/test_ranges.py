"""Relations of points and ranges, and ranges from text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel.types import Range
from tests.feel.evaluation import evaluate

ENDS = st.integers(0, 5)
RANGES = st.builds(
    lambda ends, start_included, end_included: Range(min(ends), max(ends), start_included, end_included),
    st.tuples(ENDS, ENDS),
    st.booleans(),
    st.booleans(),
)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("[18..21)", "[18..21)"),
        ("]18..21[", "(18..21)"),
        ("[2..)", ">= 2"),
        ("(..2)", "< 2"),
        (" [ -1.5 .. .5 ] ", "[-1.5..0.5]"),
        ('["a..b".."c"]', '["a..b".."c"]'),
        ('[@"-0044-03-15"..@"12026-01-01"]', '[@"-0044-03-15"..@"12026-01-01"]'),
        ('[date("2026-01-01")..date("2026-12-31")]', '[@"2026-01-01"..@"2026-12-31"]'),
        ('(duration("P1D")..@"P2D")', '(@"P1D"..@"P2D")'),
    ],
)
def test_a_text_names_a_range_as_a_literal_does(text: str, meaning: str) -> None:
    wanted = f"({meaning})" if meaning[0] in "<>" else meaning
    assert evaluate(f"range(source) = {wanted}", {"source": text}) is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[..]",
        "[2..1]",
        "1..2",
        "[1..2",
        '[1.."a"]',
        "[1-2..3]",
        "[a..b]",
        '[date("x")..@"2026-01-01"]',
        "[1..2]..3]",
    ],
)
def test_a_text_that_names_no_range_is_null(text: str) -> None:
    assert evaluate("range(source)", {"source": text}) is None


def test_a_long_text_without_an_end_is_refused_at_once() -> None:
    assert evaluate("range(source)", {"source": '["' + 'a\\"' * 100_000 + ".."}) is None


@given(RANGES, RANGES)
def test_relations_agree_with_their_definitions(a: Range, b: Range) -> None:
    both = {"a": a, "b": b}
    assert evaluate("before(a, b)", both) is evaluate("after(b, a)", both)
    assert evaluate("meets(a, b)", both) is evaluate("met by(b, a)", both)
    assert evaluate("overlaps(a, b) = not(before(a, b) or after(a, b))", both) is True
    assert evaluate("overlaps before(a, b)", both) is evaluate("overlaps after(b, a)", both)
    assert evaluate("during(a, b)", both) is evaluate("includes(b, a)", both)
    assert evaluate("starts(a, b)", both) is evaluate("started by(b, a)", both)
    assert evaluate("finishes(a, b)", both) is evaluate("finished by(b, a)", both)
    assert evaluate("coincides(a, b)", both) is evaluate("includes(a, b) and includes(b, a)", both)


@given(ENDS, RANGES)
def test_a_point_stands_to_a_range_as_its_position_says(point: int, interval: Range) -> None:
    both = {"p": point, "r": interval}
    inside = evaluate("p in r", both)
    if interval.start < interval.end:
        assert evaluate("includes(r, p)", both) is evaluate("during(p, r)", both) is inside
        assert [inside, evaluate("before(p, r)", both), evaluate("after(p, r)", both)].count(True) == 1


@pytest.mark.parametrize(
    "text",
    [
        "before(1, null)",
        'before(1, "a")',
        "meets([1..2], 2)",
        "coincides(5, [5..5])",
        "includes(5, [1..10])",
        "before(1)",
    ],
)
def test_what_cannot_stand_in_relation_is_null(text: str) -> None:
    assert evaluate(text) is None
