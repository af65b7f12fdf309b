"""`post-transfer`: pay a reserved transfer in the ledger, exactly once (CP3, R090)."""

from __future__ import annotations

from bank.checks.fields import part, whole
from engine.worker_api import Completed, Failed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext
from workers.transfer_values import rules_of, transfer_key, transfer_value


def run(job: Job, context: WorkerContext) -> Result:
    """Beyond a limit only with an approval whose rank is the one now needed, or a higher one.

    Raises TransferRefused, OverLimit when the diagram leads here past the check: that is an incident.
    """
    rules = rules_of(job.variables)
    if rules is None:
        return Failed("the table transfer_limits has no rule for this account")
    posted = context.bank.transfers.post(
        job.transaction, transfer_key(job), rules=rules, over_limit_approved=_approved(job), now=job.now
    )
    return Completed({"transfer": {**transfer_value(posted), "entry": posted.entry}})


def _approved(job: Job) -> bool:
    needed = whole(part(job.variables, "authority"), "rank")
    given = whole(part(job.variables, "special_approval"), "rank")
    return needed is not None and given is not None and 0 < needed <= given


HANDLER = Handler[WorkerContext](
    type="post-transfer",
    mode=Mode.LOCAL,
    run=run,
    name="记账付款",
    name_en="Post the transfer",
    inputs=(
        Parameter(name="transfer", description="The reserved transfer: key"),
        Parameter(name="transfer_limits", description="limits_apply, daily_count from the table"),
        Parameter(name="authority", description="The rank of approval now needed"),
        Parameter(name="special_approval", description="The rank of approval given"),
    ),
    outputs=(Parameter(name="transfer", description="The posted transfer, with the ledger's entry"),),
)
