"""`close-ledger-account`: close a voided account in the core ledger, so that nothing can be booked to it (R026)."""

from __future__ import annotations

from bank.checks.fields import part, text
from bank.systems import SystemUnavailable
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.attempts import unavailable
from workers.context import WorkerContext


def run(job: Job, context: WorkerContext) -> Result:
    """Close once per account number, however often it is tried and by whichever job."""
    number = text(part(job.variables, "account"), "number")
    try:
        closed = context.systems.ledger.close_account(number, idempotency_key=job.idempotency_key, now=job.now)
    except SystemUnavailable as refused:
        return unavailable(job, refused, "LEDGER_UNAVAILABLE")
    return Completed({"ledger_closing": {"reference": closed.reference, "closed_at": closed.closed_at.isoformat()}})


HANDLER = Handler[WorkerContext](
    type="close-ledger-account",
    mode=Mode.REMOTE,
    run=run,
    name="核心系统销户",
    name_en="Close in the core ledger",
    inputs=(Parameter(name="account", description="The voided account: number"),),
    outputs=(Parameter(name="ledger_closing", description="reference and closed_at of the core ledger"),),
    errors=("LEDGER_UNAVAILABLE",),
)
