"""Applications and their customers, in both databases."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bank.applications import Application, Applications, Status
from bank.applications.tables import application, application_access, application_request
from bank.customers import Customers
from bank.customers.tables import customer
from bank.errors import IllegalTransition, RecordNotFound
from persistence.database import Database
from tests.bank.conftest import in_threads
from tests.checks.people import USCC, enterprise, individual, resident_number
from tests.conftest import NOON, TestClock

CASE, OTHER, THIRD = "AO-20260302-0001", "AO-20260302-0002", "AO-20260302-0003"
LIMITS = {"single_fen": 100, "daily_fen": 200, "yearly_fen": 3_000_000_000_000}
OUTCOMES = ["opened", "rejected", "withdrawn", "expired"]


class Crash(Exception):
    """The process dies before its commit."""


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
    third = applications.register(connection, THIRD, individual(id_number=wide, name="王晓明"), now=NOON)
    found = customers.get(connection, third.customer_key)
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
    assert applications.open_case_of(connection, "", before=CASE) is None


def test_a_customer_keeps_name_and_number_out_of_logs(connection: Connection, customers: Customers) -> None:
    shown = repr(customers.record(connection, subject=USCC, kind="enterprise", name="远山", now=NOON))
    assert USCC not in shown
    assert "远山" not in shown


@pytest.mark.requirement("R007")
@pytest.mark.control("CP1")
def test_another_open_case_of_the_subject_is_found_until_it_is_closed(
    connection: Connection, applications: Applications
) -> None:
    applications.register(connection, CASE, enterprise(), now=NOON)
    assert applications.open_case_of(connection, USCC, before=CASE) is None
    assert applications.open_case_of(connection, USCC.lower(), before=OTHER) == CASE
    applications.store_limits(connection, CASE, LIMITS, rating={}, now=NOON)
    assert applications.open_case_of(connection, USCC, before=OTHER) == CASE
    applications.close(connection, CASE, "withdrawn", reason="", now=NOON)
    assert applications.open_case_of(connection, USCC, before=OTHER) is None


@pytest.mark.requirement("R007")
def test_only_the_later_case_of_a_subject_is_told_of_the_other(
    connection: Connection, applications: Applications
) -> None:
    for case in (OTHER, CASE, OTHER):  # entering a case again does not move it
        applications.register(connection, case, enterprise(), now=NOON)
    assert applications.open_case_of(connection, USCC, before=OTHER) is None
    assert applications.open_case_of(connection, USCC, before=CASE) == OTHER


@pytest.mark.requirement("R007")
def test_a_case_corrected_to_the_number_of_another_comes_after_it(
    connection: Connection, applications: Applications
) -> None:
    mistyped = enterprise(enterprise={"uscc": "91110000600037342J"})
    applications.register(connection, CASE, mistyped, now=NOON)
    applications.register(connection, OTHER, enterprise(), now=NOON)
    assert applications.open_case_of(connection, USCC, before=OTHER) is None
    applications.register(connection, CASE, enterprise(), now=NOON)
    assert applications.open_case_of(connection, USCC, before=CASE) == OTHER
    assert applications.open_case_of(connection, USCC, before=OTHER) is None


@pytest.mark.requirement("R007")
@pytest.mark.control("CP1")
@pytest.mark.parametrize("known", [False, True])
def test_of_two_cases_registered_at_once_the_later_is_told_of_the_earlier(
    database: Database, applications: Applications, customers: Customers, known: bool
) -> None:
    for serial in ("001", "003", "005", "007", "009"):  # one meeting might miss the narrow moment
        subject = resident_number(serial=serial)
        if known:
            with database.transaction() as transaction:
                customers.record(transaction.connection, subject=subject, kind="individual", name="王", now=NOON)
        told = _registered_at_once(database, applications, subject, (f"{CASE}-{serial}", f"{OTHER}-{serial}"))
        later = [case for case, earlier in told.items() if earlier is not None]
        assert len(later) == 1
        assert told[later[0]] == next(case for case in told if case != later[0])


def _registered_at_once(
    database: Database, applications: Applications, subject: str, cases: tuple[str, str]
) -> dict[str, str | None]:
    """Two cases of one subject registered and checked, each in a transaction of its own: whom each is told of."""
    ready = threading.Barrier(2)
    told: dict[str, str | None] = {}

    def apply(case: str) -> None:
        ready.wait()
        with database.transaction() as transaction:
            applications.register(transaction.connection, case, individual(id_number=subject), now=NOON)
            told[case] = applications.open_case_of(transaction.connection, subject, before=case)

    in_threads(apply, cases)
    return told


@pytest.mark.requirement("R007")
def test_a_case_waits_for_another_of_its_subject_that_is_not_committed_yet(
    database: Database, applications: Applications
) -> None:
    registered, told = threading.Event(), {}

    def first(case: str) -> None:
        with database.transaction() as transaction:
            applications.register(transaction.connection, case, enterprise(), now=NOON)
            registered.set()
            told[case] = applications.open_case_of(transaction.connection, USCC, before=case)

    def second(case: str) -> None:
        registered.wait()
        with database.transaction() as transaction:
            applications.register(transaction.connection, case, enterprise(), now=NOON)
            told[case] = applications.open_case_of(transaction.connection, USCC, before=case)

    in_threads(lambda work: work[0](work[1]), ((second, CASE), (first, OTHER)))
    assert told == {OTHER: None, CASE: OTHER}


@pytest.mark.requirement("R007")
def test_a_case_whose_registration_failed_stands_in_nobodys_way(database: Database, applications: Applications) -> None:
    with pytest.raises(Crash), database.transaction() as transaction:
        applications.register(transaction.connection, CASE, enterprise(), now=NOON)
        raise Crash
    with database.transaction() as transaction:
        applications.register(transaction.connection, OTHER, enterprise(), now=NOON)
        assert applications.open_case_of(transaction.connection, USCC, before=OTHER) is None


@pytest.mark.requirement("R020")
def test_a_number_entered_later_leaves_no_customer_without_one_behind(
    connection: Connection, applications: Applications, customers: Customers
) -> None:
    applications.register(connection, CASE, individual(id_number=""), now=NOON)
    known = applications.register(connection, CASE, individual(), now=NOON)
    assert customers.get(connection, known.customer_key).subject == resident_number()
    assert _count(connection, customer) == 1


@pytest.mark.requirement("R020")
def test_a_number_entered_later_leads_to_the_customer_who_has_it(
    connection: Connection, applications: Applications
) -> None:
    earlier = applications.register(connection, OTHER, individual(), now=NOON)
    applications.register(connection, CASE, individual(id_number=""), now=NOON)
    assert applications.register(connection, CASE, individual(), now=NOON).customer_key == earlier.customer_key
    assert _count(connection, customer) == 1


def test_a_corrected_number_leaves_no_invented_customer_but_keeps_one_with_another_application(
    connection: Connection, applications: Applications, customers: Customers
) -> None:
    mistyped = resident_number(serial="003")
    for case in (CASE, OTHER):
        wrong = applications.register(connection, case, individual(id_number=mistyped), now=NOON).customer_key
    applications.register(connection, CASE, individual(), now=NOON)
    assert customers.get(connection, wrong).subject == mistyped
    applications.register(connection, OTHER, individual(), now=NOON)
    with pytest.raises(RecordNotFound):
        customers.get(connection, wrong)
    assert _count(connection, customer) == 1


@pytest.mark.requirement("R022", "R090")
@pytest.mark.control("CP3")
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
    assert "不能变更为“已开户”" in refused.value.message("zh")
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


def test_two_senders_of_one_request_at_once_get_one_number(database: Database, applications: Applications) -> None:
    def number(_: int) -> str:
        with database.transaction() as transaction:
            return applications.number_for(transaction.connection, "double click")

    with ThreadPoolExecutor(4) as senders:
        assert set(senders.map(number, range(8))) == {"AO-20260302-0001"}
    with database.transaction() as transaction:
        assert applications.number_for(transaction.connection, "another") == "AO-20260302-0002"
