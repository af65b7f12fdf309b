"""`record-consent`: see that the customer signed what was prepared, and keep the consent as evidence (R024)."""

from __future__ import annotations

from bank.agreements import Objection, SignedConsent, check_consent
from bank.checks.fields import part
from engine.model.values import Value
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext
from workers.parameters_used import OUTPUT, parameters_of, used

_MINIMUM = "agreement_minimum_reading_seconds"


def run(job: Job, context: WorkerContext) -> Result:
    """Check and record in the command's transaction; a consent that does not count is not recorded."""
    parameters = parameters_of(job, context)
    checked = check_consent(
        context.bank.agreements,
        part(job.variables, "consent"),
        part(job.variables, "agreement"),
        part(job.variables, "application"),
        now=job.now,
        minimum_seconds=parameters.integer(_MINIMUM),
    )
    check: Value
    if isinstance(checked, Objection):
        check = {"valid": False, "reason": checked.code, "reason_zh": checked.zh, "reason_en": checked.en}
    else:
        _record(job, context, checked)
        check = {"valid": True, "reason": None, "reason_zh": None, "reason_en": None}
    return Completed({"consent_check": check, **used(job, parameters)})


def _record(job: Job, context: WorkerContext, signed: SignedConsent) -> None:
    context.bank.agreements.record_consent(
        job.transaction,
        business_key=job.business_key,
        version=signed.version,
        digest=signed.digest,
        terms_digest=signed.terms_digest,
        signed_by=signed.signed_by,
        read_seconds=signed.read_seconds,
        consented_at=signed.consented_at,
        now=job.now,
    )


HANDLER = Handler[WorkerContext](
    type="record-consent",
    mode=Mode.LOCAL,
    run=run,
    name="核验并记录客户同意",
    name_en="Check and record the customer's consent",
    inputs=(
        Parameter(
            name="consent",
            description="What was signed: version, digest, terms_digest, signed_by, read_seconds, consented_at",
        ),
        Parameter(name="agreement", description="The agreement the bank prepared, with its terms"),
        Parameter(name="application", description="The application: which agreement is in force, and who may sign"),
    ),
    outputs=(
        Parameter(name="consent_check", description="valid; else reason (code) and its sentences reason_zh, reason_en"),
        OUTPUT,
    ),
)
