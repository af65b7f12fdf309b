"""Transfers at the same moment, each client with a database connection of its own: limits hold together (CP3)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bank.accounts import Account, AccountStatus, StatusReason
from bank.ledger import verify_ledger
from bank.transfers import OverLimit, TransferRefused, TransferRules, TransferStatus
from persistence.database import Database
from tests.bank.accounts_of_tests import RULES, Paying, individual, opened, paid_in
from tests.bank.conftest import in_threads
from tests.conftest import NOON

pytestmark = [pytest.mark.requirement("R090"), pytest.mark.control("CP3")]
CLIENTS = 4
Attempt = Callable[[Database, int], object]


@pytest.fixture
def paying(tmp_path: Path) -> Paying:
    return Paying(tmp_path)


def at_once(database: Database, attempt: Attempt, clients: int = CLIENTS) -> None:
    """Every client, as a process of its own would, opens the database for itself and then all begin together."""
    ready = threading.Barrier(clients)

    def run(client: int) -> None:
        with closing(Database(database.url.render_as_string(hide_password=False))) as own:
            with own.reading() as connection:  # the connection is open before the race begins
                connection.exec_driver_sql("SELECT 1")
            ready.wait()
            attempt(own, client)

    in_threads(run, range(clients))


@contextmanager
def bank_day(database: Database) -> Iterator[Callable[..., Account]]:
    """One transaction in which accounts are opened."""
    with database.transaction() as transaction:
        yield lambda case="AO-1", fen=10_000, **more: _with_money(transaction.connection, case, fen, more)


def _with_money(connection: Connection, case: str, fen: int, more: dict[str, Any]) -> Account:
    account = opened(connection, case, **more)
    paid_in(connection, account.key, fen)
    return account


@pytest.mark.parametrize(
    ("limits", "count", "elsewhere"),
    [
        ({"single_fen": 1_000, "daily_fen": 1_999}, None, True),
        ({"single_fen": 1_000, "daily_fen": 9_999, "yearly_fen": 9_999}, 1, True),
        ({"single_fen": 1_000, "daily_fen": 1_500, "yearly_fen": 1_999}, None, True),
        ({"single_fen": 1_999, "daily_fen": 9_999}, None, False),
    ],
    ids=["daily", "count", "yearly", "split"],
)
def test_of_transfers_that_fit_singly_and_not_together_exactly_one_passes(
    database: Database, paying: Paying, limits: dict[str, int], count: int | None, elsewhere: bool
) -> None:
    with bank_day(database) as open_account:
        account = open_account(limits=limits)
    rules = TransferRules(limits_apply=True, daily_count=count)
    passed: list[int] = []

    def pay(own: Database, client: int) -> None:
        to = {"counter_number": f"{client}" * 6, "counter_name": f"供应商{client}"} if elsewhere else {}
        try:
            with own.transaction() as transaction:
                paying.pay(transaction.connection, account, 1_000, rules=rules, case=f"TR-{client}", **to)
        except OverLimit:
            return
        passed.append(client)

    at_once(database, pay)
    assert len(passed) == 1
    with database.reading() as connection:
        assert paying.bank.ledger.balance(connection, account.key) == 9_000
        assert verify_ledger(connection).whole


def test_reservations_hold_against_each_other_before_anything_is_posted(database: Database, paying: Paying) -> None:
    with bank_day(database) as open_account:
        account = open_account(limits={"single_fen": 1_000, "daily_fen": 1_999})
    within: list[bool] = []

    def reserve(own: Database, client: int) -> None:
        to = {"counter_number": f"{client}" * 6, "counter_name": f"供应商{client}"}
        with own.transaction() as transaction:
            check = paying.check(transaction.connection, account, 1_000, case=f"TR-{client}", **to)
        within.append(check.within)

    at_once(database, reserve)
    assert sorted(within) == [False] * (CLIENTS - 1) + [True]


def test_of_transfers_the_balance_covers_singly_and_not_together_exactly_one_passes(
    database: Database, paying: Paying
) -> None:
    with bank_day(database) as open_account:
        account = open_account(fen=1_999)
    passed: list[int] = []
    reasons: list[list[str]] = []

    def pay(own: Database, client: int) -> None:
        try:
            with own.transaction() as transaction:
                asked = paying.ask(transaction.connection, account, 1_000, case=f"TR-{client}")
                check = paying.bank.transfers.reserve(transaction.connection, asked.key, rules=RULES, now=NOON)
                if check.refusals:
                    raise TransferRefused(check.refusals)
                paying.bank.transfers.post(
                    transaction.connection, asked.key, rules=RULES, over_limit_approved=False, now=NOON
                )
        except TransferRefused as refused:
            reasons.append([finding.code for finding in refused.findings])
            return
        passed.append(client)

    at_once(database, pay)
    assert len(passed) == 1
    assert reasons == [["balance"]] * (CLIENTS - 1)
    with database.reading() as connection:
        assert paying.bank.ledger.balance(connection, account.key) == 999


def test_the_same_transfer_posted_by_several_at_once_is_paid_once(database: Database, paying: Paying) -> None:
    with database.transaction() as transaction:
        account = _with_money(transaction.connection, "AO-1", 10_000, {})
        asked = paying.ask(transaction.connection, account, 1_000)
        paying.bank.transfers.reserve(transaction.connection, asked.key, rules=RULES, now=NOON)

    def post(own: Database, _client: int) -> None:
        with own.transaction() as transaction:
            posted = paying.bank.transfers.post(
                transaction.connection, asked.key, rules=RULES, over_limit_approved=False, now=NOON
            )
        assert posted.status is TransferStatus.POSTED

    at_once(database, post)
    with database.reading() as connection:
        assert paying.bank.ledger.balance(connection, account.key) == 9_000


def test_accounts_that_pay_each_other_at_the_same_time_do_not_wait_for_ever(database: Database, paying: Paying) -> None:
    with database.transaction() as transaction:
        first, second = (individual(transaction.connection, "class_1", case) for case in ("AO-1", "AO-2"))
        for account in (first, second):
            paid_in(transaction.connection, account.key, 10_000)

    def pay(own: Database, client: int) -> None:
        giver, taker = (first, second) if client % 2 else (second, first)
        for turn in range(3):
            with own.transaction() as transaction:
                to = {"counter_number": taker.number, "counter_name": "李想"}
                paying.pay(transaction.connection, giver, 10, case=f"TR-{client}-{turn}", **to)

    at_once(database, pay)
    with database.reading() as connection:
        balances = [paying.bank.ledger.balance(connection, account.key) for account in (first, second)]
        assert balances == [10_000, 10_000]
        assert verify_ledger(connection).whole


def test_a_payment_and_a_freeze_at_the_same_time_are_one_after_the_other(database: Database, paying: Paying) -> None:
    with bank_day(database) as open_account:
        account = open_account()
    paid: list[bool] = []

    def act(own: Database, client: int) -> None:
        with own.transaction() as transaction:
            connection = transaction.connection
            if client == 0:
                paying.bank.accounts.hold(
                    connection,
                    account.key,
                    AccountStatus.FROZEN,
                    reason=StatusReason.COURT_ORDER,
                    reference="order 1",
                    by=None,
                    now=NOON,
                )
                balance_at_freeze.append(paying.bank.ledger.balance(connection, account.key))
                return
            asked = paying.ask(connection, account, 1_000, case=f"TR-{client}")
            check = paying.bank.transfers.reserve(connection, asked.key, rules=RULES, now=NOON)
            if not check.refusals:
                paying.bank.transfers.post(connection, asked.key, rules=RULES, over_limit_approved=False, now=NOON)
            paid.append(not check.refusals)

    balance_at_freeze: list[int] = []
    at_once(database, act)
    with database.reading() as connection:
        after = paying.bank.ledger.balance(connection, account.key)
    assert [after] == balance_at_freeze  # nothing left the account after the freeze
    assert after == 10_000 - 1_000 * sum(paid)
