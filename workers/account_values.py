"""The variable `account` from the bank's record of an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bank.checks.fields import part, whole
from engine.model.values import Value
from engine.worker_api import Job


class AccountRecord(Protocol):
    """What a case keeps of an account."""

    @property
    def key(self) -> int:
        """The bank's own key of the account's record."""

    @property
    def number(self) -> str:
        """The account number as the customer knows it; digits only."""

    @property
    def status(self) -> str:
        """A value of `AccountStatus`."""


def account_value(account: AccountRecord) -> dict[str, Value]:
    """Number, key and status; everything else is asked of the bank's records when needed."""
    return {"key": account.key, "number": account.number, "status": str(account.status)}


def account_key(job: Job) -> int:
    """The key of the case's account. Raises ValueError when the case has none: the diagram is wrong."""
    account: Mapping[str, object] = part(job.variables, "account")
    key = whole(account, "key")
    if key is None:
        raise ValueError("the case has no account yet")
    return key
