"""`create-account`: open the account in the bank's ledger, exactly once per case (R025)."""

from __future__ import annotations

from bank.checks.fields import part, text
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.account_values import account_value
from workers.context import WorkerContext


def run(job: Job, context: WorkerContext) -> Result:
    """Open in the command's transaction; the case number is the account's idempotency key."""
    account = context.bank.accounts.open(
        job.transaction,
        business_key=job.business_key,
        application=part(job.variables, "application"),
        limits=part(job.variables, "limits"),
        risk_band=text(part(job.variables, "rating"), "band"),
        now=job.now,
    )
    return Completed({"account": account_value(account)})


HANDLER = Handler[WorkerContext](
    type="create-account",
    mode=Mode.LOCAL,
    run=run,
    name="开立账户",
    name_en="Create the account",
    inputs=(
        Parameter(name="application", description="The approved application"),
        Parameter(name="limits", description="The stored limits"),
        Parameter(name="rating", description="The risk band they stand on"),
        Parameter(name="application_record", description="Keys of the application and the customer"),
    ),
    outputs=(Parameter(name="account", description="key, number, status pending_activation"),),
)
