"""`screen-names`: everybody in the application against the sanction and PEP lists (R088)."""

from __future__ import annotations

from bank.checks.fields import part
from bank.checks.parties import parties
from bank.checks.screening import result_of, unreadable
from bank.clock import local_date
from bank.systems import SystemUnavailable
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.attempts import unavailable
from workers.context import WorkerContext


def run(job: Job, context: WorkerContext) -> Result:
    """Screen; a provider that does not answer, or a name it cannot read, is never "no hit": a person decides."""
    subjects = parties(part(job.variables, "application"), local_date(job.now))
    try:
        answer = context.systems.screening.screen(subjects)
    except SystemUnavailable as refused:
        return unavailable(job, refused, "SCREENING_UNAVAILABLE")
    hits = [*answer.hits, *unreadable(subjects)]
    return Completed(
        {
            "screening": {
                "result": result_of(hits),
                "list_version": answer.list_version,
                "screened_at": job.now.isoformat(),
                "names_screened": len(subjects),
                "hits": [hit.value() for hit in hits],
            }
        }
    )


HANDLER = Handler[WorkerContext](
    type="screen-names",
    mode=Mode.REMOTE,
    run=run,
    name="名单筛查",
    name_en="Screen names",
    inputs=(Parameter(name="application", description="The application as entered"),),
    outputs=(Parameter(name="screening", description="result clear, review or hold; list_version; explained hits"),),
    errors=("SCREENING_UNAVAILABLE",),
)
