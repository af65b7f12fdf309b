"""Payments into accounts: cash, other banks, other accounts of this bank; each once by its reference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from bank.accounts import Account, Accounts
from bank.checks.findings import Finding, error
from bank.clock import local_date
from bank.ledger import BookingText, InternalAccount, Ledger, ReferenceUsedOtherwise, credit, debit
from bank.ledger.ledger import check_amount
from bank.parameters import Parameters
from bank.transfers.errors import IncomingRefused
from bank.transfers.records import IncomingPayment, IncomingSource
from bank.transfers.rules import RECEIVING, cannot_receive
from bank.transfers.statutory import statutory_of
from bank.transfers.tables import incoming_payment
from bank.transfers.usage import first_of_year, received_fen

_FROM = {
    IncomingSource.CASH: (InternalAccount.CASH, BookingText.CASH_DEPOSIT),
    IncomingSource.OTHER_BANK: (InternalAccount.SETTLEMENT, BookingText.INCOMING_PAYMENT),
}


@dataclass(frozen=True, kw_only=True)
class Payer:
    """Who pays in; empty where cash is paid in by the holder."""

    name: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    bank: str = ""


class IncomingPayments:
    """Every method works in the caller's transaction."""

    def __init__(self, accounts: Accounts, ledger: Ledger, parameters: Parameters) -> None:
        self._accounts = accounts
        self._ledger = ledger
        self._parameters = parameters

    def receive(
        self,
        connection: Connection,
        account_key: int,
        amount_fen: int,
        *,
        source: IncomingSource,
        reference: str,
        now: dt.datetime,
        payer: Payer | None = None,
    ) -> IncomingPayment:
        """Book money that came as cash or from another bank; the same reference again changes nothing.

        Raises AmountOutOfRange, RecordNotFound, IncomingRefused, ReferenceUsedOtherwise, ValueError for a
        payment inside this bank, which is the other half of a transfer.
        """
        check_amount("amount_fen", amount_fen)
        if source not in _FROM:
            raise ValueError("payments inside this bank are received with their transfer")
        self._accounts.get(connection, account_key)
        account = self._accounts.lock(connection, [account_key])[account_key]
        known = self.find(connection, reference)
        if known is not None:
            if (known.account, known.amount_fen, known.source) != (account_key, amount_fen, source):
                raise ReferenceUsedOtherwise(reference=reference)
            return known
        findings = list(self.findings(connection, account, amount_fen, now=now))
        if findings:
            raise IncomingRefused(findings)
        own, text = _FROM[source]
        entry = self._ledger.post(
            connection,
            reference=f"in {reference}",
            booking_text=text,
            legs=[debit(own, amount_fen), credit(account_key, amount_fen)],
            now=now,
        )
        return self.record(
            connection,
            account_key,
            amount_fen,
            source=source,
            reference=reference,
            now=now,
            payer=payer,
            entry=entry.key,
        )

    def findings(
        self, connection: Connection, account: Account, amount_fen: int, *, now: dt.datetime
    ) -> Iterator[Finding]:
        """Why the account may not receive the amount: its status, and the statutory limits of its class."""
        if account.status not in RECEIVING:
            yield cannot_receive(account)
        limits, today = statutory_of(self._parameters.newest(connection), account.account_type), local_date(now)
        year = first_of_year(today)
        held = (
            ("payee_balance", limits.balance_fen, self._ledger.balance(connection, account.key)),
            ("payee_daily", limits.daily_in_fen, received_fen(connection, account.key, today, today)),
            ("payee_yearly", limits.yearly_in_fen, received_fen(connection, account.key, year, today)),
        )
        for code, limit, already in held:
            if limit is not None and already + amount_fen > limit:
                yield error(
                    "amount_fen",
                    code,
                    "The payee's class of account may not receive as much.",
                    "超过收款账户所属类别的收款或余额限额。",
                )

    def record(
        self,
        connection: Connection,
        account_key: int,
        amount_fen: int,
        *,
        source: IncomingSource,
        reference: str,
        now: dt.datetime,
        payer: Payer | None,
        entry: int,
    ) -> IncomingPayment:
        """Keep what an entry paid in, so that it counts against the limits of receipts."""
        values: dict[str, Any] = {f"payer_{name}": value for name, value in asdict(payer or Payer()).items()}
        values |= {"account": account_key, "amount_fen": amount_fen, "source": source, "reference": reference}
        values |= {"received_on": local_date(now), "received_at": now, "entry": entry}
        made = insert(incoming_payment).values(values).returning(*incoming_payment.c)
        return _payment(connection.execute(made).one())

    def find(self, connection: Connection, reference: str) -> IncomingPayment | None:
        """The payment with this reference, or None."""
        row = connection.execute(select(incoming_payment).where(incoming_payment.c.reference == reference)).first()
        return None if row is None else _payment(row)


def _payment(row: Row[Any]) -> IncomingPayment:
    values = row._asdict()
    return IncomingPayment(**{**values, "source": IncomingSource(values["source"])})
