"""`examine-parameter-change`: hold a proposed change against the parameters in force (R008, R039)."""

from __future__ import annotations

from bank.calendar import is_public_business_day
from bank.checks.fields import part
from bank.checks.findings import Finding
from bank.clock import local_date
from bank.parameters import Difference, Proposal, read_proposal
from engine.model.values import Value
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext


def run(job: Job, context: WorkerContext) -> Result:
    """Say what is wrong with it, what it changes, and which version of the thing it is based on."""
    parameters = context.bank.parameters
    current = parameters.newest(job.transaction)
    proposal = read_proposal(part(job.variables, "proposal"), current, local_date(job.now), is_public_business_day)
    return Completed(
        {
            "examination": {
                "valid": not proposal.findings,
                "findings": [_finding(each) for each in proposal.findings],
                "changes": [_change(each) for each in proposal.differences],
                "basis": _basis(job, context, proposal),
                "step_business_days": current.integer("parameter_change_business_days"),
            }
        }
    )


def _basis(job: Job, context: WorkerContext, proposal: Proposal) -> int:
    return context.bank.parameters.last_change(job.transaction, proposal.kind, proposal.name)


def _finding(found: Finding) -> Value:
    return {"field": found.field, "code": found.code, "reason_zh": found.zh, "reason_en": found.en}


def _change(difference: Difference) -> Value:
    said = {"changed": difference.subject, "in_force": difference.before, "proposed": difference.after}
    return {f"{name}_{language}": words[at] for name, words in said.items() for at, language in enumerate(("zh", "en"))}


HANDLER = Handler[WorkerContext](
    type="examine-parameter-change",
    mode=Mode.LOCAL,
    run=run,
    name="检查参数变更",
    name_en="Examine a change of parameters",
    inputs=(Parameter(name="proposal", description="What is to change: kind, name and value, or days; reason"),),
    outputs=(
        Parameter(
            name="examination",
            description="valid, findings by field, changes before and after, basis (version), step_business_days",
        ),
    ),
)
