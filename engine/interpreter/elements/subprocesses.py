"""Embedded sub-processes and call activities."""

from __future__ import annotations

from engine.interpreter.definitions import CallDefinition
from engine.interpreter.elements.base import FlowNode
from engine.interpreter.tree import Cancelling, Task

BUSINESS_KEY = "business_key"
"""A variable of every case from its first moment."""


class SubProcess(FlowNode):
    """Runs the flow nodes drawn inside it, in a scope of its own."""

    def prepare(self, task: Task) -> bool:
        """Open the scope, then inputs and boundary events."""
        task.case.scopes.open(task.number, task.case.flow_scope(task))
        return super().prepare(task)

    def inside(self) -> str:
        """The key of the graph to run."""
        assert self.node.body is not None
        return self.node.body.key

    def execute(self, task: Task) -> bool:
        """First time: start the inside. Second time: the inside has ended."""
        if task.internal_data.pop("inside", None):
            return True
        task.internal_data["inside"] = True
        self.open_inside(task)
        workflow = task.case.create_subprocess(task, self.inside())
        workflow.begin(workflow.spec.plain_start)
        return False

    def open_inside(self, task: Task) -> None:
        """Prepare the variables of the inside."""

    def leave(self, task: Task) -> None:
        """Outputs, then the inside is dropped."""
        super().leave(task)
        task.case.subprocesses.pop(task.number, None)

    def abandon(self, task: Task) -> Cancelling:
        """Cancel every token inside."""
        inside = task.case.subprocesses.pop(task.number, None)
        if inside is not None:
            yield from inside.cancelling_all()
        task.case.scopes.close(-task.number)


class CallActivity(SubProcess):
    """Runs another process, whose variables are apart from ours (Camunda 8's propagation rules)."""

    @property
    def call(self) -> CallDefinition:
        """What is called and what goes in and out."""
        assert self.node.call is not None
        return self.node.call

    def inside(self) -> str:
        """The key of the called process's graph."""
        return self.call.process_id

    def open_inside(self, task: Task) -> None:
        """Copy the caller's variables: all of them, or the input mappings and the business key."""
        scopes = task.case.scopes
        scopes.open(-task.number, None)
        visible = scopes.visible(task.number)
        if self.call.all_parent_variables:
            scopes.copy_down(-task.number, visible)
        else:  # messages are correlated and jobs told by the business key, so no called process goes without it
            known = {name: visible[name] for name in (BUSINESS_KEY,) if name in visible}
            scopes.copy_down(-task.number, known | dict(scopes.values(task.number)))

    def leave(self, task: Task) -> None:
        """Hand back what the called process wrote: to the output mappings if any, else outwards if so drawn."""
        case = task.case
        if -task.number in case.scopes:
            results = case.scopes.own_results(-task.number)
            if self.node.outputs:
                for name, value in results.items():
                    case.scopes.write(task.number, name, value)
            elif self.call.all_child_variables:
                case.scopes.propagate(task.number if task.triggered else case.flow_scope(task), results)
            case.scopes.close(-task.number)
        super().leave(task)
