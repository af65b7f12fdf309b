"""`assign-limits`: check the limits the table gave and store them on the application (CP3, R022, R090)."""

from __future__ import annotations

from bank.checks.fields import part
from bank.checks.limit_values import check_limits
from engine.worker_api import Completed, Failed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext


def run(job: Job, context: WorkerContext) -> Result:
    """Store limits that are in order; others fail the job, so that somebody mends the table."""
    limits = part(job.variables, "limits")
    findings = check_limits(limits)
    if findings:
        return Failed("; ".join(f"{finding.field}: {finding.en}" for finding in findings))
    context.bank.applications.store_limits(
        job.transaction, job.business_key, limits, rating=part(job.variables, "rating"), now=job.now
    )
    return Completed({"limits": {**limits, "assigned_at": job.now.isoformat()}})


HANDLER = Handler[WorkerContext](
    type="assign-limits",
    mode=Mode.LOCAL,
    run=run,
    name="核定交易限额",
    name_en="Assign the limits",
    inputs=(
        Parameter(name="application", description="The application as entered"),
        Parameter(name="rating", description="Risk band"),
        Parameter(name="limits", description="single_fen, daily_fen, yearly_fen from the table"),
    ),
    outputs=(Parameter(name="limits", description="The stored limits in fen, with assigned_at"),),
)
