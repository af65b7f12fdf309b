"""`activate-account`: make the account usable, unless a document has expired in the meantime (R026)."""

from __future__ import annotations

from bank.checks.fields import part
from bank.checks.identity import expired_documents
from bank.clock import local_date
from engine.worker_api import BpmnError, Completed, Handler, Job, Mode, Parameter, Result
from workers.account_values import account_key, account_value
from workers.context import WorkerContext


def run(job: Job, context: WorkerContext) -> Result:
    """Look at every expiry date once more: weeks may have passed since identification."""
    expired = expired_documents(part(job.variables, "application"), local_date(job.now))
    if expired:
        fields = ", ".join(finding.field for finding in expired)
        findings = [finding.value() for finding in expired]
        return BpmnError("ACTIVATION_REFUSED", f"expired: {fields}", {"activation_findings": findings})
    return Completed(
        {"account": account_value(context.bank.accounts.activate(job.transaction, account_key(job), now=job.now))}
    )


HANDLER = Handler[WorkerContext](
    type="activate-account",
    mode=Mode.LOCAL,
    run=run,
    name="激活账户",
    name_en="Activate the account",
    inputs=(
        Parameter(name="account", description="The account pending activation"),
        Parameter(name="application", description="The application with its expiry dates"),
    ),
    outputs=(Parameter(name="account", description="The account with status active"),),
    errors=("ACTIVATION_REFUSED",),
)
