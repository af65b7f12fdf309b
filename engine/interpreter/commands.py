"""What can be done to a case. Each command runs the case on until every token waits, or raises.

Variables that are handed in must be storable (`engine.model.values.normalise`); the case keeps them as they are.
After an error the case is no longer what is stored and must be thrown away by the caller.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from SpiffWorkflow.util.task import TaskState

from engine.interpreter import codec
from engine.interpreter.branches import unfold_due
from engine.interpreter.elements.errors import throw
from engine.interpreter.elements.events import BoundaryEvent, WaitingEvent
from engine.interpreter.elements.waits import arm_timers, due_arms
from engine.interpreter.environment import CaseEnvironment
from engine.interpreter.errors import ErrorNotCaught, TryingAgainIsNoHelp
from engine.interpreter.process_model import Program
from engine.interpreter.scopes import ItemLoader, Loader, VariableChanges
from engine.interpreter.tree import Task, TokenTree
from engine.model.errors import NotFound, StateConflict
from engine.model.events import CaseEnded, Event, Wait, WaitEnded
from engine.model.terms import Condition, Thing
from engine.model.values import Value

_AWAITED = {"user_task": Condition.WAITING_FOR_A_PERSON, "job": Condition.WAITING_FOR_A_WORKER}


class Case:
    """One process instance, in memory for one command."""

    def __init__(self, tree: TokenTree) -> None:
        self._tree = tree

    @classmethod
    def start(
        cls,
        program: Program,
        variables: Mapping[str, Value],
        environment: CaseEnvironment,
        *,
        start_event: str | None = None,
    ) -> Case:
        """A new case, run to its first waits. `start_event` is needed when the process has no single plain one.

        Raises NotFound for a start event that is not there, StepBudgetSpent.
        """
        tree = TokenTree(program.specs, program.root, program.decisions, environment)
        chosen = start_event or tree.spec.plain_start
        if not chosen or (chosen != tree.spec.plain_start and chosen not in tree.spec.start_events):
            raise NotFound(what=Thing.START_EVENT, key=chosen)
        tree.scopes.open(0, None)
        for name, value in variables.items():
            tree.scopes.write(0, name, value)
        tree.begin(chosen)
        return cls(tree)._advanced()

    @classmethod
    def restore(
        cls,
        program: Program,
        tree: bytes,
        load_scope: Loader,
        environment: CaseEnvironment,
        load_items: ItemLoader | None = None,
    ) -> Case:
        """The case as `tree()` wrote it; `load_scope` is called once per scope, when first read.

        `load_items` is for a store that keeps `VariableChanges.items` apart from the lists they belong to.
        """
        return cls(codec.load_tree(program, tree, load_scope, environment, load_items))

    def _advanced(self) -> Case:
        self._tree.advance()
        return self

    @property
    def ended(self) -> bool:
        """Whether no token is left."""
        return self._tree.completed

    def complete_user_task(self, number: int, variables: Mapping[str, Value]) -> None:
        """A person has done the task. Raises StateConflict unless it waits for one."""
        self._complete(self._waiting(number, "user_task"), variables)

    def complete_job(self, number: int, variables: Mapping[str, Value]) -> None:
        """A worker has done the job; an incident of the job is over. Raises StateConflict unless it waits for one."""
        self._complete(self._waiting(number, "job"), variables)

    def _complete(self, task: Task, variables: Mapping[str, Value]) -> None:
        self._tree.clear_incident(task)
        self._tree.end_wait(task)
        self._tree.take_result(task, variables)
        task.complete()
        self._advanced()

    def throw_error(self, number: int, code: str, message: str, variables: Mapping[str, Value]) -> None:
        """A job or user task ends with a BPMN error: to the boundary event that takes it, else an incident.

        Raises StateConflict unless the element waits for a person or worker.
        """
        task = self._token(number)
        if task.internal_data.get("waits") is None:
            raise _conflict(Condition.WAITING, Condition.NOT_WAITING)
        self._tree.clear_incident(task)
        try:
            throw(task, code, variables)
        except ErrorNotCaught as error:
            self._tree.raise_incident(task, "held", error.code, message or error.message("en"))
        self._advanced()

    def correlate(self, number: int, arm: int, variables: Mapping[str, Value]) -> None:
        """A message has arrived for a subscription. Raises StateConflict unless that arm awaits one."""
        task = self._token(number)
        arms = task.internal_data.get("arms", [])
        if not 0 <= arm < len(arms) or arms[arm][1] is None:
            raise _conflict(Condition.WAITING_FOR_A_MESSAGE, Condition.NOT_WAITING)
        self._occur(task, arm, variables)

    def fire_due_timers(self, *, only_first: bool = False) -> None:
        """Every timer whose time has come, earliest first, once each; a cycle may be due again at once."""
        for _, number, arm in self._due_timers()[: 1 if only_first else None]:
            task = self._tree.tokens.get(number)
            if task is not None and task.internal_data.get("arms"):
                self._occur(task, arm, {})

    def hold_due_timer(self, code: str, message: str) -> int | None:
        """The timer due first cannot fire: an incident at its element; resolved, it is armed again.

        Returns the number of the element's instance, None when no timer is due.
        """
        due = self._due_timers()
        if not due:
            return None
        number = due[0][1]
        self._tree.emit(WaitEnded(number=number, wait=Wait.TIMER))
        self._tree.raise_incident(self._tree.tokens[number], "timer", code, message)
        return number

    def _due_timers(self) -> list[tuple[dt.datetime, int, int]]:
        """Due time, element instance and arm, earliest first; those held by an incident are none."""
        unfold_due(self._tree)
        now, held = self._tree.environment.now, self._tree.incidents
        waiting = (task for task in self._tree.tokens.values() if task.number not in held)
        return sorted((at, task.number, arm) for task in waiting for at, arm in due_arms(task, now))

    def _occur(self, task: Task, arm: int, variables: Mapping[str, Value]) -> None:
        spec = task.task_spec
        assert isinstance(spec, WaitingEvent | BoundaryEvent)
        self._tree.clear_incident(task)
        spec.occur(task, arm, variables)
        self._advanced()

    def raise_incident(self, number: int, code: str, message: str) -> None:
        """Someone outside cannot go on with the element, such as a worker after its last attempt."""
        task = self._token(number)
        if number in self._tree.incidents:
            raise _conflict(Condition.WITHOUT_INCIDENT, Condition.INCIDENT)
        self._tree.raise_incident(task, "held", code, message)

    def resolve_incident(self, number: int) -> None:
        """The cause is gone: try again where the token stopped.

        Raises StateConflict without an incident, TryingAgainIsNoHelp at a join that can never complete.
        """
        task = self._token(number)
        if number in self._tree.incidents and self._tree.is_dead(task.workflow):
            raise TryingAgainIsNoHelp(element=task.task_spec.node.id)
        phase = self._tree.clear_incident(task)
        if phase is None:
            raise _conflict(Condition.INCIDENT, Condition.WITHOUT_INCIDENT)
        if phase == "enter":
            task.task_spec.activate(task)
        elif phase == "run":
            task._set_state(TaskState.READY)
        elif phase == "leave":
            task.complete()
        elif phase == "next":
            self._tree.attempt(task, "next", task.task_spec.next_child)
        elif phase == "timer":
            arm_timers(task)
        self._advanced()

    def cancel(self) -> None:
        """End the case with everything in it."""
        if self.ended:
            raise StateConflict(what=Thing.CASE, expected=Condition.ACTIVE, actual=Condition.FINISHED)
        self._tree.cancel_all()
        self._tree.completed = True
        self._tree.emit(CaseEnded(how="cancelled"))

    def job_variables(self, number: int) -> Mapping[str, Value]:
        """What the element sees: its own variables and those of the scopes around. Not to be changed."""
        return self._tree.scopes.visible(self._tree.scope(self._token(number)))

    def variables(self) -> Mapping[str, Value]:
        """The variables of the case itself. Not to be changed."""
        return dict(self._tree.scopes.values(0))

    def release(self) -> None:
        """The command is over: nothing more may be asked of the case."""
        self._tree.release()

    def take_events(self) -> list[Event]:
        """What happened since the last take, in order."""
        events, self._tree.events = self._tree.events, []
        return events

    def tree(self) -> bytes:
        """The case without its variables, in canonical form."""
        return codec.dump_tree(self._tree)

    def take_variable_changes(self) -> VariableChanges:
        """Variables written and scopes closed since the last take."""
        return self._tree.scopes.take_changes()

    def _token(self, number: int) -> Task:
        task = self._tree.token(number)
        if task is None:
            raise _conflict(Condition.ACTIVE, Condition.FINISHED)
        return task

    def _waiting(self, number: int, kind: str) -> Task:
        task = self._token(number)
        if task.internal_data.get("waits") != kind:
            raise _conflict(_AWAITED[kind], Condition.NOT_WAITING)
        return task


def _conflict(expected: Condition, actual: Condition) -> StateConflict:
    return StateConflict(what=Thing.ACTIVITY, expected=expected, actual=actual)
