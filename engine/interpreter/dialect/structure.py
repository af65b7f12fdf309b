"""How the elements of a process or sub-process hang together."""

from __future__ import annotations

from collections import Counter

from engine.interpreter.definitions import (
    Body,
    ErrorDefinition,
    MessageDefinition,
    Node,
    SequenceFlow,
    TimerDefinition,
)
from engine.interpreter.dialect import refusals
from engine.interpreter.dialect.nodes import ACTIVITIES
from engine.interpreter.dialect.problems import Problems
from engine.model.elements import ElementKind

_CHOOSING = (ElementKind.EXCLUSIVE_GATEWAY, ElementKind.INCLUSIVE_GATEWAY)


def check_structure(body: Body, problems: Problems) -> None:
    """Note everything that would not run as drawn."""
    nodes = {node.id: node for node in body.nodes}
    sound = [item for item in body.flows if _check_ends(item, nodes, problems)]
    outgoing: dict[str, list[SequenceFlow]] = {id_: [] for id_ in nodes}
    incoming = Counter(item.flow.target for item in sound)
    for item in sound:
        outgoing[item.flow.source].append(item)
    _check_starts(body, problems)
    _check_boundary_events(body, nodes, problems)
    for node in body.nodes:
        _check_conditions(node, outgoing[node.id], problems)
        if node.element.kind is ElementKind.EVENT_BASED_GATEWAY:
            _check_event_gateway(node, outgoing[node.id], nodes, incoming, problems)
        if not incoming[node.id] and node.element.kind not in (ElementKind.START_EVENT, ElementKind.BOUNDARY_EVENT):
            problems.refuse(node.id, refusals.UNREACHABLE)


def _check_ends(item: SequenceFlow, nodes: dict[str, Node], problems: Problems) -> bool:
    flow = item.flow
    if flow.source not in nodes or flow.target not in nodes:
        problems.refuse(flow.id, refusals.FLOW_ENDS)
        return False
    if (
        nodes[flow.target].element.kind in (ElementKind.START_EVENT, ElementKind.BOUNDARY_EVENT)
        or nodes[flow.source].element.kind is ElementKind.END_EVENT
    ):
        problems.refuse(flow.id, refusals.FLOW_DIRECTION)
        return False
    return True


def _check_starts(body: Body, problems: Problems) -> None:
    starts = [node for node in body.nodes if node.element.kind is ElementKind.START_EVENT]
    plain = [node for node in starts if node.event is None]
    inside = body.key != body.process_id
    if not starts and not inside:
        problems.refuse(body.id, refusals.NO_START)
    elif len(plain) > 1 or (inside and (len(plain), len(starts)) != (1, 1)):
        problems.refuse(body.id, refusals.PLAIN_STARTS)


def _check_boundary_events(body: Body, nodes: dict[str, Node], problems: Problems) -> None:
    errors: set[tuple[str, str | None]] = set()
    for node in body.nodes:
        if node.element.kind is not ElementKind.BOUNDARY_EVENT:
            continue
        host = nodes.get(node.attached_to or "")
        if host is None or host.element.kind not in ACTIVITIES:
            problems.refuse(node.id, refusals.ATTACHED_TO)
        elif isinstance(node.event, ErrorDefinition):
            if (host.id, node.event.code) in errors:
                problems.refuse(node.id, refusals.ERROR_TWICE)
            errors.add((host.id, node.event.code))


def _check_conditions(node: Node, outgoing: list[SequenceFlow], problems: Problems) -> None:
    choosing = node.element.kind in _CHOOSING
    for item in outgoing:
        if item.condition is not None and not choosing:
            problems.refuse(item.flow.id, refusals.CONDITION_ON_ACTIVITY)
        elif item.condition is not None and item.is_default:
            problems.refuse(item.flow.id, refusals.CONDITION_ON_DEFAULT)
        elif choosing and len(outgoing) > 1 and item.condition is None and not item.is_default:
            problems.refuse(item.flow.id, refusals.CONDITION_MISSING)


def _check_event_gateway(
    node: Node, outgoing: list[SequenceFlow], nodes: dict[str, Node], incoming: Counter[str], problems: Problems
) -> None:
    hosts = {other.attached_to for other in nodes.values()}
    targets = [nodes[item.flow.target] for item in outgoing]
    waits = all(
        target.element.kind in (ElementKind.INTERMEDIATE_CATCH_EVENT, ElementKind.RECEIVE_TASK)
        and isinstance(target.event, MessageDefinition | TimerDefinition)
        and target.loop is None
        and target.id not in hosts
        and incoming[target.id] == 1
        for target in targets
    )
    if len(targets) < 2 or not waits:
        problems.refuse(node.id, refusals.EVENT_GATEWAY)
