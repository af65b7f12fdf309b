"""Refusals of payments."""

from __future__ import annotations

from collections.abc import Sequence

from bank.checks.findings import Finding
from persistence.errors import ErrorKind, KaihuError


class _Found(KaihuError):
    """An error with what was found, field by field. Fields: `fields`, their names."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(fields=", ".join(f"{finding.field} ({finding.code})" for finding in findings))


class OrderRefused(_Found):
    """The order itself is wrong: which fields, and why, is in `findings`."""

    code = "order_refused"
    en = "The payment order cannot be taken: {fields}."
    zh = "付款指令有误：{fields}。"


class TransferRefused(_Found):
    """A rule forbids the payment, and no approval lifts it (R090)."""

    code = "transfer_refused"
    kind = ErrorKind.CONFLICT
    en = "This payment is not permitted: {fields}."
    zh = "该笔付款不予办理：{fields}。"


class IncomingRefused(_Found):
    """The account may not receive the payment."""

    code = "incoming_refused"
    kind = ErrorKind.CONFLICT
    en = "The account cannot receive this payment: {fields}."
    zh = "该账户不能收取此笔款项：{fields}。"


class OverLimit(KaihuError):
    """The payment exceeds limits, and nobody has approved that (R090). Fields: `limits`, their codes."""

    code = "over_limit"
    kind = ErrorKind.CONFLICT
    en = "The payment exceeds limits and has no special approval for it: {limits}."
    zh = "付款超过限额且未获特别审批：{limits}。"
