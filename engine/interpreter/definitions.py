"""What a diagram says about each element, read once: expressions compiled, references resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.feel import Expression
from engine.model.elements import Element, Flow


@dataclass(frozen=True, kw_only=True)
class VariableMapping:
    """One input or output mapping: `source` is evaluated and becomes `target`, which may be dotted."""

    source: Expression
    target: str


@dataclass(frozen=True, kw_only=True)
class JobDefinition:
    """`zeebe:taskDefinition` and `zeebe:taskHeaders`."""

    type: Expression
    retries: Expression
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class UserTaskDefinition:
    """Form, assignment, schedule and priority of a user task; expressions are None where nothing is said."""

    form_id: str | None = None
    assignee: Expression | None = None
    candidate_groups: Expression | None = None
    candidate_users: Expression | None = None
    due: Expression | None = None
    follow_up: Expression | None = None
    priority: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class ScriptDefinition:
    """`zeebe:script`: a FEEL expression and the variable that takes its value."""

    expression: Expression
    result: str


@dataclass(frozen=True, kw_only=True)
class DecisionReference:
    """`zeebe:calledDecision`."""

    decision_id: str
    result: str


@dataclass(frozen=True, kw_only=True)
class CallDefinition:
    """`zeebe:calledElement`."""

    process_id: str
    all_parent_variables: bool = True
    all_child_variables: bool = True


@dataclass(frozen=True, kw_only=True)
class LoopDefinition:
    """Multi-instance: one child per item of `collection`."""

    sequential: bool
    collection: Expression
    item: str | None = None
    output_collection: str | None = None
    output_element: Expression | None = None
    until: Expression | None = None

    @property
    def result_variable(self) -> str | None:
        """The variable that the output element reads first, when it is a plain name or path."""
        expression = self.output_element
        name = expression.text.strip().split(".")[0].strip() if expression else ""
        return name if name.isidentifier() and expression is not None and name in expression.names else None


class TimerKind(StrEnum):
    """The child of a BPMN timer event definition."""

    DURATION = "timeDuration"
    DATE = "timeDate"
    CYCLE = "timeCycle"


@dataclass(frozen=True, kw_only=True)
class TimerDefinition:
    """When a timer event occurs."""

    kind: TimerKind
    expression: Expression
    business_key: Expression | None = None
    """Of the cases a start event begins; without it the key is made of process and day."""


@dataclass(frozen=True, kw_only=True)
class MessageDefinition:
    """A message by name; the key is None on start events, where nobody waits yet."""

    name: str
    correlation_key: Expression | None


@dataclass(frozen=True, kw_only=True)
class ErrorDefinition:
    """An error by code; None on a boundary event catches every code."""

    code: str | None


@dataclass(frozen=True)
class TerminateDefinition:
    """An end event that ends everything around it."""


EventDefinition = TimerDefinition | MessageDefinition | ErrorDefinition | TerminateDefinition


@dataclass(frozen=True, kw_only=True)
class SequenceFlow:
    """A sequence flow with its condition."""

    flow: Flow
    condition: Expression | None = None
    is_default: bool = False


@dataclass(frozen=True, kw_only=True)
class Node:
    """One flow node as the interpreter needs it."""

    element: Element
    inputs: tuple[VariableMapping, ...] = ()
    outputs: tuple[VariableMapping, ...] = ()
    job: JobDefinition | None = None
    user_task: UserTaskDefinition | None = None
    script: ScriptDefinition | None = None
    decision: DecisionReference | None = None
    call: CallDefinition | None = None
    loop: LoopDefinition | None = None
    event: EventDefinition | None = None
    attached_to: str | None = None
    interrupting: bool = True
    body: Body | None = None
    """The inside of a sub-process."""

    @property
    def id(self) -> str:
        """The element's id."""
        return self.element.id


@dataclass(frozen=True, kw_only=True)
class Body:
    """The flow nodes and flows directly inside a process or sub-process."""

    id: str
    process_id: str
    nodes: tuple[Node, ...]
    flows: tuple[SequenceFlow, ...]
    key: str
    """Unique among all bodies of a program: the process id, or process id and sub-process id."""
