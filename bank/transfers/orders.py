"""A payment order as it was asked for: read exactly, refused with the field and the reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from bank.checks.fields import text
from bank.checks.findings import Finding, error
from bank.ledger import MOST_FEN
from bank.transfers.records import Channel, TransferKind

_NUMBER = re.compile(r"[0-9A-Z]{5,34}")  # an IBAN has up to 34 characters
_LONGEST_NAME, _LONGEST_PURPOSE = 200, 200


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a customer asks the bank to pay; numbers without spaces and hyphens."""

    account_number: str = field(repr=False)
    kind: TransferKind
    counter_name: str = field(repr=False)
    counter_number: str = field(repr=False)
    counter_bank: str
    amount_fen: int
    channel: Channel
    purpose: str = field(repr=False)


def check_order(entered: Mapping[str, object]) -> list[Finding]:
    """What is wrong with an order, by field; empty when it can be taken."""
    findings = [*_amount(entered.get("amount_fen")), *_choices(entered)]
    if not _NUMBER.fullmatch(account_number(text(entered, "account_number"))):
        findings.append(error("account_number", "number", "This is not an account number.", "付款账号格式不正确。"))
    findings += _text(entered, "purpose", _LONGEST_PURPOSE)
    if text(entered, "kind") == TransferKind.CASH_WITHDRAWAL:
        return findings
    if not _NUMBER.fullmatch(account_number(text(entered, "counter_number"))):
        findings.append(error("counter_number", "number", "This is not an account number.", "收款账号格式不正确。"))
    return [*findings, *_text(entered, "counter_name", _LONGEST_NAME), *_text(entered, "counter_bank", _LONGEST_NAME)]


def read_order(entered: Mapping[str, object]) -> Order:
    """The order that `check_order` found nothing wrong with."""
    kind = TransferKind(text(entered, "kind"))
    transfer = kind is TransferKind.TRANSFER  # cash has no counterparty, whatever was typed
    return Order(
        account_number=account_number(text(entered, "account_number")),
        kind=kind,
        counter_name=text(entered, "counter_name") if transfer else "",
        counter_number=account_number(text(entered, "counter_number")) if transfer else "",
        counter_bank=text(entered, "counter_bank") if transfer else "",
        amount_fen=int(str(entered["amount_fen"])),
        channel=Channel(text(entered, "channel")),
        purpose=text(entered, "purpose"),
    )


def account_number(written: str) -> str:
    """A number as people write it, without spaces and hyphens, in plain capitals and digits."""
    return re.sub(r"[\s\-‐-―]", "", unicodedata.normalize("NFKC", written)).upper()


def canonical_name(name: str) -> str:
    """The name as payments to one counterparty are summed by: its letters and digits alone."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in plain if character.isalnum())


def _amount(amount: object) -> list[Finding]:
    if isinstance(amount, bool) or not isinstance(amount, int):
        return [error("amount_fen", "amount", "The amount must be whole fen.", "金额须精确到分。")]
    if amount <= 0:
        return [error("amount_fen", "amount_positive", "The amount must be more than nothing.", "金额须大于零。")]
    if amount > MOST_FEN:
        return [error("amount_fen", "amount_enormous", "No such amount can be booked.", "金额超出可记账范围。")]
    return []


def _choices(entered: Mapping[str, object]) -> list[Finding]:
    findings = []
    if text(entered, "kind") not in set(TransferKind):
        findings.append(error("kind", "choice", "This kind of payment is not known.", "付款方式无效。"))
    if text(entered, "channel") not in set(Channel):
        findings.append(error("channel", "choice", "This channel is not known.", "办理渠道无效。"))
    return findings


def _text(entered: Mapping[str, object], name: str, longest: int) -> list[Finding]:
    written = text(entered, name)
    if not written:
        return [error(name, "missing", "This is missing.", "此项不能为空。")]
    if len(written) > longest:
        return [error(name, "too_long", f"At most {longest} characters.", f"最多 {longest} 个字符。")]
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in written):
        return [error(name, "characters", "Control characters are not allowed.", "不能包含控制字符。")]
    return []
