"""Applications and their customers, in both databases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bank.applications import Application, Applications, Status
from bank.applications.tables import application, application_access, application_request
from bank.customers import Customers
from bank.customers.tables import customer
from bank.errors import IllegalTransition, RecordNotFound
from tests.checks.people import USCC, enterprise, individual, resident_number
from tests.conftest import NOON, TestClock

CASE, OTHER = "AO-20260302-0001", "AO-20260302-0002"
LIMITS = {"single_fen": 100, "daily_fen": 200, "yearly_fen": 3_000_000_000_000}
OUTCOMES = ["opened", "rejected", "withdrawn", "expired"]


@pytest.fixture
def customers() -> Customers:
    return Customers()


@pytest.fixture
def applications(clock: TestClock, customers: Customers) -> Applications:
    return Applications(clock, customers)


def _count(connection: Connection, table: Any) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _assessed(applications: Applications, connection: Connection, case: str = CASE) -> Application:
    applications.register(connection, case, enterprise(), now=NOON)
    return applications.store_limits(connection, case, LIMITS, rating={"band": "low"}, now=NOON)


@pytest.mark.requirement("R020")
def test_a_registered_application_is_submitted_for_its_customer(
    connection: Connection, applications: Applications, customers: Customers
) -> None:
    record = applications.register(connection, CASE, enterprise(), now=NOON)
    assert (record.status, record.channel, record.account_type) == (Status.SUBMITTED, "counter", "basic")
    assert (record.submitted_at, record.closed_at) == (NOON, None)
    owner = customers.get(connection, record.customer_key)
    assert (owner.subject, owner.kind, owner.name) == (USCC, "enterprise", "远山贸易有限公司")
    assert applications.get(connection, CASE) == record


@pytest.mark.requirement("R020")
def test_registering_a_case_again_updates_its_one_record(connection: Connection, applications: Applications) -> None:
    first = applications.register(connection, CASE, enterprise(), now=NOON)
    later = NOON + dt.timedelta(hours=1)
    second = applications.register(connection, CASE, enterprise(channel="online"), now=later)
    assert (second.key, second.customer_key) == (first.key, first.customer_key)
    assert (second.channel, second.submitted_at, second.changed_at) == ("online", NOON, later)
    assert (_count(connection, application), _count(connection, customer)) == (1, 1)


def test_a_corrected_application_must_be_assessed_again(connection: Connection, applications: Applications) -> None:
    _assessed(applications, connection)
    again = applications.register(connection, CASE, enterprise(), now=NOON)
    assert (again.status, again.risk_band, again.daily_fen) == (Status.SUBMITTED, None, None)


def test_one_subject_is_one_customer_however_the_number_is_written(
    connection: Connection, applications: Applications, customers: Customers
) -> None:
    number = resident_number()
    first = applications.register(connection, CASE, individual(), now=NOON)
    spaced = f" {number[:6]} {number[6:].lower()}"
    second = applications.register(connection, OTHER, individual(id_number=spaced, name="王晓明"), now=NOON)
    assert second.customer_key == first.customer_key
    wide = "".join(chr(ord(character) + 0xFEE0) for character in number)
    found = customers.by_subject(connection, wide)
    assert found is not None
    assert (found.key, found.kind, found.name) == (first.customer_key, "individual", "王晓明")


def test_customers_without_a_number_stay_apart(
    connection: Connection, applications: Applications, customers: Customers
) -> None:
    first = applications.register(connection, CASE, individual(id_number=""), now=NOON)
    second = applications.register(connection, OTHER, individual(id_number=""), now=NOON)
    assert first.customer_key != second.customer_key
    again = applications.register(connection, CASE, individual(id_number="", name="王晓明"), now=NOON)
    assert again.customer_key == first.customer_key
    assert customers.get(connection, first.customer_key).name == "王晓明"
    assert applications.open_case_of(connection, "", other_than=CASE) is None


def test_a_customer_keeps_name_and_number_out_of_logs(connection: Connection, customers: Customers) -> None:
    shown = repr(customers.record(connection, subject=USCC, kind="enterprise", name="远山", now=NOON))
    assert USCC not in shown
    assert "远山" not in shown


@pytest.mark.requirement("R007")
def test_another_open_case_of_the_subject_is_found_until_it_is_closed(
    connection: Connection, applications: Applications
) -> None:
    applications.register(connection, CASE, enterprise(), now=NOON)
    assert applications.open_case_of(connection, USCC, other_than=CASE) is None
    assert applications.open_case_of(connection, USCC.lower(), other_than=OTHER) == CASE
    applications.store_limits(connection, CASE, LIMITS, rating={}, now=NOON)
    assert applications.open_case_of(connection, USCC, other_than=OTHER) == CASE
    applications.close(connection, CASE, "withdrawn", reason="", now=NOON)
    assert applications.open_case_of(connection, USCC, other_than=OTHER) is None


@pytest.mark.requirement("R022", "R090")
def test_limits_and_risk_band_are_stored_in_fen(connection: Connection, applications: Applications) -> None:
    record = _assessed(applications, connection)
    assert (record.status, record.risk_band) == (Status.ASSESSED, "low")
    assert (record.single_fen, record.daily_fen, record.yearly_fen) == (100, 200, 3_000_000_000_000)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_application_is_closed_once_and_for_all(
    connection: Connection, applications: Applications, outcome: str
) -> None:
    _assessed(applications, connection)
    closed = applications.close(connection, CASE, outcome, reason="资料不全", now=NOON)
    assert (closed.status.value, closed.reason, closed.closed_at) == (outcome, "资料不全", NOON)
    later = NOON + dt.timedelta(days=1)
    assert applications.close(connection, CASE, outcome, reason="", now=later) == closed
    for other in set(OUTCOMES) - {outcome}:
        with pytest.raises(IllegalTransition):
            applications.close(connection, CASE, other, reason="", now=later)
    with pytest.raises(IllegalTransition):
        applications.register(connection, CASE, enterprise(), now=later)
    with pytest.raises(IllegalTransition):
        applications.store_limits(connection, CASE, LIMITS, rating={}, now=later)
    assert applications.get(connection, CASE) == closed


def test_nothing_is_opened_without_an_assessment(connection: Connection, applications: Applications) -> None:
    applications.register(connection, CASE, enterprise(), now=NOON)
    with pytest.raises(IllegalTransition) as refused:
        applications.close(connection, CASE, "opened", reason="", now=NOON)
    assert "submitted" in refused.value.message("en")
    assert "不能变更为 opened" in refused.value.message("zh")
    with pytest.raises(IllegalTransition):
        applications.close(connection, CASE, "assessed", reason="", now=NOON)


def test_a_case_without_an_application_is_not_found(connection: Connection, applications: Applications) -> None:
    with pytest.raises(RecordNotFound):
        applications.get(connection, CASE)
    with pytest.raises(RecordNotFound):
        applications.close(connection, CASE, "rejected", reason="", now=NOON)


def test_case_numbers_count_within_the_banks_day(
    connection: Connection, applications: Applications, clock: TestClock
) -> None:
    assert [applications.new_number(connection) for _ in range(2)] == [CASE, OTHER]
    clock.pass_by(hours=12)  # midnight in Shanghai, still the same day in UTC
    assert applications.new_number(connection) == "AO-20260303-0001"


def test_the_access_code_is_kept_only_as_a_hash_and_the_last_one_counts(
    connection: Connection, applications: Applications
) -> None:
    first = applications.issue_access_code(connection, CASE)
    assert applications.access_granted(connection, CASE, f" {first.upper()} ")
    stored = connection.execute(select(application_access.c.code_hash)).scalar_one()
    assert first not in stored
    second = applications.issue_access_code(connection, CASE)
    assert not applications.access_granted(connection, CASE, first)
    assert applications.access_granted(connection, CASE, second)
    assert not applications.access_granted(connection, OTHER, second)
    assert not applications.access_granted(connection, OTHER, "")


def test_a_request_that_comes_again_keeps_its_number_and_another_request_gets_the_next(
    connection: Connection, applications: Applications
) -> None:
    first = applications.number_for(connection, "session 1, form 1")
    again = applications.number_for(connection, "session 1, form 1")
    other = applications.number_for(connection, "session 1, form 2")
    assert (first, again, other) == ("AO-20260302-0001", "AO-20260302-0001", "AO-20260302-0002")
    assert "session" not in str(connection.execute(select(application_request)).all())
