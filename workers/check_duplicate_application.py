"""`check-duplicate-application`: no second open case for the same subject (R007)."""

from __future__ import annotations

from bank.checks.fields import part
from bank.checks.identity import subject_key
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext


def run(job: Job, context: WorkerContext) -> Result:
    """Look for an open application of the subject that came before; without an identifier nothing is compared."""
    subject = subject_key(part(job.variables, "application"))
    found = (
        context.bank.applications.open_case_of(job.transaction, subject, before=job.business_key) if subject else None
    )
    return Completed({"duplicate": {"found": found is not None, "case_number": found}})


HANDLER = Handler[WorkerContext](
    type="check-duplicate-application",
    mode=Mode.LOCAL,
    run=run,
    name="检查重复申请",
    name_en="Check for a duplicate application",
    inputs=(
        Parameter(name="application", description="The application as entered"),
        Parameter(name="business_key", description="Case number", type="string"),
    ),
    outputs=(Parameter(name="duplicate", description="found, case_number of the other open case"),),
)
