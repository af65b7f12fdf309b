"""An account that is opened and never activated: void in the bank, and closed in the core ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from bank.accounts.records import AccountStatus
from bank.simulators.control import SimulatorControl
from persistence.database import Database
from tests.conftest import TestClock
from tests.processes.opening_bank import NUMBER, OpeningBank, open_bank, shipped

pytestmark = pytest.mark.requirement("R026")

AGAIN = {"outage": {"decision": "retry", "note": "核心账务系统已恢复"}}


@pytest.fixture
def opening_bank(database: Database, clock: TestClock, tmp_path: Path) -> OpeningBank:
    return open_bank(database, clock, tmp_path)


@pytest.fixture
def case(opening_bank: OpeningBank) -> int:
    """A case that waits for the customer to activate the account."""
    opening_bank.deploy(shipped())
    return opening_bank.open_account()


def withdraw(bank: OpeningBank) -> None:
    bank.send("application_withdrawn", {"withdrawal": {"reason": "客户改变主意"}})


def status(bank: OpeningBank) -> AccountStatus:
    """What the bank's own books say."""
    with bank.database.reading() as connection:
        account = bank.bank.accounts.of_case(connection, NUMBER)
    assert account is not None
    return account.status


def booked_and_closed(home: Path) -> tuple[int, int]:
    """Accounts the core ledger has booked, and how many of them it has closed."""
    booked, closed = ({file.name for file in (home / folder).glob("*.json")} for folder in ("ledger", "ledger/closed"))
    assert closed <= booked
    return len(booked), len(closed)


def test_an_account_withdrawn_before_activation_is_closed_in_the_ledger(
    opening_bank: OpeningBank, case: int, tmp_path: Path
) -> None:
    assert booked_and_closed(tmp_path) == (1, 0)
    withdraw(opening_bank)
    assert booked_and_closed(tmp_path) == (1, 1)
    assert status(opening_bank) is AccountStatus.EXPIRED
    assert "application_withdrawn" in opening_bank.completed(case)


def test_an_account_nobody_activates_in_time_is_closed_in_the_ledger(
    opening_bank: OpeningBank, case: int, tmp_path: Path
) -> None:
    opening_bank.clock.pass_by(days=40)
    opening_bank.executor.run_until_idle()
    assert booked_and_closed(tmp_path) == (1, 1)
    assert status(opening_bank) is AccountStatus.EXPIRED
    assert "application_expired" in opening_bank.completed(case)


def test_a_ledger_that_is_down_keeps_the_case_open_until_the_account_is_closed(
    opening_bank: OpeningBank, case: int, tmp_path: Path
) -> None:
    ledger = SimulatorControl(tmp_path)
    ledger.set("core_ledger", mode="down")
    withdraw(opening_bank)
    for _ in range(3):  # the attempts, with the waits between them
        opening_bank.clock.pass_by(minutes=10)
        opening_bank.executor.run_until_idle()
    assert "application_withdrawn" not in opening_bank.completed(case)
    ledger.set("core_ledger", mode="ok")
    opening_bank.work("restore_ledger_closing", "account_operator", AGAIN)
    assert booked_and_closed(tmp_path) == (1, 1)
    assert "application_withdrawn" in opening_bank.completed(case)


def test_an_activated_account_stays_open_in_the_ledger(opening_bank: OpeningBank, case: int, tmp_path: Path) -> None:
    opening_bank.act_as_customer("await_activation", case)
    assert booked_and_closed(tmp_path) == (1, 0)
    assert status(opening_bank) is AccountStatus.ACTIVE
