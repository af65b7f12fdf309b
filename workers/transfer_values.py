"""Variables of a transfer's case, from the bank's records."""

from __future__ import annotations

from collections.abc import Mapping

from bank.accounts import Account, Profile
from bank.checks.fields import flag, part, whole
from bank.checks.findings import Finding
from bank.transfers import LimitCheck, LimitLine, Transfer, TransferRules
from engine.model.values import Value
from engine.worker_api import Job

_COUNT = "daily_count"


def transfer_value(transfer: Transfer) -> dict[str, Value]:
    """What the case keeps of its transfer."""
    return {
        "key": transfer.key,
        "status": str(transfer.status),
        "kind": str(transfer.kind),
        "channel": str(transfer.channel),
        "amount_fen": transfer.amount_fen,
        "counter_name": transfer.counter_name,
        "counter_number": transfer.counter_number,
        "counter_bank": transfer.counter_bank,
        "purpose": transfer.purpose,
    }


def transfer_account_value(account: Account, profile: Profile, kind: str) -> dict[str, Value]:
    """What the tables and the letters ask of the account that pays."""
    return {
        "key": account.key,
        "number": account.number,
        "status": str(account.status),
        "account_type": account.account_type,
        "kind": kind,
        "risk_band": profile.risk_band or "high",  # unknown counts as high
        "minor": profile.minor,
        "recipient": {
            "applicant_name": profile.holder_name,
            "language": profile.language,
            "contact": {"email": profile.email},
        },
    }


def limit_check_value(check: LimitCheck) -> dict[str, Value]:
    """What the check found, as the table of authority and the approvers read it."""
    counted = [line for line in check.lines if line.code == _COUNT]
    worst = check.worst
    return {
        "refused": bool(check.refusals),
        "over": bool(check.exceeded),
        "worst": None if worst is None else {"code": worst.code, "total": worst.total, "limit": worst.limit},
        "refusals": findings_value(check.refusals),
        "lines": [_line(line) for line in check.lines if line.code != _COUNT],
        "payments": [{"total": line.total, "limit": line.limit, "exceeded": line.exceeded} for line in counted],
    }


def _line(line: LimitLine) -> dict[str, Value]:
    return {"code": line.code, "total_fen": line.total, "limit_fen": line.limit, "exceeded": line.exceeded}


def findings_value(findings: tuple[Finding, ...]) -> list[Value]:
    """Findings field by field, in both languages."""
    return [
        {"field": finding.field, "code": finding.code, "reason_zh": finding.zh, "reason_en": finding.en}
        for finding in findings
    ]


def transfer_key(job: Job) -> int:
    """The key of the case's transfer. Raises ValueError when the case has none: the diagram is wrong."""
    key = whole(part(job.variables, "transfer"), "key")
    if key is None:
        raise ValueError("the case has no transfer yet")
    return key


def rules_of(variables: Mapping[str, object]) -> TransferRules | None:
    """What the table `transfer_limits` said; None when it said nothing, so that nothing is paid unlimited."""
    rules = part(variables, "transfer_limits")
    if not rules:
        return None
    return TransferRules(limits_apply=flag(rules, "limits_apply"), daily_count=whole(rules, "daily_count"))
