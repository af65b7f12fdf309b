"""Multi-instance activities, parallel and sequential.

The body stands on the diagram's flows, under the element's own id; its children are tokens of a second spec.
The body keeps counters only: the collection is evaluated again for each child of a sequential one.

A child that only waits for a person or worker is kept as one bit of its body (`TokenTree.folded`), and is a token
again when somebody asks for it: what a completion costs does not grow with the children that wait beside it. One with
an inside is a branch (`engine.interpreter.branches`).
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.interpreter.branches import places, unfold_on
from engine.interpreter.definitions import LoopDefinition, Node
from engine.interpreter.elements.activities import unexpected
from engine.interpreter.elements.base import FlowNode
from engine.interpreter.tree import Cancelling, ProcessSpec, Task

INNER = "#item"
"""Ends the name of the spec that children run; no BPMN id contains it."""


class MultiInstanceBody(FlowNode):
    """The body around the children."""

    def __init__(self, spec: ProcessSpec, node: Node, inner: FlowNode) -> None:
        super().__init__(spec, node)
        self.inner = inner

    @property
    def loop(self) -> LoopDefinition:
        """Collection, item and results."""
        assert self.node.loop is not None
        return self.node.loop

    def prepare(self, task: Task) -> bool:
        """Check the collection before anything waits; inputs belong to the children."""
        self._items(task)
        self.arm_boundary_events(task)
        return True

    def execute(self, task: Task) -> bool:
        """First time: make the children. Second time: all have ended."""
        if "count" in task.internal_data:
            return True
        items = self._items(task)
        scopes = task.case.scopes
        scopes.open(task.number, task.case.flow_scope(task))
        if self.loop.output_collection:
            scopes.write(task.number, self.loop.output_collection, [None] * len(items))
        task.internal_data.update(count=len(items), done=0)
        if not items:
            return True
        if not self.loop.sequential:
            task.internal_data["first"] = task.case.last_number + 1  # the children's numbers follow each other
        for index in range(1 if self.loop.sequential else len(items)):
            self._make_child(task, index, items)
        return False

    def _items(self, task: Task) -> list[Any]:
        items = task.case.evaluate(task, self.loop.collection)
        if not isinstance(items, list):
            raise unexpected(self, "inputCollection", "a list", items)
        return items

    def _make_child(self, task: Task, index: int, items: list[Any]) -> None:
        child = task.add(self.inner)
        child.triggered = True
        child.internal_data["index"] = index
        scopes = task.case.scopes
        scopes.open(child.number, task.number)
        scopes.write(child.number, "loopCounter", index + 1)
        if self.loop.item:
            scopes.write(child.number, self.loop.item, items[index])
        result = self.loop.result_variable
        if result and result not in scopes.values(child.number):
            scopes.write(child.number, result, None)  # so that the child's result stays with the child
        self.inner._update(child)

    def collect(self, body: Task, child: Task) -> None:
        """Put the child's output element at the place of its item."""
        case, loop = body.case, self.loop
        if loop.output_collection and loop.output_element:
            value = case.evaluate(child, loop.output_element)
            case.scopes.put_item(body.number, loop.output_collection, child.internal_data["index"], value)
        child.internal_data["stop"] = loop.until is not None and case.evaluate(child, loop.until) is True

    def child_done(self, body: Task, child: Task) -> None:
        """Count; then end, or make the next child."""
        data = body.internal_data
        data["done"] += 1
        if child.internal_data["stop"]:
            self._unfold_all(body)
            for other in sorted(body.children, key=lambda task: task.number):
                if other is not child and not other.task_spec.attached:
                    other.cancel()
        if child.internal_data["stop"] or data["done"] == data["count"]:
            body.case.clear_incident(body)
            body._ready()
        elif self.loop.sequential:
            body.case.attempt(body, "next", self.next_child)

    def next_child(self, body: Task) -> None:
        """Make the next child of a sequential body; also tried again after an incident."""
        items = self._items(body)
        index = body.internal_data["done"]
        if index < len(items):
            self._make_child(body, index, items)
        else:  # the collection has become shorter
            body._ready()

    def abandon(self, task: Task) -> Cancelling:
        """The children follow by themselves, once they are tokens again."""
        self._unfold_all(task)
        return super().abandon(task)

    def _unfold_all(self, body: Task) -> None:
        for index in places(body.case.folded.get(body.number, 0)):
            self.unfold(body, index)
        unfold_on(body)

    def unfold(self, body: Task, index: int) -> Task:
        """Make the token of a child of which only a bit was kept, as it was when it began to wait."""
        case = body.case
        child = Task(body.workflow, self.inner, body, TaskState.STARTED, body.internal_data["first"] + index)
        child.triggered = True
        child.internal_data = _waiting(child, index)
        case.scopes.restore(child.number, body.number, set())
        left = case.folded[body.number] ^ 1 << index
        if left:
            case.folded[body.number] = left
        else:
            del case.folded[body.number]
        return child

    def leave(self, task: Task) -> None:
        """Hand the results outwards."""
        if self.loop.output_collection:
            results = task.case.scopes.values(task.number).get(self.loop.output_collection)
            if task.number in task.case.scopes:
                task.case.scopes.propagate(task.case.flow_scope(task), {self.loop.output_collection: results})


def only_waits(task: Task) -> bool:
    """Whether a token is a child of a parallel body, as it was when it began to wait: then one bit tells all of it."""
    if not task.triggered or task.number in task.case.incidents or task._children:
        return False
    first = task.parent.internal_data.get("first")
    return first is not None and task.internal_data == _waiting(task, task.number - first)


def _waiting(child: Task, index: int) -> dict[str, Any]:
    return {"entered": True, "index": index, "waits": child.task_spec.waits_for}
