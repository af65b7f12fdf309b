"""Start, end, intermediate and boundary events, receive tasks and event-based gateways."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from SpiffWorkflow.util.task import TaskState

from engine.interpreter.compaction import move_out
from engine.interpreter.definitions import ErrorDefinition, EventDefinition, SequenceFlow, TimerDefinition
from engine.interpreter.elements.base import FlowNode
from engine.interpreter.elements.errors import throw
from engine.interpreter.elements.timers import FOREVER, after
from engine.interpreter.elements.waits import read_arms, start_waiting
from engine.interpreter.tree import Task
from engine.model.events import TimerStarted, Wait, WaitEnded
from engine.model.values import Value


class StartEvent(FlowNode):
    """Where tokens begin."""


class EndEvent(FlowNode):
    """Consumes its token."""


class TerminateEndEvent(FlowNode):
    """Ends everything around it at once."""

    def execute(self, task: Task) -> bool:
        """Cancel the other tokens of this process or sub-process."""
        task.workflow.ended_by = "terminated"
        task.workflow.cancel_all(but=task)
        return True


class ErrorEndEvent(FlowNode):
    """Throws a BPMN error to the nearest boundary event around that takes it."""

    def execute(self, task: Task) -> bool:
        """Throw; when nobody catches it, an incident."""
        assert isinstance(self.node.event, ErrorDefinition)
        throw(task, self.node.event.code or "", {}, completes=True)
        return False


class WaitingEvent(FlowNode):
    """Base of what waits for timers or messages inside the flow."""

    def definitions(self) -> Sequence[EventDefinition | None]:
        """What each arm waits for."""
        return [self.node.event]

    def prepare(self, task: Task) -> bool:
        """Wait, unless an event-based gateway has already had the event."""
        super_ready = super().prepare(task)
        if task.internal_data.get("occurred"):
            return super_ready
        start_waiting(task, read_arms(task, self, self.definitions()), self.definitions())
        return False

    def occur(self, task: Task, arm: int, variables: Mapping[str, Value]) -> None:
        """The awaited event has occurred."""
        task.case.end_wait(task)
        task.case.take_result(task, variables)
        task._ready()


class CatchEvent(WaitingEvent):
    """An intermediate catch event or a receive task."""


class EventBasedGateway(WaitingEvent):
    """Waits for the first of several events; each arm has its own due time or correlation key."""

    def definitions(self) -> Sequence[EventDefinition | None]:
        """Those of the catch events behind, in the order of the flows."""
        specs = self._wf_spec.task_specs
        return [specs[sequence.flow.target].node.event for sequence in self.outgoing]

    def occur(self, task: Task, arm: int, variables: Mapping[str, Value]) -> None:
        """Go on by the arm's flow; the variables belong to the event drawn there."""
        task.case.end_wait(task)
        task.internal_data["arm"] = arm
        task.internal_data["result"] = dict(variables)
        task._ready()

    def pass_on(self, task: Task, flows: Iterable[SequenceFlow]) -> list[Task]:
        """One token, to the event that occurred."""
        (token,) = super().pass_on(task, [self.outgoing[task.internal_data["arm"]]])
        token.internal_data["occurred"] = True
        task.case.take_result(token, task.internal_data["result"])
        return [token]


class BoundaryEvent(FlowNode):
    """An event attached to an activity. While it waits it hangs on the activity's token, not yet entered."""

    attached = True

    def arm(self, host: Task) -> None:
        """Begin to wait beside the activity. Error events wait for nothing: they are looked up when thrown."""
        if isinstance(self.node.event, ErrorDefinition):
            return
        arms = read_arms(host, self, [self.node.event])
        token = host.add(self, TaskState.WAITING)
        token.triggered = True
        start_waiting(token, arms, [self.node.event])

    def prepare(self, task: Task) -> bool:
        """Nothing to wait for any more."""
        return True

    def occur(self, task: Task, arm: int, variables: Mapping[str, Value]) -> None:
        """Interrupt the activity, or go on beside it and wait again if it may occur again."""
        host = task.parent
        if self.node.interrupting:
            task.case.end_wait(task)
            move_out(task)
            host.cancel()
            self._go(task, variables)
        else:
            self._wait_again(task)
            self._go(host.parent.add(self), variables)

    def catch(self, host: Task, variables: Mapping[str, Value]) -> None:
        """Take a BPMN error thrown in or at the activity."""
        token = host.parent.add(self)
        host.cancel()
        self._go(token, variables)

    def _go(self, token: Task, variables: Mapping[str, Value]) -> None:
        token.case.take_result(token, variables)
        self.arrive(token)

    def _wait_again(self, task: Task) -> None:
        case = task.case
        if not isinstance(self.node.event, TimerDefinition):
            return  # the subscription stays open: every message starts another branch
        case.emit(WaitEnded(number=task.number, wait=Wait.TIMER))
        arm = task.internal_data["arms"][0]
        due, _, left, interval = arm
        if left == 0:
            del task.internal_data["arms"]
            task.workflow.remove(task)
            return
        following = after(self, "timeCycle", dt.datetime.fromisoformat(due), interval, case.environment.zone)
        task.internal_data["arms"] = [[following.isoformat(), None, left if left == FOREVER else left - 1, interval]]
        case.emit(TimerStarted(**task.at, due=following))
