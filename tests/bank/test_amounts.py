"""Yuan as people write them become fen exactly, or are refused with the field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank.ledger import MOST_FEN
from bank.transfers import IncomingRefused
from bank.transfers.amounts import fen_of_yuan

pytestmark = pytest.mark.control("CP3")


@pytest.mark.parametrize(
    ("written", "fen"),
    [("1", 100), ("0.01", 1), ("1.5", 150), ("1,234.56", 123_456), ("１２．３", 1_230), (" 8 ", 800), ("007.10", 710)],
)
def test_what_people_write_is_read_exactly(written: str, fen: int) -> None:
    assert fen_of_yuan(written) == fen


@pytest.mark.parametrize(
    "written",
    [
        "",
        "0",
        "0.00",
        "-1",
        "+1",
        "1.005",
        "1e3",
        "NaN",
        "1 000",
        "12,34",
        "一百",
        "1.",
        ".5",
        "1" * 19,
        "10000000000000.01",
    ],
)
def test_anything_else_is_refused_with_the_field(written: str) -> None:
    with pytest.raises(IncomingRefused) as refused:
        fen_of_yuan(written, "amount")
    assert [(each.field, each.code) for each in refused.value.findings] == [("amount", "amount")]


@given(fen=st.integers(1, MOST_FEN))
def test_every_amount_is_read_back_as_it_was_written(fen: int) -> None:
    assert fen_of_yuan(f"{fen // 100:,}.{fen % 100:02}") == fen == fen_of_yuan(f"{fen // 100}.{fen % 100:02}")
