"""Which nodes and flows of the diagrams were travelled by the scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.interpreter import ProcessModel
from engine.model.events import ElementCompleted, Event, FlowTaken


@dataclass
class Coverage:
    """Counts over several plays; nodes and flows are (process id, element id)."""

    processes: Mapping[str, ProcessModel]
    nodes: set[tuple[str, str]] = field(default_factory=set)
    flows: set[tuple[str, str]] = field(default_factory=set)

    def add(self, events: tuple[Event, ...]) -> None:
        """Count what a play completed and took."""
        for event in events:
            if isinstance(event, ElementCompleted):
                self.nodes.add((event.process, event.element))
            elif isinstance(event, FlowTaken):
                self.flows.add((event.process, event.flow))

    def all_nodes(self) -> set[tuple[str, str]]:
        """Every node of every process."""
        return {(id, element) for id, process in self.processes.items() for element in process.elements}

    def all_flows(self) -> set[tuple[str, str]]:
        """Every sequence flow of every process."""
        return {(id, flow) for id, process in self.processes.items() for flow in process.flows}

    def missing(self) -> list[tuple[str, str]]:
        """Nodes and flows no play has travelled, sorted."""
        return sorted((self.all_nodes() - self.nodes) | (self.all_flows() - self.flows))
