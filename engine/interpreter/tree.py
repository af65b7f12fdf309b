"""The tokens of a case, as SpiffWorkflow's tasks: control flow only, no data.

A token is a `Task` of the library: its specs are the graph, its states the life of an element instance.
We keep open tasks only: a finished one is spliced out at once (`compaction`), because the journal is the
history. So a workflow's tasks *are* the index of open tokens, and a loop of any length stays flat.
Ids are counters, so that a replay gives the same ids.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeVar

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task as SpiffTask
from SpiffWorkflow.util.task import TaskState

from engine.decisions import Decision
from engine.feel import Expression
from engine.interpreter.branches import holder_of, unfold
from engine.interpreter.definitions import Body
from engine.interpreter.environment import CaseEnvironment
from engine.interpreter.errors import JoinNeverCompletes, StepBudgetSpent
from engine.interpreter.scopes import ItemLoader, Loader, Scopes
from engine.model.elements import ElementKind
from engine.model.events import (
    CaseEnded,
    ElementCancelled,
    ElementEntered,
    Event,
    ExpressionWarned,
    IncidentRaised,
    IncidentResolved,
    Wait,
    WaitEnded,
)
from engine.model.values import Value, normalise
from persistence.errors import KaihuError

if TYPE_CHECKING:
    from engine.interpreter.elements.base import FlowNode

for _name in ("spiff", "spiff.task", "spiff.workflow", "spiff.data"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # the library formats a record per state change otherwise

T = TypeVar("T")
Cancelling: TypeAlias = "Iterator[Cancelling]"
_WAITS = {wait.value: wait for wait in Wait}
ROOT = -1
"""Id of each workflow's root task, which holds the others and is no token."""


class NoScripts:
    """In place of the library's script engine: nothing from a diagram is ever run as Python."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"the library asked for its script engine ({name})")


class ProcessSpec(BpmnProcessSpec):  # type: ignore[misc]  # the library is untyped
    """The graph of one process or sub-process. Read-only once built, so cases and threads share it."""

    def __init__(self, body: Body) -> None:
        super().__init__(name=body.key)
        self.task_specs.clear()  # the library's Start, End and EndJoin: their names could be BPMN ids
        self.body = body
        self.plain_start = ""
        """Id of the one none start event; empty when there is none."""
        self.start_events = {node.id for node in body.nodes if node.element.kind is ElementKind.START_EVENT}
        self.start = SimpleBpmnTask(self, "#root")  # "#" cannot begin a BPMN id


class Task(SpiffTask):  # type: ignore[misc]  # the library is untyped
    """A token at an element: one element instance, or a token waiting before a join."""

    workflow: Workflow
    task_spec: FlowNode
    internal_data: dict[str, Any]

    def __init__(
        self, workflow: Workflow, task_spec: FlowNode, parent: Task | None, state: int, id_: int | None = None
    ) -> None:
        self.case = workflow.case
        """The case's outermost workflow."""
        self.number = self.case.next_number() if id_ is None else id_
        """The element instance's number."""
        self.id = self.number  # this and what follows is what the library makes, without its data and its times
        self.workflow, self.task_spec = workflow, task_spec
        self._parent = None if parent is None else parent.number
        self._children: list[int] = []
        self._state = state
        self.triggered = False
        self.internal_data = {}
        workflow.tasks[self.number] = self
        if parent is not None:
            parent._children.append(self.number)
        if self.number != ROOT:
            self.case.tokens[self.number] = self

    @property
    def children(self) -> list[Task]:
        """The tokens on this one: boundary events that wait, items of a multi-instance body."""
        if not self._children:
            return []
        tasks = self.workflow.tasks
        return [tasks[number] for number in self._children]

    @property
    def at(self) -> dict[str, Any]:
        """The fields of an element event about this token."""
        return {"number": self.number, **self.task_spec.place}

    def row(self) -> list[Any]:
        """The token as the state keeps it; `Workflow.restore_token` reads it."""
        parent = self.parent.number
        return [
            self.number,
            0 if parent == ROOT else parent,
            self._state,
            self.task_spec.name,
            self.triggered,
            self.internal_data,
        ]

    def _set_state(self, value: int) -> None:
        self._state = value
        if value == TaskState.READY:
            self.case.ready[self.number] = self
        else:
            self.case.ready.pop(self.number, None)

    def add(self, task_spec: FlowNode, state: int = TaskState.FUTURE) -> Task:
        """A new token under this one."""
        return Task(self.workflow, task_spec, self, state)

    def _ready(self) -> None:
        """The element is to be executed. Of what the library does besides, no spec of ours makes use."""
        self._set_state(TaskState.READY)

    def run(self) -> None:
        """Execute the element; None from its spec means that it waits for someone."""
        done, finished = self.case.attempt(self, "run", self.task_spec.execute)
        if not done or self.number not in self.case.tokens:  # an error end event interrupts itself
            return
        if finished:
            self.complete()
        else:
            self._set_state(TaskState.STARTED)

    def complete(self) -> None:
        """Leave the element by its outgoing flows, unless an output mapping fails."""
        self._set_state(TaskState.STARTED)
        done, _ = self.case.attempt(self, "leave", self.task_spec.leave)
        if done:
            super().complete()

    def cancel(self) -> None:
        """Interrupt the element and everything inside it, innermost first, however deep that is."""
        under_way = [self.cancelling()]
        while under_way:
            inner = next(under_way[-1], None)
            if inner is None:
                under_way.pop()
            else:
                under_way.append(inner)

    def cancelling(self) -> Cancelling:
        """Interrupt the element, once each that is handed out here has been gone through to its end."""
        yield from self.task_spec.abandon(self)
        for child in sorted(self.children, key=lambda task: task.number):
            yield child.cancelling()
        self._set_state(TaskState.CANCELLED)
        case = self.case
        case.end_wait(self)
        case.clear_incident(self)
        if self.internal_data.get("entered"):
            case.emit(ElementCancelled(**self.at))
        case.scopes.close(self.number)
        self.workflow.remove(self)


class Workflow:
    """What the case and the sub-processes in it have in common; mixed in before the library's classes."""

    case: TokenTree
    spec: ProcessSpec
    tasks: dict[int, Task]
    task_tree: Task
    parent_task_id: int | None
    ended_by = "completed"

    def plant(self) -> None:
        """Make the root task."""
        self.task_tree = Task(self, self.spec.start, None, TaskState.STARTED, ROOT)

    def begin(self, start_event: str) -> None:
        """Put the first token on a start event."""
        token = self.task_tree.add(self.spec.task_specs[start_event])
        token.task_spec._update(token)

    def open_tasks(self) -> list[Task]:
        """All tokens, oldest first."""
        return [self.tasks[number] for number in sorted(self.tasks) if number != ROOT]

    def rows(self, but: Container[int] = ()) -> list[list[Any]]:
        """Its tokens as the state keeps them."""
        return [task.row() for task in self.open_tasks() if task.number not in but]

    def restore_token(self, row: list[Any]) -> None:
        """Make the token of a row."""
        number, parent, state, spec, triggered, internal = row
        around = self.tasks[parent] if parent else self.task_tree
        task = Task(self, self.spec.task_specs[spec], around, state, number)
        task.triggered, task.internal_data = triggered, internal

    def cancel_all(self, but: Task | None = None) -> None:
        """Interrupt every token except one."""
        for task in self.open_tasks():
            if task is not but and task.number in self.tasks:
                task.cancel()

    def cancelling_all(self) -> Cancelling:
        """The same with every token, as a part of what is around being interrupted."""
        for task in self.open_tasks():
            if task.number in self.tasks:
                yield task.cancelling()

    def remove(self, task: Task) -> None:
        """Take a token out of the tree, with those on it."""
        for child in task.children:
            self.remove(child)
        number = task.number
        task.parent._children.remove(number)
        del self.tasks[number]
        self.case.ready.pop(number, None)
        self.case.tokens.pop(number, None)

    def on_empty(self) -> None:
        """The last token has gone."""
        raise NotImplementedError  # a mixin: each kind of tree says what its end means


class SubTree(Workflow, BpmnSubWorkflow):  # type: ignore[misc]  # the library is untyped
    """The inside of a sub-process or called process."""

    def __init__(self, spec: ProcessSpec, parent_task_id: int, top_workflow: TokenTree) -> None:
        self.case = top_workflow
        super().__init__(spec, parent_task_id, top_workflow, deserializing=True)
        self.plant()

    def on_empty(self) -> None:
        """Let the sub-process around complete."""
        assert self.parent_task_id is not None
        self.case.tokens[self.parent_task_id]._set_state(TaskState.READY)


class TokenTree(Workflow, BpmnWorkflow):  # type: ignore[misc]  # the library is untyped
    """All tokens of a case with their scopes and incidents, and the events of the running command."""

    parent_task_id = None
    script_engine = NoScripts()

    def __init__(
        self,
        specs: Mapping[str, ProcessSpec],
        root: str,
        decisions: Mapping[str, Decision],
        environment: CaseEnvironment,
        load_scope: Loader | None = None,
        load_items: ItemLoader | None = None,
    ) -> None:
        self.case = self
        self.tokens: dict[int, Task] = {}
        self.ready: dict[int, Task] = {}
        self.folded: dict[int, int] = {}
        """By body of a parallel multi-instance activity: a bit for each item that only waits and is no token now."""
        self.branches: dict[str, str] = {}
        """By number of their own token: items with an inside of which there are no tokens now, as texts."""
        self.incidents: dict[int, str] = {}
        self.events: list[Event] = []
        self.last_number = 0
        self.decisions = decisions
        self.environment = environment
        self.feel = environment.feel()
        self.scopes = Scopes(load_scope, load_items, self.emit)
        self._steps = 0
        self.spec, self.subprocess_specs = specs[root], specs  # of the library's fields, those that move tokens
        self.tasks, self.completed = {}, False
        self.subprocesses: dict[int, SubTree] = {}
        self.plant()

    def next_number(self) -> int:
        """The next element instance's number."""
        self.last_number += 1
        return self.last_number

    def get_task_from_id(self, task_id: int) -> Task:
        """The token of a number, wherever it is in the case."""
        return self.tokens[task_id]

    def token(self, number: int) -> Task | None:
        """The open token of a number; an item that was kept as a bit becomes one."""
        found = self.tokens.get(number) or self._unfolded(number)
        if found is None and self.branches:
            head = holder_of(self.branches, number)
            if head is not None:
                unfold(self, head)
                return self.token(number)
        return found

    def _unfolded(self, number: int) -> Task | None:
        for around, bits in self.folded.items():
            body = self.tokens[around]
            index = number - body.internal_data["first"]
            if index >= 0 and bits >> index & 1:
                return body.task_spec.unfold(body, index)
        return None

    def restore_beside(self, scopes: list[Any], incidents: list[Any], folded: list[Any]) -> None:
        """What there is beside tokens, as the state keeps it."""
        for scope, parent, inherited, *gathered in scopes:
            self.scopes.restore(scope, parent, set(inherited), *gathered)
        self.incidents.update(incidents)
        self.folded.update((body, int(bits, 16)) for body, bits in folded)

    def create_subprocess(self, my_task: Task, spec_name: str) -> SubTree:
        """A workflow for the inside of `my_task`."""
        inside = SubTree(self.subprocess_specs[spec_name], my_task.number, self)
        self.subprocesses[my_task.number] = inside
        return inside

    def emit(self, event: Event) -> None:
        """Note what happened."""
        self.events.append(event)

    def advance(self) -> None:
        """Run the case until every token waits."""
        while self.ready or self._release_joins():
            token = next(iter(self.ready.values()))
            del self.ready[token.number]
            token.run()
        for _, workflow in self.workflows():
            self._report_deadlock(workflow)

    def _report_deadlock(self, workflow: Workflow) -> None:
        """Tokens that wait before joins, with nothing else alive around them, will wait for ever."""
        if self.is_dead(workflow):
            first = workflow.open_tasks()[0]
            if first.number not in self.incidents:
                error = JoinNeverCompletes(element=first.task_spec.node.id)
                self.raise_incident(first, "held", error.code, error.message("en"))

    def is_dead(self, workflow: Workflow) -> bool:
        """Whether tokens are left, and all of them are held back before joins."""
        if len(workflow.tasks) == 1:  # the root, which is no token
            return False
        return not any(token.internal_data.get("entered") for token in workflow.tasks.values())

    def _release_joins(self) -> bool:
        """Inclusive joins wait for tokens that may still come: asked again when nothing else moves."""
        for token in sorted(self.tokens.values(), key=lambda task: task.number):
            if token.number in self.tokens and token.task_spec.reconsider(token):
                return True
        return False

    def on_empty(self) -> None:
        """The case is over."""
        self.completed = True
        self.emit(CaseEnded(how=self.ended_by))

    def enter(self, task: Task) -> None:
        """A token arrives at an element; counts towards the step budget."""
        self._steps += 1
        if self._steps > self.environment.step_budget:
            raise StepBudgetSpent(self.environment.step_budget, task.task_spec.node.id, self.events)
        task.internal_data["entered"] = True
        around = task.parent.number if task.triggered else task.workflow.parent_task_id or 0
        self.emit(ElementEntered(**task.at, kind=task.task_spec.kind, parent=around))

    def attempt(self, task: Task, phase: str, action: Callable[[Task], T]) -> tuple[bool, T | None]:
        """Whether `action` succeeded, and its result; otherwise the token has an incident to try it again."""
        try:
            return True, action(task)
        except StepBudgetSpent:
            raise
        except KaihuError as error:
            self.raise_incident(task, phase, error.code, error.message("en"))
            return False, None

    def raise_incident(self, task: Task, phase: str, code: str, message: str) -> None:
        """Stop the token until someone resolves the cause; `phase` is what is tried again then."""
        self.ready.pop(task.number, None)
        self.incidents[task.number] = phase
        self.emit(IncidentRaised(**task.at, code=code, message=message))

    def clear_incident(self, task: Task) -> str | None:
        """End the token's incident; its phase, or None when it has none."""
        phase = self.incidents.pop(task.number, None)
        if phase is not None:
            self.emit(IncidentResolved(number=task.number))
        return phase

    def end_wait(self, task: Task) -> None:
        """Nobody needs to answer this token any more."""
        waited = task.internal_data.pop("waits", None)
        if waited is not None:
            self.emit(WaitEnded(number=task.number, wait=_WAITS[waited]))
        arms = task.internal_data.pop("arms", None)
        if not arms:
            return
        for wait, column in ((Wait.TIMER, 0), (Wait.MESSAGE, 1)):
            if any(arm[column] is not None for arm in arms):
                self.emit(WaitEnded(number=task.number, wait=wait))

    def flow_scope(self, task: Task) -> int:
        """The scope around the element instance."""
        if task.task_spec.attached and task.triggered:  # a boundary event still hangs on its activity
            return self.flow_scope(task.parent)
        if task.triggered:
            return int(task.parent.number)
        around = task.workflow.parent_task_id
        if around is None:
            return 0
        return -around if -around in self.scopes else around

    def scope(self, task: Task) -> int:
        """The innermost scope that the element instance sees."""
        if task.number in self.scopes:
            return task.number
        if task.task_spec.attached and task.triggered:
            return self.scope(task.parent)
        return self.flow_scope(task)

    def evaluate(self, task: Task, expression: Expression, scope: int | None = None) -> Value:
        """The storable value of an expression at the element; its warnings become events."""
        if expression.constant is not None:
            return expression.constant
        view = self.scopes.view(self.scope(task) if scope is None else scope)
        self.feel.warnings.clear()
        try:
            return normalise(expression.evaluate(view, self.feel), task.task_spec.node.id)
        finally:
            self.note_warnings(task, expression.text)

    def note_warnings(self, task: Task, expression: str | None = None) -> None:
        """The warnings of the last evaluation, which an error may have ended, become events."""
        for warning in self.feel.warnings:
            code = warning.code.name.lower()
            self.emit(ExpressionWarned(**task.at, code=code, subject=warning.subject, expression=expression))
        self.feel.warnings.clear()

    def take_result(self, task: Task, values: Mapping[str, Value]) -> None:
        """Results of an element: kept at it when it has output mappings, else handed outwards."""
        if not values:
            return
        if task.task_spec.node.outputs:
            self.scopes.open(task.number, self.flow_scope(task))
            for name, value in values.items():
                self.scopes.write(task.number, name, value)
        elif task.task_spec.attached:
            self.scopes.propagate(self.flow_scope(task), values)
        else:
            self.scopes.propagate(self.scope(task), values)

    def release(self) -> None:
        """Let go of everything. Tree and tokens hold each other, and the garbage collector would find them late."""
        for _, workflow in list(self.workflows()):
            workflow.__dict__.clear()

    def workflows(self) -> Iterator[tuple[int, Workflow]]:
        """The case itself (0) and every inside, by the number of the token around it."""
        yield 0, self
        yield from sorted(self.subprocesses.items())
