"""What a deployment is told although nothing is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.decisions import DecisionModel
from engine.decisions.table_checks import Finding, check_tables
from engine.interpreter import ProcessModel, SharedWrite, shared_writes
from engine.services.answers import DeploymentWarning
from engine.services.deployment_checks import Checked
from engine.store.states import LinkKind
from engine.worker_api import Handler

SHARED_WRITE = "shared_write"


def warnings_of(checked: Checked, handlers: Mapping[str, Handler[Any]]) -> tuple[DeploymentWarning, ...]:
    """Variables that parallel branches of one process write, then what is found in the decision tables.

    By process and in the order of its diagram, and by file and in its order.
    """
    outputs = {type_: [parameter.name for parameter in handler.outputs] for type_, handler in handlers.items()}
    writes = [
        _shared_write(found, processes[process_id], checked.source[LinkKind.PROCESS, process_id])
        for process_id, processes in sorted(checked.closures.items())
        for found in shared_writes(process_id, processes, outputs)
    ]
    return (*writes, *_table_warnings(checked))


def _table_warnings(checked: Checked) -> Iterator[DeploymentWarning]:
    for model in checked.models:
        files = [checked.source.get((LinkKind.DECISION, id_)) for id_ in model.decisions]
        resource = next((name for name in files if name), model.name)
        for finding in check_tables(model):
            yield _table_warning(finding, model, resource)


def _table_warning(finding: Finding, model: DecisionModel, resource: str) -> DeploymentWarning:
    holder = model.decisions.get(finding.holder) or model.functions.get(finding.holder)
    name = holder.name if holder else finding.holder
    name_en = getattr(holder, "name_en", "") or name
    return DeploymentWarning(
        resource=resource,
        decision_id=finding.holder,
        code=finding.code.value,
        elements=(finding.holder, *(rule.id for rule in finding.rules)),
        text_en=f"Decision “{name_en}”: {finding.text('en')}",
        text_zh=f"决策“{name}”：{finding.text('zh')}",
    )


def _shared_write(found: SharedWrite, model: ProcessModel, resource: str) -> DeploymentWarning:
    named = [f"{model.elements[id_].name} ({id_})" if model.elements[id_].name else id_ for id_ in found.elements]
    return DeploymentWarning(
        resource=resource,
        process_id=found.process,
        code=SHARED_WRITE,
        elements=found.elements,
        text_en=(
            f"Parallel branches write the same variable {found.variable}: {', '.join(named)}. The later one "
            "overwrites the earlier; give each branch a variable of its own by an output mapping."
        ),
        text_zh=(
            f"并行分支写入同一变量 {found.variable}：{'、'.join(named)}。后写入的值会覆盖先写入的值，"
            "请用输出映射为各分支指定不同的变量。"
        ),
    )
