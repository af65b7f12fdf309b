"""Workers that write the bank's records: what they ask of the bank, and what they give the case."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, cast

import pytest
from sqlalchemy import create_engine

from bank.checks.review import next_review
from bank.parameters import Parameters
from engine.worker_api import BpmnError, Completed, Failed, Result
from tests.checks.people import USCC, enterprise
from tests.conftest import NOON
from tests.workers.conftest import job_of
from workers import HANDLERS
from workers.activation_token import activation_token
from workers.context import WorkerContext

ACCOUNT = {"key": 5, "number": "6200000000001234", "status": "pending_activation"}


@dataclasses.dataclass
class Record:
    key: int = 3
    customer_key: int = 4


@dataclasses.dataclass
class Account:
    key: int = 5
    number: str = "6200000000001234"
    status: str = "pending_activation"


@dataclasses.dataclass
class Activation:
    expires_at: dt.datetime = NOON + dt.timedelta(days=30)


class Ledger:
    """The bank as these workers see it: it notes what it is asked."""

    def __init__(self) -> None:
        self.applications = self
        self.accounts = self
        self.parameters = Parameters.shipped()
        self.asked: list[tuple[str, Any]] = []
        self.other_case: str | None = None

    def register(self, _: object, business_key: str, application: object, *, now: dt.datetime) -> Record:
        self.asked.append(("register", business_key))
        return Record()

    def open_case_of(self, _: object, subject: str, *, other_than: str) -> str | None:
        self.asked.append(("open_case_of", (subject, other_than)))
        return self.other_case

    def store_limits(self, _: object, business_key: str, limits: object, *, rating: object, now: dt.datetime) -> None:
        self.asked.append(("store_limits", limits))

    def close(self, _: object, business_key: str, outcome: str, *, reason: str, now: dt.datetime) -> Record:
        self.asked.append(("close", outcome))
        return Record()

    def open(self, _: object, *, business_key: str, application: object, limits: object, now: dt.datetime) -> Account:
        self.asked.append(("open", business_key))
        return Account()

    def issue_activation(self, _: object, account: int, *, token: str, now: dt.datetime) -> Activation:
        self.asked.append(("issue_activation", token))
        return Activation()

    def activate(self, _: object, account: int, *, now: dt.datetime) -> Account:
        self.asked.append(("activate", account))
        return Account(status="active")

    def expire_activation(self, _: object, account: int, *, now: dt.datetime) -> Account:
        self.asked.append(("expire", account))
        return Account(status="expired")

    def open_service_file(self, _: object, account: int, *, next_review_on: dt.date, now: dt.datetime) -> int:
        self.asked.append(("open_service_file", next_review_on))
        return 9


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def at_bank(context: WorkerContext, ledger: Ledger) -> Any:
    """Run a handler inside an open transaction."""
    here = dataclasses.replace(context, bank=cast(Any, ledger))

    def run(job_type: str, variables: dict[str, Any], **job: Any) -> Result:
        with create_engine("sqlite://").connect() as connection:
            return HANDLERS[job_type].run(job_of(job_type, variables, connection=connection, **job), here)

    return run


def test_a_registered_application_gives_its_keys(at_bank: Any, ledger: Ledger) -> None:
    done = at_bank("register-application", {"application": enterprise()})
    assert done == Completed({"application_record": {"key": 3, "customer_key": 4}})
    assert ledger.asked == [("register", "AO-20260302-0001")]


@pytest.mark.requirement("R007")
def test_another_open_case_of_the_same_code_is_a_duplicate(at_bank: Any, ledger: Ledger) -> None:
    alone = at_bank("check-duplicate-application", {"application": enterprise()})
    assert alone.variables["duplicate"] == {"found": False, "case_number": None}
    ledger.other_case = "AO-20260301-0009"
    second = at_bank("check-duplicate-application", {"application": enterprise()})
    assert second.variables["duplicate"] == {"found": True, "case_number": "AO-20260301-0009"}
    assert ledger.asked[0] == ("open_case_of", (USCC, "AO-20260302-0001"))


def test_without_an_identifier_nobody_is_a_duplicate(at_bank: Any, ledger: Ledger) -> None:
    done = at_bank("check-duplicate-application", {"application": {}})
    assert done.variables["duplicate"]["found"] is False
    assert ledger.asked == []


@pytest.mark.requirement("R090")
def test_only_limits_in_order_are_stored(at_bank: Any, ledger: Ledger) -> None:
    refused = at_bank("assign-limits", {"limits": {"single_fen": 2, "daily_fen": 1}})
    assert isinstance(refused, Failed)
    assert ledger.asked == []
    stored = at_bank("assign-limits", {"limits": {"single_fen": 1, "daily_fen": 2}})
    assert stored.variables["limits"] == {"single_fen": 1, "daily_fen": 2, "assigned_at": NOON.isoformat()}
    assert ledger.asked == [("store_limits", {"single_fen": 1, "daily_fen": 2})]


@pytest.mark.requirement("R025")
def test_an_account_is_opened_under_the_case_number(at_bank: Any, ledger: Ledger) -> None:
    done = at_bank("create-account", {"application": enterprise(), "limits": {}})
    assert done.variables["account"] == ACCOUNT
    assert ledger.asked == [("open", "AO-20260302-0001")]


@pytest.mark.requirement("R026")
def test_the_activation_token_reaches_the_bank_and_not_the_case(
    at_bank: Any, ledger: Ledger, context: WorkerContext
) -> None:
    done = at_bank("issue-activation", {"account": ACCOUNT})
    assert done.variables["activation"] == {"expires_on": "2026-04-01T04:00:00+00:00", "reference": "job-7"}
    assert ledger.asked == [("issue_activation", activation_token(context.settings.secret(), 5, "job-7"))]


def test_a_token_belongs_to_one_account_one_issue_and_one_secret() -> None:
    tokens = {
        activation_token(secret, account, issue) for secret in (b"a", b"b") for account in (1, 2) for issue in "xy"
    }
    assert len(tokens) == 8
    assert {len(token) for token in tokens} == {43}


def test_an_account_becomes_active(at_bank: Any) -> None:
    done = at_bank("activate-account", {"account": ACCOUNT, "application": enterprise()})
    assert done.variables["account"] == ACCOUNT | {"status": "active"}


@pytest.mark.requirement("R026")
def test_a_document_expired_since_identification_refuses_the_activation(at_bank: Any, ledger: Ledger) -> None:
    application = enterprise()
    application["enterprise"]["licence_expires_on"] = "2026-03-01"
    refused = at_bank("activate-account", {"account": ACCOUNT, "application": application})
    assert isinstance(refused, BpmnError)
    assert (refused.code, ledger.asked) == ("ACTIVATION_REFUSED", [])
    assert "enterprise.licence_expires_on" in refused.message


def test_an_unused_activation_expires(at_bank: Any) -> None:
    done = at_bank("expire-activation", {"account": ACCOUNT})
    assert done.variables["account"]["status"] == "expired"


@pytest.mark.parametrize("outcome", ["rejected", "withdrawn", "expired", "opened"])
def test_an_application_is_closed_with_the_outcome_of_the_diagram(at_bank: Any, ledger: Ledger, outcome: str) -> None:
    done = at_bank("close-application", {}, headers={"outcome": outcome})
    assert done.variables["application_record"] == {"key": 3, "customer_key": 4, "outcome": outcome}
    assert ledger.asked == [("close", outcome)]


def test_an_unknown_outcome_closes_nothing(at_bank: Any, ledger: Ledger) -> None:
    assert isinstance(at_bank("close-application", {}, headers={"outcome": "lost"}), Failed)
    assert ledger.asked == []


@pytest.mark.requirement("R027")
@pytest.mark.parametrize(
    ("rating", "review"),
    [
        ({"band": "low"}, "2028-03-02"),
        ({"band": "medium"}, "2027-03-02"),
        ({"band": "high"}, "2026-09-02"),
        ({}, "2026-09-02"),
    ],
)
def test_the_next_review_comes_sooner_the_higher_the_risk(at_bank: Any, rating: dict[str, str], review: str) -> None:
    done = at_bank("open-service-file", {"account": ACCOUNT, "rating": rating})
    assert done.variables["service_file"] == {"key": 9, "next_review_on": review}


@pytest.mark.parametrize(
    ("day", "months", "review"),
    [("2026-08-31", 6, "2027-02-28"), ("2027-08-31", 6, "2028-02-29"), ("2026-12-15", 12, "2027-12-15")],
)
def test_a_review_on_a_day_the_month_lacks_falls_on_its_last(day: str, months: int, review: str) -> None:
    assert next_review(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(review)


@pytest.mark.parametrize("job_type", ["issue-activation", "activate-account", "expire-activation", "open-service-file"])
def test_a_case_without_an_account_is_an_error_of_the_diagram(at_bank: Any, job_type: str) -> None:
    with pytest.raises(ValueError, match="no account"):
        at_bank(job_type, {"application": enterprise()})
