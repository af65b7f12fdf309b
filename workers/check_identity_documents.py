"""`check-identity-documents`: control point 1, everything numbers, dates and zones can say (R020, R088)."""

from __future__ import annotations

from bank.checks.fields import part
from bank.checks.findings import passed
from bank.checks.identity import check_application
from bank.clock import local_date
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext


def run(job: Job, context: WorkerContext) -> Result:
    """Check the application as of the job's day in Shanghai."""
    findings = check_application(part(job.variables, "application"), local_date(job.now))
    return Completed({"identity": {"passed": passed(findings), "findings": [f.value() for f in findings]}})


HANDLER = Handler[WorkerContext](
    type="check-identity-documents",
    mode=Mode.LOCAL,
    run=run,
    name="核验身份证件",
    name_en="Check identity documents",
    inputs=(Parameter(name="application", description="The application as entered"),),
    outputs=(Parameter(name="identity", description="passed, findings [field, code, severity, en, zh]"),),
)
