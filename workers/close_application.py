"""`close-application`: record how the application ended (R020)."""

from __future__ import annotations

from bank.checks.fields import part, text
from engine.worker_api import Completed, Failed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext

OUTCOMES = frozenset({"rejected", "withdrawn", "expired", "opened"})


def run(job: Job, context: WorkerContext) -> Result:
    """Close with the outcome the diagram names in the header `outcome`."""
    outcome = job.headers.get("outcome", "")
    if outcome not in OUTCOMES:
        return Failed(f"there is no outcome {outcome!r}")
    record = context.bank.applications.close(
        job.transaction,
        job.business_key,
        outcome,
        reason=text(part(job.variables, "closing"), "reason"),
        now=job.now,
    )
    return Completed(
        {"application_record": {"key": record.key, "customer_key": record.customer_key, "outcome": outcome}}
    )


HANDLER = Handler[WorkerContext](
    type="close-application",
    mode=Mode.LOCAL,
    run=run,
    name="办结开户申请",
    name_en="Close the application",
    inputs=(
        Parameter(name="business_key", description="Case number", type="string"),
        Parameter(name="closing", description="The reason; may be absent"),
    ),
    outputs=(Parameter(name="application_record", description="key, customer_key, outcome"),),
)
