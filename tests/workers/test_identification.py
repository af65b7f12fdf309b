"""The workers of control point 1."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from bank.simulators.control import SimulatorControl
from engine.model.values import normalise
from engine.worker_api import BpmnError, Completed, Failed, Result
from tests.checks.people import enterprise, individual
from tests.workers.conftest import Perform
from workers.attempts import back_off


def variables(result: Result) -> dict[str, Any]:
    """What a completed job gives to its case, as the engine would store it."""
    assert isinstance(result, Completed)
    stored = normalise(result.variables)
    assert isinstance(stored, dict)
    return stored


@pytest.mark.requirement("R088")
@pytest.mark.control("CP1")
def test_identity_passes_with_warnings_and_fails_with_errors(perform: Perform) -> None:
    warned = variables(perform("check-identity-documents", {"application": individual(id_expires_on="2026-03-20")}))
    assert warned["identity"]["passed"] is True
    assert [finding["severity"] for finding in warned["identity"]["findings"]] == ["warning"]
    failed = variables(perform("check-identity-documents", {"application": individual(id_number="1")}))
    assert failed["identity"]["passed"] is False
    assert set(failed["identity"]["findings"][0]) == {"field", "code", "severity", "en", "zh"}


def test_a_document_is_judged_by_the_day_in_shanghai(perform: Perform) -> None:
    # NOON is 2 March in Shanghai and in UTC; what expired on the first is expired, what expires on the second is not
    for day, passes in (("2026-03-01", False), ("2026-03-02", True)):
        done = variables(perform("check-identity-documents", {"application": individual(id_expires_on=day)}))
        assert done["identity"]["passed"] is passes


def test_a_matching_register_is_recorded_with_its_time(perform: Perform) -> None:
    registry = variables(perform("query-registry", {"application": enterprise()}))["registry"]
    assert registry == {"status": "match", "findings": [], "checked_at": "2026-03-02T04:00:00+00:00"}


@pytest.mark.control("CP1")
def test_one_mismatch_among_the_parties_is_a_mismatch(perform: Perform, control: SimulatorControl) -> None:
    control.set("enterprise_registry", records={"91110000600037341L": {"legal_representative": "赵六"}})
    registry = variables(perform("query-registry", {"application": enterprise()}))["registry"]
    assert registry["status"] == "mismatch"
    assert [finding["field"] for finding in registry["findings"]] == ["enterprise.legal_representative"]


def test_a_passport_is_left_to_a_person(perform: Perform) -> None:
    registry = variables(perform("query-registry", {"application": individual(id_type="passport")}))["registry"]
    assert (registry["status"], registry["findings"][0]["code"]) == ("not_found", "registry_not_asked")


@pytest.mark.control("CP1")
@pytest.mark.parametrize(
    ("job_type", "system", "code"),
    [
        ("query-registry", "enterprise_registry", "REGISTRY_UNAVAILABLE"),
        ("screen-names", "screening", "SCREENING_UNAVAILABLE"),
        ("file-opening-record", "filing_office", "FILING_UNAVAILABLE"),
        ("book-account", "core_ledger", "LEDGER_UNAVAILABLE"),
        ("close-ledger-account", "core_ledger", "LEDGER_UNAVAILABLE"),
    ],
)
def test_a_system_that_is_down_is_tried_again_and_then_shown_to_people(
    perform: Perform, control: SimulatorControl, job_type: str, system: str, code: str
) -> None:
    control.set(system, mode="down")
    first = perform(job_type, {"application": enterprise(), "account": {"number": "1"}})
    last = perform(job_type, {"application": enterprise(), "account": {"number": "1"}}, attempt=3, last=True)
    assert isinstance(first, Failed)
    assert first.retry_in == dt.timedelta(seconds=5)
    assert isinstance(last, BpmnError)
    assert last.code == code
    assert last.variables == {}


def test_the_wait_between_attempts_doubles_up_to_ten_minutes() -> None:
    waits = [back_off(attempt).total_seconds() for attempt in (1, 2, 3, 8, 99)]
    assert waits == [5, 10, 20, 600, 600]


@pytest.mark.control("CP1")
def test_a_listed_owner_holds_the_case_with_an_explanation(perform: Perform) -> None:
    owners = [{"name": "張偉", "kind": "person", "share_percent": 100}]
    screening = variables(perform("screen-names", {"application": enterprise(owners=owners)}))["screening"]
    assert (screening["result"], screening["names_screened"]) == ("hold", 3)
    (hit,) = screening["hits"]
    assert (hit["name"], hit["listed_name"], hit["band"]) == ("張偉", "张伟", "hold")
    assert hit["reason_en"]
    assert hit["reason_zh"]


@pytest.mark.control("CP1")
def test_a_clear_result_names_the_list_it_was_made_with(perform: Perform) -> None:
    screening = variables(perform("screen-names", {"application": enterprise()}))["screening"]
    assert (screening["result"], screening["hits"]) == ("clear", [])
    assert screening["list_version"].startswith("2026-11-01-")


@pytest.mark.control("CP1")
def test_owners_are_computed_from_the_form_with_exact_shares(perform: Perform) -> None:
    owners = [
        {"name": "乙公司", "kind": "entity", "share_percent": Decimal("33.34")},
        {"name": "甲", "kind": "person", "share_percent": Decimal("66.66")},
        {"name": "丙", "kind": "person", "owner_of": "乙公司", "share_percent": 75},
        {"name": "丁", "kind": "person", "owner_of": "乙公司", "share_percent": 25},
    ]
    ownership = variables(perform("compute-beneficial-owners", {"application": enterprise(owners=owners)}))["ownership"]
    assert [(o["name"], o["share_percent"]) for o in ownership["beneficial_owners"]] == [
        ("甲", Decimal("66.66")),
        ("丙", Decimal("25.005")),
    ]
    assert (ownership["layers"], ownership["cycle"], ownership["complete"]) == (2, False, True)


@pytest.mark.control("CP1")
@pytest.mark.parametrize("kind", ["individual", "sole_trader"])
def test_individuals_and_sole_traders_are_exempt_from_the_owners_test(perform: Perform, kind: str) -> None:
    application = individual() if kind == "individual" else enterprise()
    if kind == "sole_trader":
        application["enterprise"]["entity_type"] = "sole_trader"
        application["owners"] = []
    ownership = variables(perform("compute-beneficial-owners", {"application": application}))["ownership"]
    assert (ownership["exempt"], ownership["complete"], ownership["findings"]) == (True, True, [])


@pytest.mark.requirement("R088")
@pytest.mark.control("CP1")
@pytest.mark.parametrize("name", ["Iv\u0430n Petrov", "Мирослава Тихая", "王\ue000"])
def test_a_name_that_cannot_be_read_is_never_clear_but_goes_to_a_person(perform: Perform, name: str) -> None:
    screening = variables(perform("screen-names", {"application": individual(name=name)}))["screening"]
    assert screening["result"] == "review"
    (hit,) = screening["hits"]
    assert (hit["name"], hit["entry"], hit["band"]) == (name, "", "review")
    assert "人工比对" in hit["reason_zh"]


def test_the_rating_gets_the_decision_on_screening_hits(perform: Perform) -> None:
    given = {
        "application": enterprise(),
        "screening": {"result": "hold"},
        "ownership": {"layers": 1, "complete": True},
        "screening_clearance": {"decision": "cleared", "reason": "另一人"},
    }
    assert variables(perform("prepare-risk-input", given))["risk_input"]["screening"] == 2
    del given["screening_clearance"]
    assert variables(perform("prepare-risk-input", given))["risk_input"]["screening"] == 5


def test_an_opening_is_filed_once_however_often_it_is_tried(perform: Perform) -> None:
    given = {"application": enterprise(), "account": {"number": "6200000000000001"}}
    first = variables(perform("file-opening-record", given))
    again = variables(perform("file-opening-record", given, attempt=2))
    assert first == again
    assert first["filing"]["filed_at"] == "2026-03-02T04:00:00+00:00"
    assert variables(perform("file-opening-record", given, key=8)) != first


@pytest.mark.requirement("R026")
def test_an_account_is_booked_and_closed_in_the_ledger_once_whichever_job_asks(perform: Perform) -> None:
    given = {"application": enterprise(), "account": {"number": "6200000000000001"}}
    for job_type, output, time in (
        ("book-account", "ledger", "booked_at"),
        ("close-ledger-account", "ledger_closing", "closed_at"),
    ):
        first = variables(perform(job_type, given))[output]
        assert first[time] == "2026-03-02T04:00:00+00:00"
        assert variables(perform(job_type, given, key=8, attempt=2))[output] == first
