"""`write-operation-log`: the node 系统日志: what was done in the case, in one sealed summary (R048)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from bank.checks.fields import part, text
from engine.model.values import Value, dumps, normalise
from engine.worker_api import Completed, Handler, Job, Mode, Parameter, Result
from workers.context import WorkerContext

_CONTROL_POINTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("identity", "CP1", ("passed",)),
    ("registry", "CP1", ("status", "checked_at")),
    ("screening", "CP1", ("result", "list_version", "screened_at")),
    ("ownership", "CP1", ("complete", "cycle", "layers")),
    ("rating", "CP2", ("score", "band", "due_diligence")),
    ("approval", "CP2", ("tier", "group")),
    ("approval_decision", "CP2", ("decision",)),
    ("agreement", "CP2", ("version",)),
    ("consent", "CP2", ("version", "consented_at", "read_seconds")),
    ("limits", "CP3", ("single_fen", "daily_fen", "yearly_fen")),
    ("account", "CP3", ("key", "status")),
    ("filing", "CP3", ("reference", "filed_at")),
)
"""Facts without personal data, by variable: the log is read by more people than the case."""


def run(job: Job, context: WorkerContext) -> Result:
    """Gather what each control point left behind; a step that left nothing is listed as missing."""
    steps: list[Value] = []
    missing: list[Value] = []
    for name, control_point, facts in _CONTROL_POINTS:
        found = part(job.variables, name)
        if found:
            steps.append({"step": name, "control_point": control_point, "facts": _facts(found, facts)})
        else:
            missing.append(name)
    summary = {
        "case_number": job.business_key,
        "account_key": part(job.variables, "account").get("key"),
        "account_type": text(part(job.variables, "application"), "account_type"),
        "recorded_at": job.now.isoformat(),
        "steps": steps,
        "missing": missing,
    }
    seal = hashlib.sha256(dumps(normalise(summary))).hexdigest()
    return Completed({"operation_log": {**summary, "digest": seal}})


def _facts(found: Mapping[str, object], names: tuple[str, ...]) -> Value:
    return normalise({name: found[name] for name in names if name in found})


HANDLER = Handler[WorkerContext](
    type="write-operation-log",
    mode=Mode.LOCAL,
    run=run,
    name="登记系统日志",
    name_en="Write the operation log",
    inputs=(
        Parameter(name="business_key", description="Case number", type="string"),
        Parameter(name="account", description="The opened account"),
    ),
    outputs=(Parameter(name="operation_log", description="Steps by control point, what is missing, and a digest"),),
)
