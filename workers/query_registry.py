"""`query-registry`: ask the register of residents or of enterprises whether the application's facts are theirs."""

from __future__ import annotations

from collections.abc import Mapping

from bank.checks.fields import part, text
from bank.checks.findings import Finding, error, warning
from bank.systems import RegistryAnswer, RegistryStatus, Systems, SystemUnavailable
from engine.model.values import Value
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.attempts import unavailable
from workers.context import WorkerContext

_ORDER = (RegistryStatus.MATCH, RegistryStatus.MISMATCH, RegistryStatus.NOT_FOUND)  # the worst answer counts

_NOT_ASKED = warning(
    "individual.id_number",
    "registry_not_asked",
    "The register holds residents only; compare this document with its holder in person.",
    "登记系统仅收录居民身份信息，请当面核对该证件与持证人。",
)


def run(job: Job, context: WorkerContext) -> Result:
    """Verify the enterprise and its legal representative, or the individual."""
    application = part(job.variables, "application")
    try:
        answers = _ask(application, context.systems)
    except SystemUnavailable as refused:
        return unavailable(job, refused, "REGISTRY_UNAVAILABLE")
    if not answers:
        return Completed({"registry": _value(RegistryStatus.NOT_FOUND, [_NOT_ASKED], job)})
    status = max((answer.status for answer in answers.values()), key=_ORDER.index)
    findings = [finding for field, answer in answers.items() for finding in _findings(field, answer)]
    return Completed({"registry": _value(status, findings, job)})


def _value(status: RegistryStatus, findings: list[Finding], job: Job) -> Value:
    return {
        "status": status.value,
        "findings": [finding.value() for finding in findings],
        "checked_at": job.now.isoformat(),
    }


def _ask(application: Mapping[str, object], systems: Systems) -> dict[str, RegistryAnswer]:
    """The answers by the path of the party asked about."""
    if text(application, "kind") == "individual":
        return _resident("individual", part(application, "individual"), systems)
    enterprise, representative = part(application, "enterprise"), part(application, "legal_representative")
    answers = {}
    if text(enterprise, "uscc"):
        facts = {"name": text(enterprise, "name"), "legal_representative": text(representative, "name")}
        answers["enterprise"] = systems.enterprises.verify(text(enterprise, "uscc"), facts)
    return answers | _resident("legal_representative", representative, systems)


def _resident(field: str, person: Mapping[str, object], systems: Systems) -> dict[str, RegistryAnswer]:
    """The register holds residents only: passports and permits are compared with the document by a person."""
    if text(person, "id_type") not in {"", "resident_id"} or not text(person, "id_number"):
        return {}
    return {field: systems.residents.verify(text(person, "name"), text(person, "id_number"))}


def _findings(field: str, answer: RegistryAnswer) -> list[Finding]:
    if answer.status is RegistryStatus.NOT_FOUND:
        return [error(field, "registry_not_found", "The register does not know this party.", "登记系统中查无此主体。")]
    return [
        error(
            f"{field}.{name}",
            "registry_mismatch",
            "This differs from what the register holds.",
            "与登记系统中的信息不一致。",
        )
        for name in answer.differing
    ]


HANDLER = Handler[WorkerContext](
    type="query-registry",
    mode=Mode.REMOTE,
    run=run,
    name="联网核查登记信息",
    name_en="Query the registers",
    inputs=(Parameter(name="application", description="The application as entered"),),
    outputs=(Parameter(name="registry", description="status match, mismatch or not_found; findings; checked_at"),),
    errors=("REGISTRY_UNAVAILABLE",),
)
