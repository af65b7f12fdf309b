"""What the bank asks of systems outside it: protocols, questions and answers. Simulators stand in `bank/simulators`.

Every call may raise SystemUnavailable: nothing is known about the answer then, least of all that it is harmless.
Calls with an effect outside take an idempotency key; a second call with the same key has no second effect.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bank.checks.screening import Hit, Subject
from persistence.errors import ErrorKind, KaihuError


class SystemUnavailable(KaihuError):
    """An outside system did not answer, or answered that it cannot."""

    code = "system_unavailable"
    kind = ErrorKind.UNAVAILABLE
    en = "The system {system} does not answer ({reason}). The case waits and tries again."
    zh = "外部系统 {system} 暂无响应（{reason}），案件将等待并重试。"


class AccountNotBooked(KaihuError):
    """The core ledger does not know the account that is to be closed; the number stays out of the message."""

    code = "account_not_booked"
    kind = ErrorKind.NOT_FOUND
    en = "The core ledger has no such account."
    zh = "核心账务系统中没有该账户。"


class RegistryStatus(StrEnum):
    """What a register says about a party."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class RegistryAnswer:
    """The register's answer; `differing` names the fields that do not agree."""

    status: RegistryStatus
    differing: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScreeningAnswer:
    """Hits with the version of the list they were found in."""

    hits: tuple[Hit, ...]
    list_version: str


@dataclass(frozen=True)
class FilingReceipt:
    """The filing office's acknowledgement."""

    reference: str
    filed_at: dt.datetime


@dataclass(frozen=True)
class LedgerReceipt:
    """The core ledger's acknowledgement."""

    reference: str
    booked_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A letter to one address, plain text."""

    to: str
    subject: str
    body: str


@dataclass(frozen=True)
class LedgerClosing:
    """The core ledger's acknowledgement that an account is closed."""

    reference: str
    closed_at: dt.datetime


class ResidentRegistry(Protocol):
    """The police's register of residents (联网核查公民身份信息)."""

    def verify(self, name: str, id_number: str) -> RegistryAnswer:
        """Whether name and identity number belong together. Raises SystemUnavailable."""
        ...


class EnterpriseRegistry(Protocol):
    """The market regulator's register of enterprises."""

    def verify(self, code: str, facts: Mapping[str, str]) -> RegistryAnswer:
        """Whether the register knows `code` with these facts (name, legal_representative). Raises SystemUnavailable."""
        ...


class ScreeningProvider(Protocol):
    """Whoever holds the sanction and PEP lists."""

    def screen(self, subjects: Sequence[Subject]) -> ScreeningAnswer:
        """All hits on the subjects. Raises SystemUnavailable; being down is never "no hit"."""
        ...


class FilingOffice(Protocol):
    """The central bank's account management system, to which openings are reported (银发〔2019〕41号)."""

    def file_opening(self, record: Mapping[str, str], *, idempotency_key: str, now: dt.datetime) -> FilingReceipt:
        """Report an opened account; the same key gives the same receipt. Raises SystemUnavailable."""
        ...


class CoreLedger(Protocol):
    """The core banking system that carries balances (核心账务系统)."""

    def book_account(self, record: Mapping[str, object], *, idempotency_key: str, now: dt.datetime) -> LedgerReceipt:
        """Register an account by its `account_number`; the same number gives the same receipt.

        Amounts in `record` are fen. Raises SystemUnavailable.
        """
        ...

    def close_account(self, account_number: str, *, idempotency_key: str, now: dt.datetime) -> LedgerClosing:
        """Close a booked account, which then takes no entry; the same number gives the same acknowledgement.

        Raises AccountNotBooked, SystemUnavailable.
        """
        ...


class MailTransport(Protocol):
    """The way letters leave the bank."""

    def send(self, mail: Mail, *, idempotency_key: str) -> None:
        """Hand one letter over; the same key sends once. Raises SystemUnavailable."""
        ...


@dataclass(frozen=True, kw_only=True)
class Systems:
    """All outside systems, wired in the composition root."""

    residents: ResidentRegistry
    enterprises: EnterpriseRegistry
    screening: ScreeningProvider
    filing: FilingOffice
    ledger: CoreLedger
    mail: MailTransport
