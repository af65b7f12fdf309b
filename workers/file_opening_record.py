"""`file-opening-record`: report the opened account to the filing office on the same day (银发〔2019〕41号)."""

from __future__ import annotations

from bank.checks.fields import part, text
from bank.clock import local_date
from bank.systems import SystemUnavailable
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.attempts import unavailable
from workers.context import WorkerContext


def run(job: Job, context: WorkerContext) -> Result:
    """File once per job, however often it is tried."""
    application, account = part(job.variables, "application"), part(job.variables, "account")
    holder = part(application, "individual" if text(application, "kind") == "individual" else "enterprise")
    record = {
        "case_number": job.business_key,
        "account_number": text(account, "number"),
        "account_type": text(application, "account_type"),
        "holder": text(holder, "name"),
        "holder_id": text(holder, "uscc") or text(holder, "id_number"),
        "opened_on": local_date(job.now).isoformat(),
    }
    try:
        receipt = context.systems.filing.file_opening(record, idempotency_key=job.idempotency_key, now=job.now)
    except SystemUnavailable as refused:
        return unavailable(job, refused, "FILING_UNAVAILABLE")
    return Completed({"filing": {"reference": receipt.reference, "filed_at": receipt.filed_at.isoformat()}})


HANDLER = Handler[WorkerContext](
    type="file-opening-record",
    mode=Mode.REMOTE,
    run=run,
    name="报备开户信息",
    name_en="File the opening",
    inputs=(
        Parameter(name="application", description="The application as entered"),
        Parameter(name="account", description="The opened account: number"),
    ),
    outputs=(Parameter(name="filing", description="reference and filed_at of the filing office's receipt"),),
    errors=("FILING_UNAVAILABLE",),
)
