"""Accounts that tests pay from and to: opened, activated, with money."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection

from bank.accounts import Account, Accounts
from bank.ledger import BookingText, InternalAccount, Ledger, credit, debit
from bank.parameters import Parameters
from tests.conftest import NOON

LIMITS: dict[str, object] = {"single_fen": 5_000_000, "daily_fen": 20_000_000}


def opened(connection: Connection, case: str = "AO-1", *, now: dt.datetime = NOON, **application: Any) -> Account:
    """An active account of the kind `application` says, a basic one otherwise."""
    accounts = Accounts(Parameters())
    made = accounts.open(
        connection, business_key=case, application={"account_type": "basic"} | application, limits=LIMITS, now=now
    )
    return accounts.activate(connection, made.key, now=now)


def paid_in(connection: Connection, account: int, amount_fen: int, reference: str = "opening deposit") -> None:
    """Put cash on the account."""
    Ledger().post(
        connection,
        reference=f"{account} {reference}",
        booking_text=BookingText.CASH_DEPOSIT,
        legs=[debit(InternalAccount.CASH, amount_fen), credit(account, amount_fen)],
        now=NOON,
    )
