"""Where two parallel branches of a process write the same variable, so that the later one silently wins.

Branches share a scope (Camunda 8's rules), so this is allowed; an author rarely means it. What forms and messages
bring is not looked at: a form writes what a person entered, a message what its sender chose.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from engine.interpreter.concurrency import concurrent_nodes
from engine.interpreter.definitions import Body, Node
from engine.interpreter.process_model import ProcessModel

_Path = tuple[str, ...]
_Writes = dict[_Path, frozenset[str]]
"""By variable, or field of one: the elements that write it."""


@dataclass(frozen=True, kw_only=True)
class SharedWrite:
    """`variable` may be dotted; `elements` are at least two, in the diagram's order."""

    process: str
    variable: str
    elements: tuple[str, ...]


def shared_writes(
    process: str, processes: Mapping[str, ProcessModel], job_outputs: Mapping[str, Collection[str]]
) -> list[SharedWrite]:
    """Every variable of the process that parallel branches write, with the elements that do.

    `processes` has the called ones too; `job_outputs` are the variables each job type is declared to give.
    """
    model = processes[process]
    conflicts = _Search(processes, job_outputs).conflicts(model.body)
    return [
        SharedWrite(process=process, variable=variable, elements=tuple(id_ for id_ in model.elements if id_ in writers))
        for variable, writers in _merged(conflicts)
    ]


class _Search:
    def __init__(self, processes: Mapping[str, ProcessModel], job_outputs: Mapping[str, Collection[str]]) -> None:
        self._processes = processes
        self._job_outputs = job_outputs

    def conflicts(self, body: Body) -> Iterator[tuple[str, frozenset[str]]]:
        """Each variable that two nodes write at the same time, with the writers; inner bodies too."""
        together = concurrent_nodes(body)
        writes = {node.id: self._writes(node) for node in body.nodes}
        for first, second in combinations(body.nodes, 2):
            if second.id not in together[first.id]:
                continue
            for path, writers in writes[first.id].items():
                for other, other_writers in writes[second.id].items():
                    shared = min(path, other, key=len)
                    if path[: len(shared)] == other[: len(shared)]:
                        yield ".".join(shared), writers | other_writers
        for node in body.nodes:
            if node.body is not None:
                yield from self.conflicts(node.body)

    def _writes(self, node: Node) -> _Writes:
        """What the node writes into the scope around it."""
        local = {mapping.target.split(".")[0] for mapping in node.inputs}
        found = {path: ids for path, ids in self._results(node).items() if path[0] not in local}
        outputs = {tuple(mapping.target.split(".")): frozenset({node.id}) for mapping in node.outputs}
        loop = node.loop
        if loop is None:
            return found | outputs
        kept = local | {"loopCounter", loop.item, loop.result_variable, loop.output_collection}
        found = {path: ids for path, ids in (found | outputs).items() if path[0] not in kept}
        return found | ({(loop.output_collection,): frozenset({node.id})} if loop.output_collection else {})

    def _results(self, node: Node) -> _Writes:
        """What the node gives apart from its output mappings; with those, most nodes keep it to themselves."""
        if node.body is not None:
            return self._of_body(node.body)
        if node.outputs:
            return {}
        if node.call is not None:
            called = self._processes.get(node.call.process_id) if node.call.all_child_variables else None
            return {} if called is None else dict.fromkeys(self._of_body(called.body), frozenset({node.id}))
        names: Collection[str] = ()
        if node.job is not None:
            names = self._job_outputs.get(node.element.job_type or "", ())
        elif node.script is not None:
            names = (node.script.result,)
        elif node.decision is not None:
            names = (node.decision.result,)
        return {(name,): frozenset({node.id}) for name in names}

    def _of_body(self, body: Body) -> _Writes:
        found: _Writes = {}
        for node in body.nodes:
            for path, ids in self._writes(node).items():
                found[path] = found.get(path, frozenset()) | ids
        return found


def _merged(conflicts: Iterator[tuple[str, frozenset[str]]]) -> list[tuple[str, frozenset[str]]]:
    """One entry for all elements that meet at a variable, not one for each two of them."""
    merged: list[tuple[str, frozenset[str]]] = []
    for variable, writers in conflicts:
        met = [entry for entry in merged if entry[0] == variable and entry[1] & writers]
        merged = [entry for entry in merged if entry not in met]
        merged.append((variable, writers.union(*(known for _, known in met))))
    return merged
