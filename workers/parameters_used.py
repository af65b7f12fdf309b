"""The parameters a case goes by, and the variable that says so."""

from __future__ import annotations

from collections.abc import Mapping

from bank.parameters import ParameterSet
from engine.model.values import Value
from engine.worker_api import Job, Parameter
from workers.context import WorkerContext

VARIABLE = "parameters_version"
OUTPUT = Parameter(name=VARIABLE, description="Version of the parameters the case goes by", type="number")


def parameters_of(job: Job, context: WorkerContext) -> ParameterSet:
    """The set the case was begun under, or the one in force for a case that does not say."""
    return context.bank.parameters.of_case(job.transaction, job.variables)


def used(job: Job, parameters: ParameterSet) -> Mapping[str, Value]:
    """What a handler returns besides its result, so that the case says by which version it was handled."""
    return {} if VARIABLE in job.variables else {VARIABLE: parameters.version}
