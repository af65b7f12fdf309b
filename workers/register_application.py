"""`register-application`: write the application and its customer into the bank's records (R020)."""

from __future__ import annotations

from bank.checks.fields import part
from engine.model.values import Value
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext
from workers.parameters_used import OUTPUT, parameters_of, used


def run(job: Job, context: WorkerContext) -> Result:
    """Create or update the one record of this case: repeating it makes no second one.

    The case goes by the parameters in force now, to its end.
    """
    record = context.bank.applications.register(
        job.transaction, job.business_key, part(job.variables, "application"), now=job.now
    )
    kept: Value = {"key": record.key, "customer_key": record.customer_key}
    return Completed({"application_record": kept, **used(job, parameters_of(job, context))})


HANDLER = Handler[WorkerContext](
    type="register-application",
    mode=Mode.LOCAL,
    run=run,
    name="登记开户申请",
    name_en="Register the application",
    inputs=(
        Parameter(name="business_key", description="Case number", type="string"),
        Parameter(name="application", description="The application as entered"),
    ),
    outputs=(Parameter(name="application_record", description="key of the record and customer_key"), OUTPUT),
)
