"""`issue-activation`: a token with which the customer activates the account (R026)."""

from __future__ import annotations

from engine.model.values import Value
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.account_values import account_key
from workers.activation_token import activation_token
from workers.context import WorkerContext
from workers.parameters_used import OUTPUT, parameters_of, used


def run(job: Job, context: WorkerContext) -> Result:
    """Hand the bank the token of this issue; the case keeps its reference and end, never the token."""
    account, reference = account_key(job), job.idempotency_key
    token = activation_token(context.settings.secret(), account, reference)
    parameters = parameters_of(job, context)
    activation = context.bank.accounts.issue_activation(
        job.transaction, account, token=token, parameters=parameters, now=job.now
    )
    issued: Value = {"expires_on": activation.expires_at.isoformat(), "reference": reference}
    return Completed({"activation": issued, **used(job, parameters)})


HANDLER = Handler[WorkerContext](
    type="issue-activation",
    mode=Mode.LOCAL,
    run=run,
    name="生成激活凭证",
    name_en="Issue the activation",
    inputs=(Parameter(name="account", description="The opened account"),),
    outputs=(Parameter(name="activation", description="expires_on, reference of this issue"), OUTPUT),
)
