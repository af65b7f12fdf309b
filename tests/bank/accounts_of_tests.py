"""Accounts that tests pay from and to: opened, activated, with money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bank.accounts import Account, Accounts
from bank.bank import Bank, build
from bank.ledger import BookingText, InternalAccount, Ledger, credit, debit
from bank.parameters import Parameters
from bank.transfers import LimitCheck, Transfer, TransferRules
from tests.conftest import NOON, TestClock

LIMITS: dict[str, object] = {"single_fen": 5_000_000, "daily_fen": 20_000_000}
RULES = TransferRules(limits_apply=True, daily_count=None)
ELSEWHERE = {
    "counter_name": "苏州远航机械有限公司",
    "counter_number": "6222 0202 0011",
    "counter_bank": "某某银行苏州分行",
}


def opened(
    connection: Connection,
    case: str = "AO-1",
    *,
    now: dt.datetime = NOON,
    limits: Mapping[str, object] = LIMITS,
    band: str = "low",
    **application: Any,
) -> Account:
    """An active account of the kind `application` says, a company's basic one otherwise."""
    entered = {"kind": "enterprise", "account_type": "basic", "enterprise": {"entity_type": "company"}} | application
    accounts = Accounts(Parameters())
    made = accounts.open(connection, business_key=case, application=entered, limits=limits, risk_band=band, now=now)
    return accounts.activate(connection, made.key, now=now)


def individual(
    connection: Connection,
    account_type: str,
    case: str = "AO-1",
    *,
    limits: Mapping[str, object] = LIMITS,
    now: dt.datetime = NOON,
    **personal: Any,
) -> Account:
    """An active account of a person."""
    person = {"name": "李想", "date_of_birth": "1990-01-01"} | personal
    return opened(
        connection, case, now=now, limits=limits, kind="individual", account_type=account_type, individual=person
    )


def paid_in(connection: Connection, account: int, amount_fen: int, reference: str = "opening deposit") -> None:
    """Put cash on the account."""
    Ledger().post(
        connection,
        reference=f"{account} {reference}",
        booking_text=BookingText.CASH_DEPOSIT,
        legs=[debit(InternalAccount.CASH, amount_fen), credit(account, amount_fen)],
        now=NOON,
    )


class Paying:
    """Transfers of a bank, one case after the other."""

    def __init__(self, folder: Path) -> None:
        self.bank: Bank = build(TestClock(), folder)
        self._cases = 0

    def ask(self, connection: Connection, account: Account, amount_fen: Any, **order: Any) -> Transfer:
        """A transfer that was asked for and not yet checked."""
        self._cases += 1
        now = order.pop("now", NOON)
        case = order.pop("case", f"TR-{self._cases}")
        entered = {
            "account_number": account.number,
            "kind": "transfer",
            "channel": "online",
            "purpose": "货款",
            "amount_fen": amount_fen,
            **ELSEWHERE,
            **order,
        }
        return self.bank.transfers.register(connection, case, entered, now=now)

    def check(
        self,
        connection: Connection,
        account: Account,
        amount_fen: int,
        *,
        rules: TransferRules = RULES,
        now: dt.datetime = NOON,
        **order: Any,
    ) -> LimitCheck:
        """Ask and reserve."""
        asked = self.ask(connection, account, amount_fen, now=now, **order)
        return self.bank.transfers.reserve(connection, asked.key, rules=rules, now=now)

    def pay(
        self,
        connection: Connection,
        account: Account,
        amount_fen: int,
        *,
        rules: TransferRules = RULES,
        now: dt.datetime = NOON,
        approved: bool = False,
        **order: Any,
    ) -> Transfer:
        """Ask, reserve and post; what is refused raises."""
        asked = self.ask(connection, account, amount_fen, now=now, **order)
        self.bank.transfers.reserve(connection, asked.key, rules=rules, now=now)
        return self.bank.transfers.post(connection, asked.key, rules=rules, over_limit_approved=approved, now=now)


def refusals(check: LimitCheck) -> list[str]:
    """The codes of what forbids a payment."""
    return [finding.code for finding in check.refusals]


def exceeded(check: LimitCheck) -> list[str]:
    """The codes of the limits a payment exceeds."""
    return [line.code for line in check.exceeded]
