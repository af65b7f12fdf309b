"""What is known of parsed diagrams, and how they are linked to a program that cases run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.decisions import Decision
from engine.interpreter.definitions import Body, TimerDefinition
from engine.interpreter.errors import DiagramRefused
from engine.interpreter.graph import graphs_of
from engine.interpreter.tree import ProcessSpec
from engine.model.elements import Element, Flow
from engine.model.errors import Problem

MAX_CALL_DEPTH = 100
"""Processes in a chain of calls, the first one included."""


@dataclass(frozen=True, kw_only=True)
class ProcessModel:
    """One process of a diagram; the elements of its sub-processes are among `elements`."""

    id: str
    name: str
    name_en: str
    version_tag: str
    executable: bool
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: tuple[str, ...]
    called_processes: frozenset[str]
    called_decisions: frozenset[str]
    forms: frozenset[str]
    job_types: frozenset[str]
    """Those written as text; a type that is an expression is known only when the job is made."""
    messages: frozenset[str]
    start_form: str | None
    message_starts: Mapping[str, str]
    timer_starts: Mapping[str, TimerDefinition] = field(default_factory=dict, repr=False, compare=False)
    """By id of the start event."""
    callers: Mapping[str, str] = field(default_factory=dict)
    """By id of called process or decision: an element that calls it."""
    body: Body = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """One BPMN file."""

    resource_name: str
    processes: Mapping[str, ProcessModel]


@dataclass(frozen=True, kw_only=True)
class Program:
    """A process with all it calls, ready to run. Immutable; shared between cases and threads."""

    root: str
    processes: Mapping[str, ProcessModel]
    decisions: Mapping[str, Decision] = field(repr=False)
    specs: Mapping[str, ProcessSpec] = field(repr=False, compare=False)


def link(processes: Mapping[str, ProcessModel], root: str, decisions: Mapping[str, Decision]) -> Program:
    """Bind the process `root` to the processes and decisions it calls, directly or not.

    Raises DiagramRefused when one is missing, cannot be called, calls itself, or is called too deep.
    """
    problems: list[Problem] = []
    used: dict[str, ProcessModel] = {}
    if root in processes:
        _Walk(processes, used, problems).from_root(root)
    else:
        problems.append(_missing_process(root, root))
    for model in used.values():
        for decision in sorted(model.called_decisions - set(decisions)):
            problems.append(_missing_decision(model.callers[decision], decision))
    if problems:
        raise DiagramRefused(root, problems)
    specs = {spec.body.key: spec for model in used.values() for spec in graphs_of(model.body)}
    return Program(root=root, processes=used, decisions=dict(decisions), specs=specs)


class _Walk:
    """From a process to all that it calls, directly or not, each gone through once."""

    def __init__(
        self, processes: Mapping[str, ProcessModel], used: dict[str, ProcessModel], problems: list[Problem]
    ) -> None:
        self._processes, self._used, self._problems = processes, used, problems
        self._path: dict[str, Iterator[str]] = {}
        """The processes from the root to here, with the calls of each that are still to be looked at."""
        self._below: dict[str, int] = {}
        """How many processes the longest chain has that begins with a process, once all of it is known."""

    def from_root(self, root: str) -> None:
        """Go through them all."""
        self._enter(root)
        while self._path:
            at = next(reversed(self._path))
            called = next(self._path[at], None)
            if called is None:
                del self._path[at]
                calls = self._used[at].called_processes
                self._below[at] = 1 + max((self._below.get(each, 0) for each in calls), default=0)
            elif self._may_call(self._used[at].callers[called], called) and called not in self._used:
                self._enter(called)

    def _enter(self, process_id: str) -> None:
        self._used[process_id] = self._processes[process_id]
        self._path[process_id] = iter(sorted(self._used[process_id].called_processes))

    def _may_call(self, caller: str, called: str) -> bool:
        problem = None
        if called in self._path:
            problem = _recursive(caller, called)
        elif called not in self._processes:
            problem = _missing_process(caller, called)
        elif not _callable(self._processes[called]):
            problem = _not_callable(caller, called)
        elif len(self._path) + self._below.get(called, 1) > MAX_CALL_DEPTH:
            problem = _too_deep(caller, called)
        if problem is not None:
            self._problems.append(problem)
        return problem is None


def _callable(model: ProcessModel) -> bool:
    starts = {node.id for node in model.body.nodes if node.element.kind.value == "startEvent" and node.event is None}
    return len(starts) == 1


def _missing_process(element: str, called: str) -> Problem:
    return Problem(
        element=element,
        reason_en=f"It calls the process {called}, which is not deployed.",
        reason_zh=f"所调用的流程 {called} 未部署。",
        remedy_en="Deploy that process with this diagram, or correct the process id.",
        remedy_zh="请将该流程与本图一并部署，或更正流程编号。",
    )


def _not_callable(element: str, called: str) -> Problem:
    return Problem(
        element=element,
        reason_en=f"The called process {called} does not have exactly one plain start event.",
        reason_zh=f"被调用流程 {called} 须有且仅有一个空开始事件。",
        remedy_en="Give the called process one start event without a symbol.",
        remedy_zh="请为被调用流程保留一个无图标的开始事件。",
    )


def _recursive(element: str, called: str) -> Problem:
    return Problem(
        element=element,
        reason_en=f"The process {called} would call itself without end.",
        reason_zh=f"流程 {called} 会无限地调用自身。",
        remedy_en="Draw the repetition as a loop inside one process.",
        remedy_zh="请在同一流程内用回路表示重复。",
    )


def _too_deep(element: str, called: str) -> Problem:
    return Problem(
        element=element,
        reason_en=f"With the process {called} more than {MAX_CALL_DEPTH} processes would call one another in a chain.",
        reason_zh=f"调用流程 {called} 后，流程逐级调用将超过 {MAX_CALL_DEPTH} 层。",
        remedy_en="Let fewer processes call one another; what only leads on can be drawn in the process that calls it.",
        remedy_zh="请减少调用层级，可将仅起衔接作用的流程并入其调用方。",
    )


def _missing_decision(element: str, decision: str) -> Problem:
    return Problem(
        element=element,
        reason_en=f"It calls the decision {decision}, which is not deployed.",
        reason_zh=f"所调用的决策 {decision} 未部署。",
        remedy_en="Deploy the DMN file with this diagram, or correct the decision id.",
        remedy_zh="请将 DMN 文件与本图一并部署，或更正决策编号。",
    )
