"""`open-service-file`: the service record of an active account, with the date of its next review (R027)."""

from __future__ import annotations

from bank.checks.fields import part, text
from bank.checks.review import next_review
from bank.clock import local_date
from engine.model.values import Value
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.account_values import account_key
from workers.context import WorkerContext
from workers.parameters_used import OUTPUT, parameters_of, used

_STRICTEST = "high"  # a case without a rating is reviewed as if it were the riskiest


def run(job: Job, context: WorkerContext) -> Result:
    """Open the file; the review comes sooner the higher the risk."""
    band = text(part(job.variables, "rating"), "band") or _STRICTEST
    parameters = parameters_of(job, context)
    months = parameters.integer(f"review_months_{band}")
    review_on = next_review(local_date(job.now), months)
    file_key = context.bank.accounts.open_service_file(
        job.transaction, account_key(job), next_review_on=review_on, now=job.now
    )
    opened: Value = {"key": file_key, "next_review_on": review_on.isoformat()}
    return Completed({"service_file": opened, **used(job, parameters)})


HANDLER = Handler[WorkerContext](
    type="open-service-file",
    mode=Mode.LOCAL,
    run=run,
    name="建立服务档案",
    name_en="Open the service file",
    inputs=(
        Parameter(name="account", description="The active account"),
        Parameter(name="rating", description="Risk band; without one the strictest period holds"),
    ),
    outputs=(Parameter(name="service_file", description="key, next_review_on"), OUTPUT),
)
