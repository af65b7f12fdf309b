"""`end-transfer`: end a transfer unpaid and give back what it held (CP3)."""

from __future__ import annotations

from bank.checks.fields import part, rows, text
from bank.transfers import TransferStatus
from engine.model.values import Value
from engine.worker_api import Completed, Failed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext
from workers.transfer_values import transfer_key, transfer_value

OUTCOMES = {"refused": TransferStatus.REFUSED, "lapsed": TransferStatus.LAPSED}
_UNTOLD = frozenset({"account_not_payable", "payee_not_receiving"})
"""Reasons that could tip somebody off: the letter asks the customer to come to the branch."""


def run(job: Job, context: WorkerContext) -> Result:
    """End with the outcome the diagram names in the header `outcome`."""
    outcome = OUTCOMES.get(job.headers.get("outcome", ""))
    if outcome is None:
        return Failed(f"there is no outcome {job.headers.get('outcome')!r}")
    found = rows(part(job.variables, "limit_check"), "refusals") if outcome is TransferStatus.REFUSED else []
    code = text(found[0], "code") if found else _unapproved(outcome)
    ended = context.bank.transfers.end(job.transaction, transfer_key(job), outcome, reason=code, now=job.now)
    told = [finding for finding in found if text(finding, "code") not in _UNTOLD]
    refusal: dict[str, Value] = {
        "code": code,
        "told_zh": "；".join(text(finding, "reason_zh").rstrip("。") for finding in told),
        "told_en": " ".join(text(finding, "reason_en") for finding in told),
    }
    return Completed({"transfer": transfer_value(ended), "refusal": refusal})


def _unapproved(outcome: TransferStatus) -> str:
    return "not_decided" if outcome is TransferStatus.LAPSED else "not_approved"


HANDLER = Handler[WorkerContext](
    type="end-transfer",
    mode=Mode.LOCAL,
    run=run,
    name="终止付款并释放额度",
    name_en="End the transfer and release its limits",
    inputs=(
        Parameter(name="transfer", description="The transfer: key"),
        Parameter(name="limit_check", description="Why it is refused; may be absent"),
    ),
    outputs=(
        Parameter(name="transfer", description="The transfer with its end"),
        Parameter(name="refusal", description="code, and what the customer is told of it"),
    ),
)
