"""What all flow nodes do: variables in and out, boundary events, tokens along the outgoing flows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.interpreter.definitions import Node, SequenceFlow, VariableMapping
from engine.interpreter.tree import Cancelling, ProcessSpec, Task
from engine.model.events import ElementCompleted, FlowTaken
from engine.model.values import Value

if TYPE_CHECKING:
    from engine.interpreter.elements.events import BoundaryEvent


class FlowNode(BpmnSpecMixin):  # type: ignore[misc]  # the library is untyped
    """The spec of one flow node. The life of a token at it:

    `admit` (joins hold it back) → entered → `prepare` (inputs, boundary events, waits) → `execute` →
    waits or → `leave` (outputs) → completed → outgoing flows. Each of prepare, execute and leave may
    fail: then the token has an incident and the same step is tried again when that is resolved.
    """

    attached = False
    """Whether it is a boundary event."""

    waits_for: str | None = None
    """Who is awaited when `execute` has said that the element waits; written in the token's `waits`."""

    def __init__(self, spec: ProcessSpec, node: Node, name: str | None = None) -> None:
        super().__init__(spec, name or node.id)
        self.node = node
        self.kind = node.element.kind.value
        self.place = {"element": node.element.id, "process": node.element.process_id}
        """Of every event at this node."""
        self.outgoing: tuple[SequenceFlow, ...] = ()
        self.incoming: tuple[str, ...] = ()
        self.boundary_events: tuple[BoundaryEvent, ...] = ()

    def test(self) -> None:
        """The library wants an input for every spec; start and boundary events have none."""

    def _update(self, task: Task) -> None:
        if self.admit(task):
            self.arrive(task)

    def admit(self, task: Task) -> bool:
        """Whether a token that came along a flow enters now; False: it waits before the element."""
        return True

    def reconsider(self, task: Task) -> bool:
        """Let a token in that `admit` held back, if it may come in now; whether it did."""
        return False

    def arrive(self, task: Task) -> None:
        """The token enters."""
        task.case.enter(task)
        self.activate(task)

    def activate(self, task: Task) -> None:
        """Prepare the element, or try again after an incident."""
        task._set_state(TaskState.WAITING)
        done, ready = task.case.attempt(task, "enter", self.prepare)
        if done and ready:
            task._ready()

    def prepare(self, task: Task) -> bool:
        """Evaluate inputs, arm boundary events; whether the element may be executed at once."""
        self.read_inputs(task)
        self.arm_boundary_events(task)
        return True

    def read_inputs(self, task: Task) -> None:
        """Input mappings create variables in the element's own scope."""
        if not self.node.inputs:
            return
        case = task.case
        case.scopes.open(task.number, case.flow_scope(task))
        for mapping in self.node.inputs:
            value = case.evaluate(task, mapping.source)
            _assign(task, task.number, mapping, value, {})

    def arm_boundary_events(self, task: Task) -> None:
        """Timers and messages attached to the element begin to wait."""
        if not self.boundary_events:
            return
        armed = {child.task_spec.name for child in task.children}  # when tried again after an incident
        for event in self.boundary_events:
            if event.name not in armed:
                event.arm(task)

    def execute(self, task: Task) -> bool:
        """Do the element's work; False when it now waits for someone."""
        return True

    def leave(self, task: Task) -> None:
        """Evaluate output mappings into the scope around."""
        if self.node.outputs:
            results: dict[str, Value] = {}
            for mapping in self.node.outputs:
                _assign(task, task.case.flow_scope(task), mapping, task.case.evaluate(task, mapping.source), results)
            # a multi-instance child keeps what its output element reads
            task.case.scopes.propagate(task.number if task.triggered else task.case.flow_scope(task), results)
        if task.triggered:
            body = task.parent
            body.task_spec.collect(body, task)

    def abandon(self, task: Task) -> Cancelling:
        """Hand out what is inside to be cancelled; the library's children of the token follow by themselves."""
        return iter(())

    def collect(self, body: Task, child: Task) -> None:
        """Take over the result of a multi-instance child that is leaving."""
        raise NotImplementedError  # only multi-instance bodies have such children

    def child_done(self, body: Task, child: Task) -> None:
        """A multi-instance child has completed."""
        raise NotImplementedError  # only multi-instance bodies have such children

    def unfold(self, body: Task, index: int) -> Task:
        """Make the token of an item of which only a bit was kept."""
        raise NotImplementedError  # only multi-instance bodies have such children

    def _on_complete(self, task: Task) -> None:
        """The tokens that follow are put in the task's place and arrive once it has gone (`compaction`)."""
        tokens = self._finish(task)
        workflow = task.workflow
        workflow.remove(task)
        for token in tokens:
            if token.number in workflow.tasks:
                token.task_spec._update(token)
        if len(workflow.tasks) == 1:  # the root, which is no token
            workflow.on_empty()

    def _finish(self, task: Task) -> list[Task]:
        """End the element instance; the tokens that follow it."""
        case = task.case
        case.end_wait(task)
        for child in task.children:
            child.cancel()
        body = task.parent if task.triggered else None
        case.emit(ElementCompleted(**task.at))
        case.scopes.close(task.number)
        case.scopes.close(-task.number)
        if body is not None:
            body.task_spec.child_done(body, task)
            return []
        return self.pass_on(task, self.flows_to_take(task))

    def flows_to_take(self, task: Task) -> Iterable[SequenceFlow]:
        """The outgoing flows that get a token: all, unless a gateway chooses."""
        return self.outgoing

    def pass_on(self, task: Task, flows: Iterable[SequenceFlow]) -> list[Task]:
        """Put a token on each flow."""
        around, tokens = task.parent, []
        for sequence in flows:
            flow = sequence.flow
            task.case.emit(FlowTaken(flow=flow.id, process=flow.process_id))
            token = around.add(self._wf_spec.task_specs[flow.target])
            token.internal_data["flow"] = flow.id
            tokens.append(token)
        return tokens


def _assign(task: Task, scope: int, mapping: VariableMapping, value: Value, results: dict[str, Value]) -> None:
    """Give `mapping.target` the value. Inputs are written at once, so that the next one sees them; outputs are
    gathered in `results`. A dotted target sets a field of a context and leaves the others as they were."""
    scopes = task.case.scopes
    name, *path = mapping.target.split(".")
    writes_now = scope == task.number
    if path:
        existing = scopes.values(scope).get(name) if writes_now else results.get(name, scopes.find(scope, name)[1])
        value = _with_field(existing, path, value)
    if writes_now:
        scopes.write(scope, name, value)
    else:
        results[name] = value


def _with_field(context: Value, path: list[str], value: Value) -> Value:
    if not path:
        return value
    fields = dict(context) if isinstance(context, dict) else {}
    fields[path[0]] = _with_field(fields.get(path[0]), path[1:], value)
    return fields
