"""From what a diagram says to the graph that tokens move on."""

from __future__ import annotations

from collections.abc import Iterator

from engine.interpreter.definitions import (
    Body,
    ErrorDefinition,
    Node,
    TerminateDefinition,
)
from engine.interpreter.elements.activities import DecisionTask, Job, PlainTask, ScriptTask, UserTask
from engine.interpreter.elements.base import FlowNode
from engine.interpreter.elements.events import (
    BoundaryEvent,
    CatchEvent,
    EndEvent,
    ErrorEndEvent,
    EventBasedGateway,
    StartEvent,
    TerminateEndEvent,
)
from engine.interpreter.elements.gateways import (
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
    reachable_flows,
)
from engine.interpreter.elements.multi_instance import INNER, MultiInstanceBody
from engine.interpreter.elements.subprocesses import CallActivity, SubProcess
from engine.interpreter.tree import ProcessSpec
from engine.model.elements import ElementKind

_BY_KIND: dict[ElementKind, type[FlowNode]] = {
    ElementKind.START_EVENT: StartEvent,
    ElementKind.BOUNDARY_EVENT: BoundaryEvent,
    ElementKind.INTERMEDIATE_THROW_EVENT: PlainTask,
    ElementKind.TASK: PlainTask,
    ElementKind.MANUAL_TASK: PlainTask,
    ElementKind.USER_TASK: UserTask,
    ElementKind.RECEIVE_TASK: CatchEvent,
    ElementKind.INTERMEDIATE_CATCH_EVENT: CatchEvent,
    ElementKind.SUB_PROCESS: SubProcess,
    ElementKind.CALL_ACTIVITY: CallActivity,
    ElementKind.EXCLUSIVE_GATEWAY: ExclusiveGateway,
    ElementKind.PARALLEL_GATEWAY: ParallelGateway,
    ElementKind.INCLUSIVE_GATEWAY: InclusiveGateway,
    ElementKind.EVENT_BASED_GATEWAY: EventBasedGateway,
}


def graphs_of(body: Body) -> Iterator[ProcessSpec]:
    """The graph of a process or sub-process, then those of the sub-processes inside."""
    spec = ProcessSpec(body)
    by_id: dict[str, FlowNode] = {}
    for node in body.nodes:
        by_id[node.id] = _flow_node(spec, node)
    _connect(body, by_id)
    for flow_node in list(by_id.values()):
        if isinstance(flow_node, MultiInstanceBody):
            by_id[flow_node.inner.name] = flow_node.inner
    for flow_node in by_id.values():
        if isinstance(flow_node, InclusiveGateway):
            flow_node.reach = reachable_flows(flow_node, by_id)
    starts = [node for node in body.nodes if node.element.kind is ElementKind.START_EVENT and node.event is None]
    spec.plain_start = starts[0].id if len(starts) == 1 else ""
    yield spec
    for node in body.nodes:
        if node.body is not None:
            yield from graphs_of(node.body)


def _flow_node(spec: ProcessSpec, node: Node) -> FlowNode:
    behaviour = _behaviour(node)
    if node.loop is None:
        return behaviour(spec, node)
    return MultiInstanceBody(spec, node, behaviour(spec, node, node.id + INNER))


def _behaviour(node: Node) -> type[FlowNode]:
    kind = node.element.kind
    if node.job is not None:
        return Job
    if kind is ElementKind.SCRIPT_TASK:
        return ScriptTask
    if kind is ElementKind.BUSINESS_RULE_TASK:
        return DecisionTask
    if kind is ElementKind.END_EVENT:
        return {ErrorDefinition: ErrorEndEvent, TerminateDefinition: TerminateEndEvent}.get(type(node.event), EndEvent)
    return _BY_KIND[kind]


def _connect(body: Body, by_id: dict[str, FlowNode]) -> None:
    for sequence in body.flows:
        source, target = by_id[sequence.flow.source], by_id[sequence.flow.target]
        source.connect(target)
        source.outgoing += (sequence,)
        target.incoming += (sequence.flow.id,)
    for flow_node in list(by_id.values()):
        attached_to = flow_node.node.attached_to
        if attached_to is not None and isinstance(flow_node, BoundaryEvent):
            by_id[attached_to].boundary_events += (flow_node,)
