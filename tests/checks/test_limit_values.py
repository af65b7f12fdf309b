"""Limits in order before they are stored."""

from __future__ import annotations

import pytest

from bank.checks.limit_values import check_limits

pytestmark = pytest.mark.control("CP3")


@pytest.mark.requirement("R090")
def test_equal_and_rising_limits_are_in_order() -> None:
    assert check_limits({"single_fen": 100, "daily_fen": 100}) == []
    assert check_limits({"single_fen": 100, "daily_fen": 200, "yearly_fen": 300}) == []


@pytest.mark.parametrize(
    ("limits", "field", "code"),
    [
        ({"daily_fen": 1}, "limits.single_fen", "limit_missing"),
        ({"single_fen": "1", "daily_fen": 1}, "limits.single_fen", "limit_missing"),
        ({"single_fen": -1, "daily_fen": 1}, "limits.single_fen", "limit_negative"),
        ({"single_fen": 2, "daily_fen": 1}, "limits.daily_fen", "limit_order"),
        ({"single_fen": 1, "daily_fen": 3, "yearly_fen": 2}, "limits.yearly_fen", "limit_order"),
    ],
)
def test_a_limit_out_of_order_is_named(limits: dict[str, object], field: str, code: str) -> None:
    assert [(finding.field, finding.code) for finding in check_limits(limits)] == [(field, code)]
