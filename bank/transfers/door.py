"""The door of the pages to accounts: each method is one transaction, and asks whether the person may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from bank.accounts import Account, LimitPeriod, Profile, StatusChange
from bank.bank import Bank
from bank.clock import Clock
from bank.ledger import StatementLine
from bank.transfers.amounts import fen_of_yuan
from bank.transfers.records import IncomingPayment, IncomingSource, Transfer, Usage
from persistence.database import Database
from persistence.errors import KaihuError

VIEW_ACCOUNT, RECEIVE_PAYMENT = "view_account", "receive_payment"
"""Actions of the bank alone; the engine knows nothing of accounts."""

_SHOWN = 50  # entries and transfers on one page


@dataclass(frozen=True, kw_only=True)
class AccountSheet:
    """An account as the staff see it."""

    account: Account
    profile: Profile
    limits: Mapping[LimitPeriod, int]
    usage: Usage
    lines: list[StatementLine]
    transfers: list[Transfer]
    changes: list[StatusChange]
    may_receive: bool


class AccountDoor:
    """What the staff see and do at an account outside the tasks of a case."""

    def __init__(self, database: Database, bank: Bank, clock: Clock) -> None:
        self._database = database
        self._bank = bank
        self._clock = clock

    def of_case(self, business_key: str, *, by: int) -> int | None:
        """The key of the account a case opened or pays from; None without one, or for who may not see it."""
        with self._database.reading() as connection:
            if self._refused(connection, by, VIEW_ACCOUNT) is not None:
                return None
            opened = self._bank.accounts.of_case(connection, business_key)
            if opened is not None:
                return opened.key
            asked = self._bank.transfers.of_case(connection, business_key)
            return None if asked is None else asked.account

    def sheet(self, key: int, *, by: int) -> AccountSheet:
        """Everything about one account. Raises ActionNotAuthorised, RecordNotFound."""
        with self._database.reading(one_view=True) as connection:
            self._require(connection, by, VIEW_ACCOUNT)
            bank = self._bank
            return AccountSheet(
                account=bank.accounts.get(connection, key),
                profile=bank.accounts.profile(connection, key),
                limits=bank.accounts.limits(connection, key),
                usage=bank.transfers.usage(connection, key, now=self._clock.now()),
                lines=bank.ledger.statement(connection, key, most=_SHOWN),
                transfers=bank.transfers.of_account(connection, key, most=_SHOWN),
                changes=bank.accounts.status_changes(connection, key),
                may_receive=self._refused(connection, by, RECEIVE_PAYMENT) is None,
            )

    def receive(self, key: int, yuan: str, source: IncomingSource, *, reference: str, by: int) -> IncomingPayment:
        """Book money that came as cash or from another bank, once per reference.

        Raises ActionNotAuthorised, RecordNotFound, IncomingRefused, ReferenceUsedOtherwise.
        """
        with self._database.transaction() as transaction:
            self._require(transaction.connection, by, RECEIVE_PAYMENT)
            amount = fen_of_yuan(yuan)
            return self._bank.incoming.receive(
                transaction.connection, key, amount, source=source, reference=reference, now=self._clock.now()
            )

    def _require(self, connection: Connection, person: int, action: str) -> None:
        refusal = self._refused(connection, person, action)
        if refusal is not None:
            raise refusal

    def _refused(self, connection: Connection, person: int, action: str) -> KaihuError | None:
        return self._bank.authority.refusal(connection, person, action, {})
