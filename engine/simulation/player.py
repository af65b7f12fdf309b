"""Plays a scenario: commands to the interpreter, virtual time between them, everything that happened kept.

The case is restored from its state before every command, as the services do it, so a play also proves that
nothing needed lives outside the state.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard, TypeVar, assert_never

from engine.feel import Environment, ExternalFunction, compile_expression
from engine.interpreter import Case, CaseEnvironment, Program, StepBudgetSpent
from engine.model.elements import ElementKind
from engine.model.events import (
    ElementCancelled,
    ElementCompleted,
    ElementEntered,
    Event,
    IncidentRaised,
    IncidentResolved,
    JobCreated,
    SubscriptionOpened,
    TimerStarted,
    UserTaskCreated,
    VariableItemWritten,
    VariableWritten,
    WaitEnded,
)
from engine.model.values import Value, with_items
from engine.simulation.scenario import AdvanceTime, AnswerJob, CompleteTask, Scenario, SendMessage, Step
from persistence.errors import KaihuError

Wait = UserTaskCreated | JobCreated | TimerStarted | SubscriptionOpened

W = TypeVar("W", UserTaskCreated, JobCreated, TimerStarted, SubscriptionOpened)

BUSINESS_KEY = "SIMULATION-1"
_MAX_TIMERS = 10_000  # one play's bound on timers fired while time passes, so that a cycle without end stops


class StepImpossible(KaihuError):
    """A step of the scenario found nothing to act on."""

    code = "step_impossible"
    en = "Step {number} cannot be done: {reason}. Waiting: {waiting}."
    zh = "第 {number} 步无法执行：{reason}。当前等待：{waiting}。"


@dataclass(frozen=True, kw_only=True)
class Playback:
    """What a play did."""

    events: tuple[Event, ...]
    completed: tuple[str, ...]
    """Ids of the elements completed, in order."""
    waiting: tuple[str, ...]
    """Ids of the elements where tokens wait, in order of arrival."""
    ended: bool
    error: str | None
    """The open incident's or impossible step's message, in English."""
    variables: Mapping[str, Value]

    def failures(self, scenario: Scenario) -> list[str]:
        """Where the play differs from what the scenario expects, in English; empty when it is as expected."""
        expect, found = scenario.expect, list[str]()
        if self.error is not None:
            found.append(self.error)
        completed = iter(self.completed)
        for element in expect.path:
            if element not in completed:  # `in` consumes the iterator up to the match: a subsequence test
                found.append(f"{element} was not completed in the expected order")
                break
        if expect.end is not None and (not self.ended or expect.end not in self.completed):
            found.append(f"did not end in {expect.end}; waiting: {', '.join(self.waiting) or 'nothing'}")
        if expect.ended is not None and expect.ended != self.ended:
            found.append(f"ended is {self.ended}, expected {expect.ended}")
        if expect.waiting is not None and sorted(expect.waiting) != sorted(self.waiting):
            found.append(f"waiting is {list(self.waiting)}, expected {list(expect.waiting)}")
        return found + _differences(expect.variables, self.variables, "")


def play(
    program: Program,
    scenario: Scenario | None = None,
    functions: Mapping[str, ExternalFunction] | None = None,
    *,
    zone: dt.tzinfo = dt.UTC,
) -> Playback:
    """Play `scenario` (or nothing but the passing of time) on a program.

    Without a scenario time passes as long as nothing but timers can move the case on; with one it passes
    only in its `advance` steps. Jobs with a default answer in `scenario.workers` are answered as they appear,
    unless the next step names them.
    """
    player = _Player(program, scenario or Scenario(name=""), functions or {}, zone)
    return player.play(waits_for_timers=scenario is None)


@dataclass
class _Player:
    program: Program
    scenario: Scenario
    functions: Mapping[str, ExternalFunction]
    zone: dt.tzinfo
    tree: bytes = b""
    scopes: dict[int, dict[str, Value]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    waits: dict[tuple[int, int], Wait] = field(default_factory=dict)
    active: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    """Element instances entered and not left: number → (element, process, kind)."""
    incidents: dict[int, IncidentRaised] = field(default_factory=dict)
    ended: bool = False
    error: str | None = None

    def _only_start(self) -> str | None:
        """The start event with a message or timer, where the process has no other; None for the plain one."""
        model = self.program.processes[self.program.root]
        starts = [*model.message_starts.values(), *model.timer_starts]
        nodes = [node for node in model.body.nodes if node.element.kind is ElementKind.START_EVENT]
        return starts[0] if len(starts) == len(nodes) == 1 else None

    def play(self, *, waits_for_timers: bool) -> Playback:
        self.now = self.scenario.now
        try:
            start = {"business_key": BUSINESS_KEY, **self.scenario.start}
            self._keep(Case.start(self.program, start, self._environment(), start_event=self._only_start()))
            for number, step in enumerate(self.scenario.steps, 1):
                self._answer_jobs(before=step)
                self._step(number, step)
            self._answer_jobs(before=None)
            if waits_for_timers:
                self._let_time_pass()
        except StepBudgetSpent as spent:
            self._watch(spent)
        except KaihuError as error:
            self.error = error.message("en")
        incident = next(iter(self.incidents.values()), None)
        if self.error is None and incident is not None:
            self.error = f"{incident.element}: {incident.message}"
        return Playback(
            events=tuple(self.events),
            completed=tuple(event.element for event in self.events if isinstance(event, ElementCompleted)),
            waiting=self._waiting(),
            ended=self.ended,
            error=self.error,
            variables=dict(self.scopes.get(0, {})),
        )

    # ---- steps

    def _step(self, number: int, step: Step) -> None:
        match step:
            case CompleteTask():
                task = self._the(number, UserTaskCreated, lambda wait: wait.element == step.element, step.element)
                self._command(lambda case: case.complete_user_task(task.number, step.variables))
            case AnswerJob():
                job = self._the(number, JobCreated, lambda wait: step.job in (wait.job_type, wait.element), step.job)
                self._answer(job, step)
            case SendMessage():
                key = step.key or BUSINESS_KEY
                found = self._the(
                    number,
                    SubscriptionOpened,
                    lambda wait: wait.message == step.name and wait.correlation_key == key,
                    step.name,
                )
                self._command(lambda case: case.correlate(found.number, found.arm, step.variables))
            case AdvanceTime():
                self._advance(self._instant_after(step.duration))
            case _:
                assert_never(step)

    def _answer(self, job: JobCreated, step: AnswerJob) -> None:
        if step.error is not None:
            code = step.error
            self._command(lambda case: case.throw_error(job.number, code, "", step.variables))
        elif step.fail is not None:
            text = step.fail
            self._command(lambda case: case.raise_incident(job.number, "job_failed", text))
        else:
            self._command(lambda case: case.complete_job(job.number, step.variables))

    def _answer_jobs(self, before: Step | None) -> None:
        """Give the scenario's default answers to every job that has one and that the next step leaves alone."""
        spared = before.job if isinstance(before, AnswerJob) else None
        while job := next((wait for wait in self.waits.values() if self._has_default(wait, spared)), None):
            self._answer_by_default(job)

    def _answer_by_default(self, job: JobCreated) -> None:
        workers = self.scenario.workers
        answer = workers.get(job.element, workers.get(job.job_type, {}))
        self._command(lambda case: case.complete_job(job.number, answer))

    def _has_default(self, wait: Wait, spared: str | None) -> TypeGuard[JobCreated]:
        if not isinstance(wait, JobCreated) or wait.number in self.incidents:
            return False
        names = {wait.element, wait.job_type}
        return spared not in names and not names.isdisjoint(self.scenario.workers)

    # ---- time

    def _advance(self, until: dt.datetime) -> None:
        for _ in range(_MAX_TIMERS):
            due = self._next_due()
            if due is None or due > until:
                break
            self.now = max(self.now, due)
            self._command(lambda case: case.fire_due_timers())
            self._answer_jobs(before=None)
        self.now = max(self.now, until)

    def _let_time_pass(self) -> None:
        for _ in range(_MAX_TIMERS):
            due = self._next_due()
            if (
                due is None
                or self.ended
                or any(isinstance(wait, UserTaskCreated | JobCreated) for wait in self.waits.values())
            ):
                return
            self.now = max(self.now, due)
            self._command(lambda case: case.fire_due_timers())

    def _next_due(self) -> dt.datetime | None:
        return min((wait.due for wait in self.waits.values() if isinstance(wait, TimerStarted)), default=None)

    def _instant_after(self, duration: str) -> dt.datetime:
        later = compile_expression("from + duration(length)").evaluate(
            {"from": self.now, "length": duration}, Environment(now=self.now)
        )
        if not isinstance(later, dt.datetime):
            raise StepImpossible(number="advance", reason=f"{duration} is no ISO 8601 duration", waiting="")
        return later

    # ---- state

    def _environment(self) -> CaseEnvironment:
        return CaseEnvironment(now=self.now, functions=self.functions, zone=self.zone)

    def _command(self, command: Callable[[Case], object]) -> None:
        case = Case.restore(self.program, self.tree, lambda scope: self.scopes.get(scope, {}), self._environment())
        command(case)
        self._keep(case)

    def _keep(self, case: Case) -> None:
        self._follow(case.take_events())
        changes = case.take_variable_changes()
        for (scope, name), value in changes.written.items():
            self.scopes.setdefault(scope, {})[name] = value
        for (scope, name), items in changes.items.items():
            self.scopes[scope][name] = with_items(self.scopes[scope][name], items)
        for scope in changes.closed:
            self.scopes.pop(scope, None)
        self.tree, self.ended = case.tree(), case.ended

    def _watch(self, spent: StepBudgetSpent) -> None:
        """Show how far the command had come that found no end, though a real case would stand before it."""
        self.error = spent.message("en")
        self._follow(spent.events)
        for event in spent.events:
            if isinstance(event, VariableWritten):
                self.scopes.setdefault(event.scope, {})[event.name] = event.value
            elif isinstance(event, VariableItemWritten):
                whole = self.scopes[event.scope][event.name]
                self.scopes[event.scope][event.name] = with_items(whole, {event.index: event.value})

    def _follow(self, events: Iterable[Event]) -> None:
        for event in events:
            self.events.append(event)
            self._note(event)

    def _note(self, event: Event) -> None:
        match event:
            case ElementEntered():
                self.active[event.number] = (event.element, event.process, event.kind)
            case ElementCompleted() | ElementCancelled():
                self.active.pop(event.number, None)
                self.incidents.pop(event.number, None)
                self._end_waits(event.number)
            case UserTaskCreated() | JobCreated():
                self.waits[event.number, 0] = event
            case TimerStarted() | SubscriptionOpened():
                self.waits[event.number, event.arm] = event
            case WaitEnded():
                self._end_waits(event.number)
            case IncidentRaised():
                self.incidents[event.number] = event
            case IncidentResolved():
                self.incidents.pop(event.number, None)

    def _end_waits(self, number: int) -> None:
        for wait in [key for key in self.waits if key[0] == number]:
            del self.waits[wait]

    def _waiting(self) -> tuple[str, ...]:
        """Where tokens stand: not the bodies around them, and not boundary events, whose token is the host's."""
        inner = {ElementKind.SUB_PROCESS, ElementKind.CALL_ACTIVITY, ElementKind.BOUNDARY_EVENT, ElementKind.PROCESS}
        standing = [element for _, (element, _, kind) in sorted(self.active.items()) if kind not in inner]
        return tuple(dict.fromkeys(standing))

    def _the(self, number: int, kind: type[W], fits: Callable[[W], bool], what: str) -> W:
        for wait in self.waits.values():
            if isinstance(wait, kind) and fits(wait):
                return wait
        raise StepImpossible(number=number, reason=f"{what} is not waiting", waiting=", ".join(self._waiting()) or "-")


def _differences(expected: object, found: object, path: str) -> list[str]:
    """Where `found` lacks or contradicts `expected`; contexts are compared key by key, the rest whole."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return [
            text
            for name, value in expected.items()
            for text in _differences(value, found.get(name), f"{path}.{name}" if path else name)
        ]
    return [] if expected == found else [f"{path} is {found!r}, expected {expected!r}"]
