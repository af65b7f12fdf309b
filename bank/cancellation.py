"""What becomes of the bank's records when a case is cancelled, outside the paths of its diagram."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from bank.accounts import Accounts
from bank.applications import Applications, Status
from bank.applications.records import OPEN
from bank.transfers import Transfers, TransferStatus
from bank.transfers.records import OPEN as OPEN_TRANSFERS
from persistence.errors import ErrorKind, KaihuError


class AccountExists(KaihuError):
    """The case has opened an account: the procedure must end it, so that ledger and customer learn of it."""

    code = "account_exists"
    kind = ErrorKind.CONFLICT
    en = (
        "This case has opened an account already and cannot be cancelled. "
        "Let the customer withdraw, or close the account."
    )
    zh = "本案已开立账户，不能取消；请由客户撤回申请，或另行办理销户。"


class CancelledCases:
    """Implements the engine's `CaseRecords` port."""

    def __init__(self, applications: Applications, accounts: Accounts, transfers: Transfers) -> None:
        self._applications = applications
        self._accounts = accounts
        self._transfers = transfers

    def cancelled(self, connection: Connection, business_key: str, *, reason: str, now: dt.datetime) -> None:
        """Close the application of the case, so that its customer may apply again; release what a transfer holds.

        Raises AccountExists.
        """
        if self._accounts.of_case(connection, business_key) is not None:
            raise AccountExists()
        application = self._applications.find(connection, business_key)
        if application is not None and application.status in OPEN:
            self._applications.close(connection, business_key, Status.CANCELLED, reason=reason, now=now)
        asked = self._transfers.of_case(connection, business_key)
        if asked is not None and asked.status in OPEN_TRANSFERS:
            self._transfers.end(connection, asked.key, TransferStatus.CANCELLED, reason="cancelled", now=now)
