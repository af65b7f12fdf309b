"""Which flow nodes of a diagram may be active at the same time.

Nodes and flows are the places of a net, entering and leaving a node its transitions. Two places are concurrent when
one step puts tokens on both, or when a step's inputs are all concurrent with the other place; the least relation
with these rules has every pair that can ever hold tokens at once, and for sound diagrams no other (Kovalyov, Esparza:
A polynomial algorithm to compute the concurrency relation of free-choice signal transition graphs, 1996).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.interpreter.definitions import Body, Node, SequenceFlow, TimerDefinition, TimerKind
from engine.model.elements import ElementKind

_ONE_FLOW_ONLY = (ElementKind.EXCLUSIVE_GATEWAY, ElementKind.EVENT_BASED_GATEWAY)


@dataclass(frozen=True)
class _Step:
    """Takes a token from each input place, puts one on each output place; not while one is on `unless`."""

    inputs: frozenset[int]
    outputs: frozenset[int]
    unless: int = 0


def concurrent_nodes(body: Body) -> dict[str, frozenset[str]]:
    """By node id: the nodes that may be active while it is; itself among them when two tokens may meet in it."""
    net = _Net(body)
    relation = _relation(net.steps, len(net.places))
    ids = {net.node(node.id): node.id for node in body.nodes}
    return {id_: frozenset(ids[at] for at in _bits(relation[place]) if at in ids) for place, id_ in ids.items()}


class _Net:
    """The places and steps of one body; sub-processes are nodes like others."""

    def __init__(self, body: Body) -> None:
        self.places: dict[tuple[str, str], int] = {}
        self.steps: list[_Step] = []
        self._body = body
        self._boundary: dict[str, list[Node]] = {node.id: [] for node in body.nodes}
        for node in body.nodes:
            if node.attached_to is not None:
                self._boundary[node.attached_to].append(node)
        for node in body.nodes:
            self._enter(node, [item for item in body.flows if item.flow.target == node.id])
            self._leave(node, [item for item in body.flows if item.flow.source == node.id])

    def node(self, id_: str) -> int:
        """The place of a node."""
        return self._place("node", id_)

    def _place(self, kind: str, id_: str) -> int:
        return self.places.setdefault((kind, id_), len(self.places))

    def _flows(self, flows: Iterable[SequenceFlow]) -> list[int]:
        return [self._place("flow", item.flow.id) for item in flows]

    def _step(self, inputs: Iterable[int], outputs: Iterable[int], unless: int = 0) -> None:
        self.steps.append(_Step(frozenset(inputs), frozenset(outputs), unless))

    def _enter(self, node: Node, incoming: list[SequenceFlow]) -> None:
        armed = [self._place("armed", event.id) for event in self._boundary[node.id] if _occurs_once(event)]
        if node.element.kind is ElementKind.PARALLEL_GATEWAY:
            if incoming:
                self._step(self._flows(incoming), [self.node(node.id)])
            return
        joins = node.element.kind is ElementKind.INCLUSIVE_GATEWAY and len(incoming) > 1
        unless = self._places_before(node.id) if joins else 0  # it waits for whatever can still come
        for flow in self._flows(incoming):
            self._step([flow], [self.node(node.id), *armed], unless)

    def _leave(self, node: Node, outgoing: list[SequenceFlow]) -> None:
        here, flows = self.node(node.id), self._flows(outgoing)
        if node.element.kind in _ONE_FLOW_ONLY:
            for flow in flows:
                self._step([here], [flow])
        elif flows:
            self._step([here], flows)
        for event in self._boundary[node.id]:
            if event.interrupting:
                self._step([here], [self.node(event.id)])
            elif _occurs_once(event):
                self._step([here, self._place("armed", event.id)], [here, self.node(event.id)])
            else:
                self._step([here], [here, self.node(event.id)])

    def _places_before(self, join: str) -> int:
        """The places from which a token can come to the join, as bits."""
        found: set[str] = {join}
        places, waiting = 0, [join]
        while waiting:
            at = waiting.pop()
            hosts = [node.attached_to for node in self._body.nodes if node.id == at and node.attached_to]
            for item in self._body.flows:
                if item.flow.target == at:
                    places |= 1 << self._place("flow", item.flow.id)
                    hosts.append(item.flow.source)
            for host in set(hosts) - found:
                found.add(host)
                places |= 1 << self.node(host)
                waiting.append(host)
        return places


def _occurs_once(event: Node) -> bool:
    """Whether a boundary event that does not interrupt can occur at most once while its activity is active."""
    once = isinstance(event.event, TimerDefinition) and event.event.kind is not TimerKind.CYCLE
    return once and not event.interrupting


def _relation(steps: list[_Step], places: int) -> list[int]:
    """By place: the places concurrent with it, as bits."""
    relation = [0] * places
    changed = True
    while changed:
        changed = False
        for step in steps:
            beside = ~step.unless
            for place in step.inputs:
                beside &= relation[place]
            outputs = sum(1 << place for place in step.outputs)
            for place in step.outputs:
                new = (beside | outputs & ~(1 << place)) & ~relation[place]
                relation[place] |= new
                for other in _bits(new):
                    relation[other] |= 1 << place
                changed = changed or new != 0
    return relation


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
