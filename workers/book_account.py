"""`book-account`: register the opened account in the core ledger, so that it can carry a balance (R025)."""

from __future__ import annotations

from bank.checks.fields import part, text, whole
from bank.systems import SystemUnavailable
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.attempts import unavailable
from workers.context import WorkerContext


def run(job: Job, context: WorkerContext) -> Result:
    """Book once per account number, however often it is tried and by whichever job."""
    application, account = part(job.variables, "application"), part(job.variables, "account")
    limits = part(job.variables, "limits")
    record = {
        "account_number": text(account, "number"),
        "account_type": text(application, "account_type"),
        "currency": "CNY",
        "case_number": job.business_key,
        "single_fen": whole(limits, "single_fen"),
        "daily_fen": whole(limits, "daily_fen"),
    }
    try:
        receipt = context.systems.ledger.book_account(record, idempotency_key=job.idempotency_key, now=job.now)
    except SystemUnavailable as refused:
        return unavailable(job, refused, "LEDGER_UNAVAILABLE")
    return Completed({"ledger": {"reference": receipt.reference, "booked_at": receipt.booked_at.isoformat()}})


HANDLER = Handler[WorkerContext](
    type="book-account",
    mode=Mode.REMOTE,
    run=run,
    name="核心系统建账",
    name_en="Book in the core ledger",
    inputs=(
        Parameter(name="application", description="The approved application"),
        Parameter(name="account", description="The opened account: number"),
        Parameter(name="limits", description="The stored limits, in fen"),
    ),
    outputs=(Parameter(name="ledger", description="reference and booked_at of the core ledger's receipt"),),
    errors=("LEDGER_UNAVAILABLE",),
)
