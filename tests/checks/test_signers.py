"""Who may sign an agreement."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bank.checks.signers import may_sign

TODAY = dt.date(2026, 3, 2)
REPRESENTED = {"kind": "enterprise", "legal_representative": {"name": "顾明远"}}


def with_operator(letter_expires_on: str) -> dict[str, Any]:
    return {**REPRESENTED, "operator": {"name": "钱若溪", "letter_expires_on": letter_expires_on}}


@pytest.mark.requirement("R032")
@pytest.mark.parametrize("written", ["顾明远", " 顾 明远 "])
def test_the_legal_representative_signs_for_an_enterprise(written: str) -> None:
    assert may_sign(REPRESENTED, written, TODAY)
    assert not may_sign(REPRESENTED, "钱若溪", TODAY)


@pytest.mark.requirement("R033")
def test_an_operator_signs_as_long_as_the_letter_of_authority_lasts() -> None:
    assert may_sign(with_operator("2026-03-02"), "钱若溪", TODAY)
    assert not may_sign(with_operator("2026-03-01"), "钱若溪", TODAY)
    assert not may_sign(with_operator(""), "钱若溪", TODAY)


@pytest.mark.requirement("R032")
def test_a_person_signs_in_person_and_a_minor_through_the_guardian() -> None:
    adult = {"kind": "individual", "individual": {"name": "LI Na", "date_of_birth": "1990-02-03"}}
    assert may_sign(adult, "Li Na", TODAY)
    child = {"name": "李小宝", "date_of_birth": "2015-02-03", "guardian": {"name": "李娜"}}
    assert may_sign({"kind": "individual", "individual": child}, "李娜", TODAY)
    assert not may_sign({"kind": "individual", "individual": child}, "李小宝", TODAY)


def test_an_application_without_names_is_signed_by_nobody() -> None:
    assert not may_sign({"kind": "enterprise"}, "", TODAY)
    assert not may_sign({"kind": "individual"}, " ", TODAY)
