"""`adopt-parameter-change`: the next version of the parameters, agreed by three persons, exactly once (R008, R083)."""

from __future__ import annotations

from bank.calendar import is_public_business_day
from bank.checks.fields import part, whole
from bank.clock import local_date
from bank.parameters import BasisChanged, Change, ThreePersonsNeeded, read_proposal
from engine.worker_api import BpmnError, Completed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext

OVERTAKEN = "CHANGE_OVERTAKEN"
_PROPOSED, _CORRECTED, _CHECKED, _AGREED = "change_proposed", "correct_proposal", "check_effect", "agree_change"


def run(job: Job, context: WorkerContext) -> Result:
    """Adopt what was agreed. What another change, or the calendar, has overtaken meanwhile is examined again.

    The segregation of the diagram is held once more: raises ThreePersonsNeeded where it was got around.
    """
    parameters = context.bank.parameters
    current = parameters.newest(job.transaction)
    earlier = parameters.adoption_of(job.transaction, job.business_key)
    if earlier is not None:
        return _adopted(earlier.version)
    proposal = read_proposal(part(job.variables, "proposal"), current, local_date(job.now), is_public_business_day)
    if proposal.findings:
        return BpmnError(OVERTAKEN, "no longer in order")
    persons = job.performers((_PROPOSED, _CORRECTED, _CHECKED, _AGREED))
    proposed = persons.get(_CORRECTED, persons.get(_PROPOSED))
    three = {proposed, persons.get(_CHECKED), persons.get(_AGREED)}
    if None in three or len(three) < len((_PROPOSED, _CHECKED, _AGREED)):
        raise ThreePersonsNeeded()
    change = Change(
        kind=proposal.kind,
        name=proposal.name,
        business_key=job.business_key,
        proposed_by=proposed,
        checked_by=persons[_CHECKED],
        agreed_by=persons[_AGREED],
        reason=proposal.reason,
        adopted_at=job.now,
    )
    basis = whole(part(job.variables, "examination"), "basis")
    try:
        version = parameters.adopt(job.transaction, change, basis=basis or 0, value=proposal.value, days=proposal.days)
    except BasisChanged as overtaken:
        return BpmnError(OVERTAKEN, overtaken.message("en"))
    return _adopted(version)


def _adopted(version: int) -> Completed:
    return Completed({"adoption": {"version": version}})


HANDLER = Handler[WorkerContext](
    type="adopt-parameter-change",
    mode=Mode.LOCAL,
    run=run,
    name="参数新版本生效",
    name_en="Adopt a change of parameters",
    inputs=(
        Parameter(name="proposal", description="What was agreed"),
        Parameter(name="examination", description="The version it was checked against: basis"),
    ),
    outputs=(Parameter(name="adoption", description="version of the parameters from which the change holds"),),
    errors=(OVERTAKEN,),
)
