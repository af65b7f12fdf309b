"""A cancelled case leaves no open application behind, and never an account nobody knows of."""

from __future__ import annotations

from pathlib import Path

import pytest

from bank.applications import Status
from bank.bank import Bank, build
from bank.cancellation import AccountExists, CancelledCases
from bank.transfers import TransferStatus
from persistence.database import Database
from tests.bank.accounts_of_tests import RULES, Paying, opened, paid_in
from tests.conftest import NOON, TestClock

CASE = "AO-20260302-0001"
ENTERED = {"kind": "individual", "individual": {"name": "陆知秋", "id_number": "320502198806124012"}}
LIMITS = {"single_fen": 100, "daily_fen": 200}


@pytest.fixture
def bank(clock: TestClock, tmp_path: Path) -> Bank:
    return build(clock, tmp_path)


def test_the_customer_may_apply_again_after_a_case_was_cancelled(database: Database, bank: Bank) -> None:
    cancelled = CancelledCases(bank.applications, bank.accounts, bank.transfers)
    with database.transaction() as transaction:
        bank.applications.register(transaction.connection, CASE, ENTERED, now=NOON)
        cancelled.cancelled(transaction.connection, CASE, reason="重复受理", now=NOON)
    with database.reading() as connection:
        assert bank.applications.get(connection, CASE).status is Status.CANCELLED


def test_a_case_that_never_registered_an_application_leaves_nothing_to_close(database: Database, bank: Bank) -> None:
    with database.transaction() as transaction:
        CancelledCases(bank.applications, bank.accounts, bank.transfers).cancelled(
            transaction.connection, CASE, reason="误操作", now=NOON
        )
        assert bank.applications.find(transaction.connection, CASE) is None


def test_a_case_with_an_account_cannot_be_cancelled(database: Database, bank: Bank) -> None:
    with database.transaction() as transaction:
        bank.applications.register(transaction.connection, CASE, ENTERED, now=NOON)
        bank.accounts.open(
            transaction.connection, business_key=CASE, application={"account_type": "class_2"}, limits=LIMITS, now=NOON
        )
        with pytest.raises(AccountExists):
            CancelledCases(bank.applications, bank.accounts, bank.transfers).cancelled(
                transaction.connection, CASE, reason="重复受理", now=NOON
            )


def test_what_the_transfer_of_a_cancelled_case_held_is_free_again(database: Database, tmp_path: Path) -> None:
    paying = Paying(tmp_path)
    with database.transaction() as transaction:
        connection, bank = transaction.connection, paying.bank
        account = opened(connection)
        paid_in(connection, account.key, 1_000)
        asked = paying.ask(connection, account, 700)
        bank.transfers.reserve(connection, asked.key, rules=RULES, now=NOON)
        cancelled = CancelledCases(bank.applications, bank.accounts, bank.transfers)
        for _ in range(2):
            cancelled.cancelled(connection, asked.business_key, reason="客户撤回", now=NOON)
        assert bank.transfers.get(connection, asked.key).status is TransferStatus.CANCELLED
        assert bank.transfers.usage(connection, account.key, now=NOON).available_fen == 1_000


def test_a_case_whose_transfer_was_posted_leaves_it_posted(database: Database, tmp_path: Path) -> None:
    paying = Paying(tmp_path)
    with database.transaction() as transaction:
        connection, bank = transaction.connection, paying.bank
        account = opened(connection)
        paid_in(connection, account.key, 1_000)
        posted = paying.pay(connection, account, 700)
        cancelled = CancelledCases(bank.applications, bank.accounts, bank.transfers)
        cancelled.cancelled(connection, posted.business_key, reason="误操作", now=NOON)
        assert bank.transfers.get(connection, posted.key) == posted
