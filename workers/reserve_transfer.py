"""`reserve-transfer`: check the transfer against rules, limits and balance, and hold its amount (CP3, R090)."""

from __future__ import annotations

from engine.worker_api import Completed, Failed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext
from workers.transfer_values import limit_check_value, rules_of, transfer_key


def run(job: Job, context: WorkerContext) -> Result:
    """Check anew whenever the diagram comes here: after an approval everything may have changed."""
    rules = rules_of(job.variables)
    if rules is None:
        return Failed("the table transfer_limits has no rule for this account")
    check = context.bank.transfers.reserve(job.transaction, transfer_key(job), rules=rules, now=job.now)
    version = context.bank.parameters.version(job.transaction)
    return Completed({"limit_check": limit_check_value(check), "parameters_version": version})


HANDLER = Handler[WorkerContext](
    type="reserve-transfer",
    mode=Mode.LOCAL,
    run=run,
    name="检查并预占限额",
    name_en="Check and reserve limits",
    inputs=(
        Parameter(name="transfer", description="The registered transfer: key"),
        Parameter(name="transfer_limits", description="limits_apply, daily_count from the table"),
    ),
    outputs=(
        Parameter(name="limit_check", description="refused, over, worst, refusals, lines, payments"),
        Parameter(name="parameters_version", description="The parameters it was checked by", type="number"),
    ),
)
