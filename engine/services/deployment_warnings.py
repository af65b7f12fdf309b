"""What a deployment is told although nothing is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.interpreter import ProcessModel, SharedWrite, shared_writes
from engine.services.answers import DeploymentWarning
from engine.services.deployment_checks import Checked
from engine.store.states import LinkKind
from engine.worker_api import Handler

SHARED_WRITE = "shared_write"


def warnings_of(checked: Checked, handlers: Mapping[str, Handler[Any]]) -> tuple[DeploymentWarning, ...]:
    """Variables that parallel branches of one process write, by process and in the order of its diagram."""
    outputs = {type_: [parameter.name for parameter in handler.outputs] for type_, handler in handlers.items()}
    return tuple(
        _shared_write(found, processes[process_id], checked.source[LinkKind.PROCESS, process_id])
        for process_id, processes in sorted(checked.closures.items())
        for found in shared_writes(process_id, processes, outputs)
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
