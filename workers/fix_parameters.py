"""`fix-parameters`: the version of the parameters a case goes by from its beginning to its end."""

from __future__ import annotations

from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext
from workers.parameters_used import OUTPUT, VARIABLE, parameters_of


def run(job: Job, context: WorkerContext) -> Result:
    """The version in force, or the one fixed before when the step is repeated."""
    return Completed({VARIABLE: parameters_of(job, context).version})


HANDLER = Handler[WorkerContext](
    type="fix-parameters",
    mode=Mode.LOCAL,
    run=run,
    name="确定参数版本",
    name_en="Fix the version of the parameters",
    inputs=(Parameter(name=VARIABLE, description="The version fixed before, if any", type="number"),),
    outputs=(OUTPUT,),
)
