"""Transfers with the real engine, workers and ledger, on both databases: who may do what, and what is paid (CP3)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bank.accounts import Account, AccountStatus, StatusReason
from bank.ledger import verify_ledger
from bank.transfers import IncomingSource, Transfer, TransferStatus
from engine.model.actor import Actor
from persistence.database import Database
from persistence.errors import KaihuError
from tests.bank.accounts_of_tests import opened
from tests.bank.conftest import in_threads
from tests.conftest import TestClock
from tests.processes.opening_bank import OpeningBank, open_bank, shipped

pytestmark = [pytest.mark.requirement("R090"), pytest.mark.control("CP3")]
LIMIT = 1_000_00
BALANCE = 100_000_00
SUPERVISOR, RISK, PRESIDENT = "approve_by_supervisor", "approve_by_risk_officer", "approve_by_president"
APPROVE = {
    "transfer_decision": {
        "checked": ["limits_read", "purpose_plausible", "customer_asked"],
        "decision": "approve",
        "opinion": "已核对合同",
    }
}
DECLINE = {"transfer_decision": {"decision": "decline", "opinion": "用途不明"}}


class PayingBank:
    """A bank with one account that may pay."""

    def __init__(self, at: OpeningBank) -> None:
        self.at = at
        at.deploy(shipped())
        with at.database.transaction() as transaction:
            limits = {"single_fen": LIMIT, "daily_fen": 3 * LIMIT}
            company = {"entity_type": "company", "name": "海淀甲科技有限公司"}
            email = {"email": "jia@example.com"}
            self.account: Account = opened(
                transaction.connection, limits=limits, enterprise=company, contact=email, language="zh"
            )
            at.bank.incoming.receive(
                transaction.connection,
                self.account.key,
                BALANCE,
                source=IncomingSource.CASH,
                reference="opening deposit",
                now=at.clock.now(),
            )
        self._number = 0

    def ask(self, yuan: str, by: Actor | None = None, **order: Any) -> tuple[str, int]:
        """Number and key of the case of a transfer somebody asked for."""
        self._number += 1
        number = f"TR-20260302-{self._number:04}"
        return number, self.start(number, yuan, by, **order)

    def start(self, number: str, yuan: str, by: Actor | None = None, **order: Any) -> int:
        entered = {
            "account_number": self.account.number,
            "amount_fen": yuan,
            "kind": "transfer",
            "channel": "online",
            "purpose": "货款",
            "counter_name": "苏州远航机械有限公司",
            "counter_number": "6222 0202 0011",
            "counter_bank": "某某银行",
        }
        clerk = by or self.at.staff("account_operator")
        started = self.at.engine.process_instances.start(
            clerk, "transfer_authorisation", business_key=number, form_data={"order": entered | order}
        )
        self.at.executor.run_until_idle()
        return started.key

    def transfer(self, number: str) -> Transfer:
        with self.at.database.reading() as connection:
            found = self.at.bank.transfers.of_case(connection, number)
        assert found is not None
        return found

    def balance(self) -> int:
        with self.at.database.reading() as connection:
            assert verify_ledger(connection).whole
            return self.at.bank.ledger.balance(connection, self.account.key)

    def held(self) -> int:
        with self.at.database.reading() as connection:
            return self.at.bank.transfers.usage(connection, self.account.key, now=self.at.clock.now()).held_fen

    def letters(self, number: str) -> list[str]:
        with self.at.database.reading() as connection:
            return [f"{letter.template}: {letter.body}" for letter in self.at.outbox.of_case(connection, number)]

    def change(self, act: Callable[..., object], *given: object, **named: object) -> None:
        with self.at.database.transaction() as transaction:
            act(transaction.connection, self.account.key, *given, **named)


@pytest.fixture
def bank(database: Database, clock: TestClock, tmp_path: Path) -> PayingBank:
    return PayingBank(open_bank(database, clock, tmp_path))


def test_a_transfer_exactly_at_the_limit_is_paid_at_once_and_the_customer_told(bank: PayingBank) -> None:
    number, _ = bank.ask("1000.00")
    assert bank.transfer(number).status is TransferStatus.POSTED
    assert bank.balance() == BALANCE - LIMIT
    (letter,) = bank.letters(number)
    assert letter.startswith("transfer_posted")
    assert "1,000.00元" in letter
    assert bank.account.number not in letter


def test_one_fen_over_the_limit_waits_for_the_supervisor_and_holds_its_amount(bank: PayingBank) -> None:
    number, _ = bank.ask("1000.01")
    assert bank.transfer(number).status is TransferStatus.RESERVED
    assert (bank.balance(), bank.held()) == (BALANCE, LIMIT + 1)
    bank.at.work(SUPERVISOR, "supervisor", APPROVE)
    assert bank.transfer(number).status is TransferStatus.POSTED
    assert (bank.balance(), bank.held()) == (BALANCE - LIMIT - 1, 0)


@pytest.mark.requirement("R031")
def test_whoever_asks_does_not_approve_whatever_roles_they_hold(bank: PayingBank) -> None:
    clerk = bank.at.staff("account_operator")
    with bank.at.database.transaction() as transaction:
        administrator = bank.at.staff("administrator").person
        for role in ("supervisor", "risk_officer", "president"):
            bank.at.bank.people.grant(transaction.connection, clerk.person or 0, role, by=administrator)
    for yuan, task, role in (("1000.01", SUPERVISOR, "supervisor"), ("2500.00", RISK, "risk_officer")):
        bank.ask(yuan, clerk, counter_number=yuan.replace(".", "9"), counter_name=f"收款人{yuan}")
        key = bank.at.task(bank.at.staff("supervisor") if role == "supervisor" else bank.at.staff(role), task)
        with pytest.raises(KaihuError) as refused:
            bank.at.engine.user_tasks.claim(clerk, key)
        assert refused.value.code == "segregation_of_duties"
        bank.at.work(task, role, DECLINE)


@pytest.mark.requirement("R031")
def test_beyond_five_times_risk_officer_and_president_approve_and_are_two_persons(bank: PayingBank) -> None:
    number, _ = bank.ask("5000.01")
    both = bank.at.hire("risk_officer", "both")
    with bank.at.database.transaction() as transaction:
        administrator = bank.at.staff("administrator").person
        bank.at.bank.people.grant(transaction.connection, both.person or 0, "president", by=administrator)
    bank.at.work(RISK, both, APPROVE)
    key = bank.at.task(bank.at.staff("president"), PRESIDENT)
    with pytest.raises(KaihuError) as refused:
        bank.at.engine.user_tasks.claim(both, key)
    assert refused.value.code == "segregation_of_duties"
    assert bank.balance() == BALANCE
    bank.at.work(PRESIDENT, "president", APPROVE)
    assert bank.transfer(number).status is TransferStatus.POSTED


def test_a_transfer_nobody_approves_is_refused_released_and_the_customer_told(bank: PayingBank) -> None:
    number, _ = bank.ask("1000.01")
    bank.at.work(SUPERVISOR, "supervisor", DECLINE)
    ended = bank.transfer(number)
    assert (ended.status, ended.reason) == (TransferStatus.REFUSED, "not_approved")
    assert (bank.balance(), bank.held()) == (BALANCE, 0)
    (letter,) = bank.letters(number)
    assert letter.startswith("transfer_refused")
    assert "用途不明" not in letter


def test_a_transfer_not_decided_in_time_lapses_and_releases_what_it_held(bank: PayingBank) -> None:
    number, _ = bank.ask("1000.01")
    bank.at.clock.pass_by(days=2)
    bank.at.executor.run_until_idle()
    assert bank.transfer(number).status is TransferStatus.LAPSED
    assert bank.held() == 0
    assert bank.letters(number)[0].startswith("transfer_lapsed")


def test_limits_lowered_between_approval_and_posting_need_a_higher_authority(bank: PayingBank) -> None:
    number, _ = bank.ask("1500.00")
    lower = {"single_fen": LIMIT // 2, "daily_fen": 3 * LIMIT}
    bank.change(bank.at.bank.accounts.change_limits, lower, risk_band="high")
    bank.at.work(SUPERVISOR, "supervisor", APPROVE)
    assert bank.transfer(number).status is TransferStatus.RESERVED
    bank.at.work(RISK, "risk_officer", APPROVE)
    assert bank.transfer(number).status is TransferStatus.POSTED


def test_an_account_frozen_before_the_approval_pays_nothing_and_the_letter_does_not_say_why(bank: PayingBank) -> None:
    number, _ = bank.ask("1500.00")
    reason = {"reason": StatusReason.SUSPICION, "reference": "AL-1", "by": None, "now": bank.at.clock.now()}
    bank.change(bank.at.bank.accounts.hold, AccountStatus.FROZEN, **reason)
    bank.at.work(SUPERVISOR, "supervisor", APPROVE)
    ended = bank.transfer(number)
    assert (ended.status, ended.reason) == (TransferStatus.REFUSED, "account_not_payable")
    (letter,) = bank.letters(number)
    assert "冻结" not in letter
    assert "不能办理付款" not in letter
    assert bank.balance() == BALANCE


def test_an_approval_is_for_this_transfer_alone(bank: PayingBank) -> None:
    bank.ask("2000.00")
    bank.at.work(SUPERVISOR, "supervisor", APPROVE)
    number, _ = bank.ask("0.01")
    assert bank.transfer(number).status is TransferStatus.RESERVED


def test_a_bad_order_ends_with_every_field_that_is_wrong(bank: PayingBank) -> None:
    _, key = bank.ask("1.00", account_number="9990010009999999")
    assert "order_refused" in bank.at.completed(key)
    found = bank.at.engine.history.variables(bank.at.staff("internal_auditor"), key).root["order_check"]
    assert isinstance(found, dict)
    assert [(each["field"], each["code"]) for each in found["findings"]] == [("account_number", "account_unknown")]


@pytest.mark.parametrize("amount", ["0", "-1", "1.005", "1e5", "99999999999999", "一百", "", "NaN"])
def test_money_with_fractions_of_a_fen_negative_or_enormous_is_refused_at_the_form(
    bank: PayingBank, amount: str
) -> None:
    with pytest.raises(KaihuError) as refused:
        bank.ask(amount)
    assert refused.value.code == "form_invalid"
    assert set(getattr(refused.value, "errors", {})) == {"order.amount_fen"}


@pytest.mark.parametrize("role", ["reviewer", "supervisor", "administrator", "internal_auditor", "president"])
def test_only_those_who_serve_customers_ask_for_transfers(bank: PayingBank, role: str) -> None:
    with pytest.raises(KaihuError) as refused:
        bank.ask("1.00", bank.at.staff(role))
    assert refused.value.code == "action_not_authorised"


def test_of_two_cases_begun_at_once_that_fit_singly_and_not_together_exactly_one_is_paid(bank: PayingBank) -> None:
    ready = threading.Barrier(3)
    to = [{"counter_number": f"{at}" * 6, "counter_name": f"收款人{at}"} for at in range(3)]
    bank.change(bank.at.bank.accounts.change_limits, {"single_fen": LIMIT, "daily_fen": 2 * LIMIT - 1}, risk_band="low")

    def begin(at: int) -> None:
        ready.wait()
        bank.start(f"TR-20260302-9{at:03}", "1000.00", **to[at])

    in_threads(begin, range(3))
    found = sorted(str(bank.transfer(f"TR-20260302-9{at:03}").status) for at in range(3))
    assert found == ["posted", "reserved", "reserved"]
    assert bank.balance() == BALANCE - LIMIT
