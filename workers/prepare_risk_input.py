"""`prepare-risk-input`: the facts of the case as the factors the rating table weighs (R022)."""

from __future__ import annotations

from bank.checks.fields import part
from bank.checks.risk_input import risk_input
from bank.clock import local_date
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext


def run(job: Job, context: WorkerContext) -> Result:
    """Gather what identification, screening and ownership found."""
    prepared = risk_input(
        part(job.variables, "application"),
        part(job.variables, "screening"),
        part(job.variables, "ownership"),
        part(job.variables, "screening_clearance"),
        local_date(job.now),
    )
    return Completed({"risk_input": prepared})


HANDLER = Handler[WorkerContext](
    type="prepare-risk-input",
    mode=Mode.LOCAL,
    run=run,
    name="准备风险评级要素",
    name_en="Prepare the risk factors",
    inputs=(
        Parameter(name="application", description="The application as entered"),
        Parameter(name="screening", description="Result of screening"),
        Parameter(name="ownership", description="Beneficial owners, layers and cycles"),
        Parameter(name="screening_clearance", description="The risk officer's decision on hits; may be absent"),
    ),
    outputs=(Parameter(name="risk_input", description="Six factors 1..5 and the facts that override the score"),),
)
