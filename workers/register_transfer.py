"""`register-transfer`: write down what the customer asked the bank to pay, or say what is wrong with it (CP3)."""

from __future__ import annotations

from bank.checks.fields import part
from bank.transfers import OrderRefused
from engine.worker_api import BpmnError, Completed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext
from workers.transfer_values import findings_value, transfer_value


def run(job: Job, context: WorkerContext) -> Result:
    """One transfer per case: repeating it makes no second one."""
    try:
        asked = context.bank.transfers.register(
            job.transaction, job.business_key, part(job.variables, "order"), now=job.now
        )
    except OrderRefused as refused:
        found = findings_value(refused.findings)
        return BpmnError("ORDER_REFUSED", str(refused), {"order_check": {"passed": False, "findings": found}})
    return Completed(
        {
            "transfer": transfer_value(asked),
            "order_check": {"passed": True, "findings": []},
            "special_approval": {"rank": 0, "tier": "none"},
        }
    )


HANDLER = Handler[WorkerContext](
    type="register-transfer",
    mode=Mode.LOCAL,
    run=run,
    name="登记付款指令",
    name_en="Register the payment order",
    inputs=(Parameter(name="order", description="The order as entered; the amount in fen"),),
    outputs=(
        Parameter(name="transfer", description="key, status, amount_fen, counterparty, purpose"),
        Parameter(name="order_check", description="passed, findings"),
        Parameter(name="special_approval", description="rank 0: nothing is approved yet"),
    ),
    errors=("ORDER_REFUSED",),
)
