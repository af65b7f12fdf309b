"""A high-risk case in the real bank: whoever makes the inquiry neither confirms its rejection nor approves (R083)."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from cli.demo_story import ENTERPRISE, Step
from engine.model.actor import Actor
from engine.model.errors import SegregationOfDuties
from persistence.database import Database
from tests.conftest import TestClock
from tests.forms.submissions import VALID
from tests.processes.opening_bank import NUMBER, OpeningBank, open_bank, shipped

PAPERS = ("business_licence", "legal_representative_id", "charter", "beneficial_owner_ids", "seal_specimen")
ADVISED_AGAINST = {
    "edd": {
        "measures": ["source_of_funds"],
        "source_of_funds": "无法说明资金来源",
        "result": "reject",
        "findings": "资金来源无法核实，交易目的存疑",
    }
}


def entry() -> dict[str, Any]:
    """An enterprise taxed in a country on the call-for-action list."""
    first = ENTERPRISE.steps[0]
    assert isinstance(first, Step)
    data: dict[str, Any] = copy.deepcopy(dict(first.form))
    data["application"]["enterprise"]["tax_residency"] = "IR"
    return data


@pytest.fixture
def opening_bank(database: Database, clock: TestClock, tmp_path: Path) -> OpeningBank:
    return open_bank(database, clock, tmp_path)


@pytest.fixture
def case(opening_bank: OpeningBank) -> int:
    """A case that waits for the inquiry."""
    opening_bank.deploy(shipped())
    case = opening_bank.start(ENTERPRISE.application)
    opening_bank.work("enter_enterprise_application", "relationship_manager", entry())
    opening_bank.work("collect_documents", "relationship_manager", VALID["document_collection"], PAPERS)
    opening_bank.work("review_documents", "reviewer", VALID["document_review"])
    return case


def inquire(bank: OpeningBank, officer: Actor, form: dict[str, Any]) -> None:
    evidence = bank.paper("evidence", officer)
    bank.work("enhanced_due_diligence", officer, {"edd": {**form["edd"], "evidence": [evidence]}})


@pytest.mark.requirement("R031", "R083")
@pytest.mark.control("CP2")
def test_advice_to_reject_needs_a_second_risk_officer_and_then_ends_the_case(
    opening_bank: OpeningBank, case: int
) -> None:
    first, second = opening_bank.staff("risk_officer"), opening_bank.hire("risk_officer", "second")
    inquire(opening_bank, first, ADVISED_AGAINST)
    proposal = opening_bank.task(second, "confirm_rejection")
    with pytest.raises(SegregationOfDuties):
        opening_bank.engine.user_tasks.claim(first, proposal)
    opening_bank.work("confirm_rejection", second, VALID["rejection_confirmation"])
    assert {"due_diligence_rejected", "application_rejected"} <= opening_bank.completed(case)
    assert opening_bank.completed(case).isdisjoint({"approve_high_risk", "approve_by_president"})


@pytest.mark.requirement("R031", "R083")
@pytest.mark.control("CP2")
def test_a_returned_proposal_is_approved_only_by_a_third_risk_officer(opening_bank: OpeningBank, case: int) -> None:
    first, second = opening_bank.staff("risk_officer"), opening_bank.hire("risk_officer", "second")
    third = opening_bank.hire("risk_officer", "third")
    inquire(opening_bank, first, ADVISED_AGAINST)
    opening_bank.work(
        "confirm_rejection", second, {"rejection_confirmation": {"decision": "return", "reason": "请补查资金来源"}}
    )
    inquiry = opening_bank.task(first, "enhanced_due_diligence")
    with pytest.raises(SegregationOfDuties):
        opening_bank.engine.user_tasks.claim(second, inquiry)
    inquire(opening_bank, first, VALID["enhanced_due_diligence"])
    approval = opening_bank.task(third, "approve_high_risk")
    for officer in (first, second):
        with pytest.raises(SegregationOfDuties):
            opening_bank.engine.user_tasks.claim(officer, approval)
    opening_bank.work("approve_high_risk", third, VALID["special_approval"])
    opening_bank.work("approve_by_president", "president", VALID["special_approval"])
    assert "review_passed" in opening_bank.completed(case)


@pytest.mark.requirement("R031")
def test_a_rejected_customer_is_told_the_result_and_not_the_suspicion(opening_bank: OpeningBank, case: int) -> None:
    inquire(opening_bank, opening_bank.staff("risk_officer"), ADVISED_AGAINST)
    second = opening_bank.hire("risk_officer", "second")
    opening_bank.work("confirm_rejection", second, VALID["rejection_confirmation"])
    with opening_bank.database.reading() as connection:
        letters = opening_bank.outbox.of_case(connection, NUMBER)
    (letter,) = [letter for letter in letters if letter.template == "application_rejected"]
    assert "资金来源" not in letter.body
