"""Exclusive, parallel and inclusive gateways. Only open tokens are looked at; a token notes its flow."""

from __future__ import annotations

from collections.abc import Iterable

from SpiffWorkflow.util.task import TaskState

from engine.interpreter.definitions import Node, SequenceFlow
from engine.interpreter.elements.activities import unexpected
from engine.interpreter.elements.base import FlowNode
from engine.interpreter.errors import NoFlowFits
from engine.interpreter.tree import ProcessSpec, Task


class ChoosingGateway(FlowNode):
    """Takes outgoing flows by their conditions."""

    takes_all = False
    """Whether every flow whose condition holds is taken, or the first in document order only."""

    def execute(self, task: Task) -> bool:
        """Choose; a condition that is not true or false is an incident, as is no flow at all."""
        chosen: list[str] = []
        for sequence in self.outgoing:
            if sequence.is_default or (chosen and not self.takes_all):
                continue
            if sequence.condition is None or self._holds(task, sequence):
                chosen.append(sequence.flow.id)
        if not chosen:
            chosen = [sequence.flow.id for sequence in self.outgoing if sequence.is_default]
        if not chosen and self.outgoing:
            raise NoFlowFits(element=self.node.id)
        task.internal_data["chosen"] = chosen
        return True

    def _holds(self, task: Task, sequence: SequenceFlow) -> bool:
        assert sequence.condition is not None
        value = task.case.evaluate(task, sequence.condition)
        if not isinstance(value, bool):
            raise unexpected(self, f"conditionExpression ({sequence.flow.id})", "true or false", value)
        return value

    def flows_to_take(self, task: Task) -> Iterable[SequenceFlow]:
        """Those chosen."""
        chosen = task.internal_data["chosen"]
        return [sequence for sequence in self.outgoing if sequence.flow.id in chosen]


class ExclusiveGateway(ChoosingGateway):
    """One flow; every token that arrives passes."""


class ParallelGateway(FlowNode):
    """Waits for one token on each incoming flow, then puts one on each outgoing flow."""

    def admit(self, task: Task) -> bool:
        """Whether this token completes a set; the oldest waiting token of every other flow is consumed."""
        waiting = waiting_before(self, task)
        missing = [flow for flow in self.incoming if flow != task.internal_data["flow"]]
        partners = [next((token for token in waiting if token.internal_data["flow"] == flow), None) for flow in missing]
        if any(partner is None for partner in partners):
            task._set_state(TaskState.WAITING)
            return False
        for partner in partners:
            if partner is not None:
                partner.cancel()
        return True


class InclusiveGateway(ChoosingGateway):
    """Waits for the tokens that may still come, then takes every flow whose condition holds."""

    takes_all = True

    def __init__(self, spec: ProcessSpec, node: Node, name: str | None = None) -> None:
        super().__init__(spec, node, name)
        self.reach: dict[str, frozenset[str]] = {}
        """By spec name: those of our incoming flows that a token at that spec may still come by."""

    def admit(self, task: Task) -> bool:
        """With more than one incoming flow, always wait until nothing else moves."""
        if len(self.incoming) < 2:
            return True
        task._set_state(TaskState.WAITING)
        return False

    def reconsider(self, task: Task) -> bool:
        """Enter when no open token can still reach an empty incoming flow (BPMN 2.0, 13.4.3)."""
        if task.internal_data.get("entered") or len(self.incoming) < 2:
            return False
        others = waiting_before(self, task)
        arrived = {token.internal_data["flow"] for token in [task, *others]}
        empty = frozenset(self.incoming) - arrived
        for token in task.workflow.open_tasks():
            reach = self.reach.get(token.task_spec.name, frozenset())
            if token.task_spec is not self and reach & empty and not reach & arrived:
                return False
        used = {task.internal_data["flow"]}
        for other in others:
            if other.internal_data["flow"] not in used:
                used.add(other.internal_data["flow"])
                other.cancel()
        self.arrive(task)
        return True


def waiting_before(spec: FlowNode, task: Task) -> list[Task]:
    """The other tokens that a join holds back, oldest first."""
    return [
        token
        for token in task.workflow.open_tasks()
        if token.task_spec is spec
        and token is not task
        and token._state == TaskState.WAITING
        and not token.internal_data.get("entered")
    ]


def reachable_flows(gateway: FlowNode, specs: dict[str, FlowNode]) -> dict[str, frozenset[str]]:
    """By spec name: the gateway's incoming flows that can be reached from there without passing through it."""
    return {name: _reach(gateway, spec, specs) for name, spec in specs.items() if spec is not gateway}


def _reach(gateway: FlowNode, start: FlowNode, specs: dict[str, FlowNode]) -> frozenset[str]:
    found: set[str] = set()
    seen: set[str] = set()
    stack = [start]
    while stack:
        spec = stack.pop()
        if spec.name in seen or spec is gateway:
            continue
        seen.add(spec.name)
        for sequence in spec.outgoing:
            if sequence.flow.target == gateway.name:
                found.add(sequence.flow.id)
            stack.append(specs[sequence.flow.target])
        stack.extend(spec.boundary_events)
    return frozenset(found)
