"""`expire-activation`: end an activation that was not used, exactly once (R026)."""

from __future__ import annotations

from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.account_values import account_key, account_value
from workers.context import WorkerContext


def run(job: Job, context: WorkerContext) -> Result:
    """After this a late token is refused."""
    account = context.bank.accounts.expire_activation(job.transaction, account_key(job), now=job.now)
    return Completed({"account": account_value(account)})


HANDLER = Handler[WorkerContext](
    type="expire-activation",
    mode=Mode.LOCAL,
    run=run,
    name="激活过期处理",
    name_en="Expire the activation",
    inputs=(Parameter(name="account", description="The account pending activation"),),
    outputs=(Parameter(name="account", description="The account with status expired"),),
)
