"""`load-transfer-account`: what the tables ask of the account that pays, locked until the command ends (CP3)."""

from __future__ import annotations

from bank.account_types import ACCOUNT_TYPES
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext
from workers.transfer_values import transfer_account_value, transfer_key


def run(job: Job, context: WorkerContext) -> Result:
    """Lock first: what the tables decide on is what is checked and posted in the same transaction."""
    _, account = context.bank.transfers.lock_for(job.transaction, transfer_key(job))
    profile = context.bank.accounts.profile(job.transaction, account.key)
    known = ACCOUNT_TYPES.get(account.account_type)
    return Completed({"transfer_account": transfer_account_value(account, profile, known.kind if known else "")})


HANDLER = Handler[WorkerContext](
    type="load-transfer-account",
    mode=Mode.LOCAL,
    run=run,
    name="读取付款账户",
    name_en="Read the account that pays",
    inputs=(Parameter(name="transfer", description="The registered transfer: key"),),
    outputs=(Parameter(name="transfer_account", description="type, kind, band, status, minor, whom to write to"),),
)
