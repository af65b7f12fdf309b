"""Workers that write the bank's records: what stands in the bank afterwards, and what they give the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from bank.accounts import Account, AccountStatus, ActivationSpent, LimitPeriod
from bank.accounts.tables import account_activation, service_file
from bank.applications import Application, Status
from bank.bank import Bank
from bank.checks.review import next_review
from bank.errors import IllegalTransition, RecordNotFound
from engine.worker_api import BpmnError, Completed, Failed, Result
from persistence.database import Database
from tests.checks.people import USCC, enterprise
from tests.conftest import NOON
from tests.workers.conftest import CASE, job_of
from workers import HANDLERS
from workers.activation_token import activation_token
from workers.context import WorkerContext

OTHER = "AO-20260301-0009"
LIMITS = {"single_fen": 5_000_000, "daily_fen": 20_000_000}
Work = Callable[..., Result]


class Records:
    """What stands in the bank once everything is committed."""

    def __init__(self, database: Database, bank: Bank) -> None:
        self._database = database
        self._bank = bank

    def application(self) -> Application | None:
        with self._database.reading() as connection:
            return self._bank.applications.find(connection, CASE)

    def account(self) -> Account | None:
        with self._database.reading() as connection:
            return self._bank.accounts.of_case(connection, CASE)

    def limits(self, key: int) -> dict[LimitPeriod, int]:
        with self._database.reading() as connection:
            return self._bank.accounts.limits(connection, key)

    def by_token(self, token: str) -> Account:
        with self._database.reading() as connection:
            return self._bank.accounts.by_token(connection, token, NOON)

    def column(self, column: Any) -> list[Any]:
        with self._database.reading() as connection:
            return list(connection.execute(select(column)).scalars())


@pytest.fixture
def bank(at_bank: WorkerContext) -> Bank:
    return at_bank.bank


@pytest.fixture
def work(at_bank: WorkerContext, database: Database) -> Work:
    """Run a handler in a transaction of its own, committed as the command's would be."""

    def run(job_type: str, variables: dict[str, Any], **job: Any) -> Result:
        with database.transaction() as transaction:
            return HANDLERS[job_type].run(
                job_of(job_type, variables, connection=transaction.connection, **job), at_bank
            )

    return run


@pytest.fixture
def look(database: Database, bank: Bank) -> Records:
    return Records(database, bank)


def given(done: Result, name: str) -> Any:
    """The variable a completed job gives the case."""
    assert isinstance(done, Completed)
    return done.variables[name]


@pytest.fixture
def account(work: Work) -> dict[str, Any]:
    """The account of the case, as the case keeps it: open and not yet activated."""
    variable = given(work("create-account", {"application": enterprise(), "limits": LIMITS}), "account")
    assert isinstance(variable, dict)
    return variable


@pytest.mark.requirement("R020")
def test_a_registered_application_gives_its_keys(work: Work, look: Records) -> None:
    done = work("register-application", {"application": enterprise()})
    record = look.application()
    assert record is not None
    assert (record.status, record.account_type) == (Status.SUBMITTED, "basic")
    assert given(done, "application_record") == {"key": record.key, "customer_key": record.customer_key}
    assert work("register-application", {"application": enterprise()}) == done


@pytest.mark.requirement("R007")
def test_a_case_is_a_duplicate_while_an_earlier_one_of_the_same_code_is_open(
    work: Work, bank: Bank, database: Database
) -> None:
    with database.transaction() as transaction:
        bank.applications.register(transaction.connection, OTHER, enterprise(), now=NOON)
    spaced = {"application": enterprise(enterprise={"uscc": f"{USCC[:9]} {USCC[9:].lower()}"})}
    work("register-application", spaced)
    second = work("check-duplicate-application", spaced)
    assert given(second, "duplicate") == {"found": True, "case_number": OTHER}
    with database.transaction() as transaction:
        bank.applications.close(transaction.connection, OTHER, "withdrawn", reason="", now=NOON)
    alone = work("check-duplicate-application", spaced)
    assert given(alone, "duplicate") == {"found": False, "case_number": None}


def test_without_an_identifier_nobody_is_a_duplicate(work: Work, bank: Bank, database: Database) -> None:
    nameless = enterprise(enterprise={"name": "远山贸易有限公司"})
    with database.transaction() as transaction:
        bank.applications.register(transaction.connection, OTHER, nameless, now=NOON)
    work("register-application", {"application": nameless})
    for application in (nameless, {}):
        done = work("check-duplicate-application", {"application": application})
        assert given(done, "duplicate")["found"] is False


@pytest.mark.requirement("R022", "R090")
@pytest.mark.control("CP3")
def test_only_limits_in_order_are_stored(work: Work, look: Records) -> None:
    work("register-application", {"application": enterprise()})
    refused = work("assign-limits", {"limits": {"single_fen": 2, "daily_fen": 1}})
    assert isinstance(refused, Failed)
    untouched = look.application()
    assert untouched is not None
    assert (untouched.status, untouched.single_fen) == (Status.SUBMITTED, None)
    stored = work("assign-limits", {"limits": {"single_fen": 1, "daily_fen": 2}, "rating": {"band": "low"}})
    assert given(stored, "limits") == {"single_fen": 1, "daily_fen": 2, "assigned_at": NOON.isoformat()}
    record = look.application()
    assert record is not None
    assert (record.status, record.risk_band) == (Status.ASSESSED, "low")
    assert (record.single_fen, record.daily_fen, record.yearly_fen) == (1, 2, None)


@pytest.mark.requirement("R025")
def test_an_account_is_opened_under_the_case_number(work: Work, look: Records, account: dict[str, Any]) -> None:
    opened = look.account()
    assert opened is not None
    assert account == {"key": opened.key, "number": opened.number, "status": "pending_activation"}
    assert look.limits(opened.key) == {LimitPeriod.SINGLE: 5_000_000, LimitPeriod.DAILY: 20_000_000}
    again = work("create-account", {"application": enterprise(), "limits": LIMITS}, key=8)
    assert given(again, "account") == account


@pytest.mark.requirement("R026")
def test_the_activation_token_reaches_the_bank_and_not_the_case(
    work: Work, look: Records, at_bank: WorkerContext, account: dict[str, Any]
) -> None:
    done = work("issue-activation", {"account": account})
    assert given(done, "activation") == {"expires_on": "2026-04-01T04:00:00+00:00", "reference": "job-7"}
    token = activation_token(at_bank.settings.secret(), account["key"], "job-7")
    assert look.by_token(token).key == account["key"]
    assert token not in repr(done)


@pytest.mark.requirement("R026")
def test_a_second_issue_ends_the_first(
    work: Work, look: Records, at_bank: WorkerContext, account: dict[str, Any]
) -> None:
    first, second = (given(work("issue-activation", {"account": account}, key=key), "activation") for key in (7, 8))
    tokens = [
        activation_token(at_bank.settings.secret(), account["key"], issue["reference"]) for issue in (first, second)
    ]
    with pytest.raises(ActivationSpent):
        look.by_token(tokens[0])
    assert look.by_token(tokens[1]).key == account["key"]


def test_a_token_belongs_to_one_account_one_issue_and_one_secret() -> None:
    tokens = {
        activation_token(secret, account, issue) for secret in (b"a", b"b") for account in (1, 2) for issue in "xy"
    }
    assert len(tokens) == 8
    assert {len(token) for token in tokens} == {43}


@pytest.mark.requirement("R026")
def test_an_account_becomes_active_and_its_activation_is_spent(
    work: Work, look: Records, account: dict[str, Any]
) -> None:
    work("issue-activation", {"account": account})
    done = work("activate-account", {"account": account, "application": enterprise()})
    assert given(done, "account") == account | {"status": "active"}
    active = look.account()
    assert active is not None
    assert active.status is AccountStatus.ACTIVE
    assert look.column(account_activation.c.ended_at) == [NOON]


@pytest.mark.requirement("R026")
@pytest.mark.control("CP1")
def test_a_document_expired_since_identification_refuses_the_activation(
    work: Work, look: Records, account: dict[str, Any]
) -> None:
    application = enterprise()
    application["enterprise"]["licence_expires_on"] = "2026-03-01"
    refused = work("activate-account", {"account": account, "application": application})
    assert isinstance(refused, BpmnError)
    assert refused.code == "ACTIVATION_REFUSED"
    assert "enterprise.licence_expires_on" in refused.message
    waiting = look.account()
    assert waiting is not None
    assert waiting.status is AccountStatus.PENDING_ACTIVATION


@pytest.mark.requirement("R026")
def test_an_unused_activation_expires_and_the_account_cannot_be_activated_any_more(
    work: Work, look: Records, account: dict[str, Any]
) -> None:
    done = work("expire-activation", {"account": account})
    assert given(done, "account")["status"] == "expired"
    with pytest.raises(IllegalTransition):
        work("activate-account", {"account": account, "application": enterprise()})
    expired = look.account()
    assert expired is not None
    assert expired.status is AccountStatus.EXPIRED


@pytest.mark.parametrize("outcome", ["rejected", "withdrawn", "expired", "opened"])
def test_an_application_is_closed_with_the_outcome_of_the_diagram(work: Work, look: Records, outcome: str) -> None:
    registered = given(work("register-application", {"application": enterprise()}), "application_record")
    work("assign-limits", {"limits": LIMITS})
    done = work("close-application", {"closing": {"reason": "资料不全"}}, headers={"outcome": outcome})
    assert given(done, "application_record") == registered | {"outcome": outcome}
    closed = look.application()
    assert closed is not None
    assert (closed.status.value, closed.reason, closed.closed_at) == (outcome, "资料不全", NOON)
    assert work("close-application", {}, headers={"outcome": outcome}) == done


def test_an_unknown_outcome_closes_nothing(work: Work, look: Records) -> None:
    work("register-application", {"application": enterprise()})
    assert isinstance(work("close-application", {}, headers={"outcome": "lost"}), Failed)
    standing = look.application()
    assert standing is not None
    assert standing.status is Status.SUBMITTED


@pytest.mark.requirement("R027", "R028")
@pytest.mark.control("CP4")
@pytest.mark.parametrize(
    ("rating", "review"),
    [
        ({"band": "low"}, "2028-03-02"),
        ({"band": "medium"}, "2027-03-02"),
        ({"band": "high"}, "2026-09-02"),
        ({}, "2026-09-02"),
    ],
)
def test_the_next_review_comes_sooner_the_higher_the_risk(
    work: Work, look: Records, account: dict[str, Any], rating: dict[str, str], review: str
) -> None:
    done = work("open-service-file", {"account": account, "rating": rating})
    (key,) = look.column(service_file.c.key)
    assert given(done, "service_file") == {"key": key, "next_review_on": review}
    assert look.column(service_file.c.next_review_on) == [dt.date.fromisoformat(review)]


@pytest.mark.parametrize(
    ("day", "months", "review"),
    [("2026-08-31", 6, "2027-02-28"), ("2027-08-31", 6, "2028-02-29"), ("2026-12-15", 12, "2027-12-15")],
)
def test_a_review_on_a_day_the_month_lacks_falls_on_its_last(day: str, months: int, review: str) -> None:
    assert next_review(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(review)


@pytest.mark.parametrize("job_type", ["issue-activation", "activate-account", "expire-activation", "open-service-file"])
def test_a_case_without_an_account_is_an_error_of_the_diagram(work: Work, job_type: str) -> None:
    with pytest.raises(ValueError, match="no account"):
        work(job_type, {"application": enterprise()})


@pytest.mark.parametrize("job_type", ["issue-activation", "expire-activation", "open-service-file"])
def test_an_account_the_bank_does_not_keep_is_refused(work: Work, job_type: str) -> None:
    with pytest.raises(RecordNotFound):
        work(job_type, {"account": {"key": 5, "number": "6200000000001234", "status": "pending_activation"}})
