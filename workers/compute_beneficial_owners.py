"""`compute-beneficial-owners`: who owns or controls the applicant in the end, with the arithmetic (R088)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bank.checks.fields import flag, number, part, rows, text
from bank.checks.ownership import BeneficialOwner, Holding, beneficial_owners
from bank.checks.resident_id import compact
from engine.model.values import Value
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext


def run(job: Job, context: WorkerContext) -> Result:
    """Read the owners list and follow every chain. Individuals own themselves: nothing to compute."""
    application = part(job.variables, "application")
    enterprise = part(application, "enterprise")
    exempt = text(application, "kind") == "individual" or text(enterprise, "entity_type") == "sole_trader"
    found = beneficial_owners(
        [_holding(owner) for owner in rows(application, "owners")],
        applicant=text(enterprise, "name"),
        sole_trader=exempt,
    )
    return Completed(
        {
            "ownership": {
                "beneficial_owners": [_value(owner) for owner in found.beneficial_owners],
                "layers": found.layers,
                "cycle": found.cycle,
                "complete": found.complete,
                "exempt": exempt,
                "findings": [finding.value() for finding in found.findings],
            }
        }
    )


def _holding(owner: Mapping[str, object]) -> Holding:
    return Holding(
        owner=text(owner, "name"),
        owned=text(owner, "owner_of"),
        percent=number(owner, "share_percent") or Decimal(0),
        person=text(owner, "kind") != "entity",
        control=flag(owner, "control"),
        id_number=compact(text(owner, "id_number")),
    )


def _value(owner: BeneficialOwner) -> Value:
    return {
        "name": owner.name,
        "share_percent": owner.share_percent,
        "paths": list(owner.paths),
        "by": owner.by,
    }


HANDLER = Handler[WorkerContext](
    type="compute-beneficial-owners",
    mode=Mode.LOCAL,
    run=run,
    name="识别受益所有人",
    name_en="Compute beneficial owners",
    inputs=(Parameter(name="application", description="The application with its list of owners"),),
    outputs=(
        Parameter(name="ownership", description="beneficial_owners with paths, layers, cycle, complete, findings"),
    ),
)
