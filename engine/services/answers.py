"""What the façade answers: frozen rows for doors to show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from engine.forms import Form
from engine.model.elements import Element
from engine.model.values import Value
from engine.store.states import InstanceState, TaskState
from persistence.errors import KaihuError


@dataclass(frozen=True)
class Resource:
    """One file to deploy; the name's ending (.bpmn, .dmn, .form) tells its kind."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One version of a process."""

    key: int
    deployment_key: int
    process_id: str
    version: int
    name: str
    name_en: str
    version_tag: str
    executable: bool
    start_form_id: str | None
    start_form_key: int | None
    resource_name: str
    deployed_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class DeploymentWarning:
    """Something that is carried out as drawn, but that its author may not mean. `code` is machine-readable.

    It is about a process (`process_id`) or about a decision (`decision_id`); `elements` are ids there.
    """

    resource: str
    process_id: str = ""
    decision_id: str = ""
    code: str
    elements: tuple[str, ...]
    text_en: str
    text_zh: str

    def text(self, language: str) -> str:
        """One line for a reader of `language`."""
        return f"{self.resource}: {self.text_zh if language.startswith('zh') else self.text_en}"


@dataclass(frozen=True, kw_only=True)
class DeploymentResult:
    """`created` is False when the same content was deployed before."""

    key: int
    content_hash: str
    created: bool
    definitions: tuple[Definition, ...]
    warnings: tuple[DeploymentWarning, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StartedCase:
    """`version` of the process the case runs on."""

    key: int
    business_key: str
    version: int


@dataclass(frozen=True, kw_only=True)
class ProcessInstance:
    """One case."""

    key: int
    definition_key: int
    process_id: str
    process_name: str
    process_name_en: str
    version: int
    business_key: str
    state: InstanceState
    incidents: int
    """How many are open."""
    started_at: dt.datetime
    starter_person: int | None
    ended_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class InstanceFilter:
    """What `process_instances.list` looks for; None means any."""

    process_id: str | None = None
    state: InstanceState | None = None
    business_key: str | None = None
    """The beginning of the business key."""
    with_incidents: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a list. `after` is the `next` of the page before; `limit` is at most 200."""

    limit: int = 50
    after: str | None = None


class InboxView(StrEnum):
    """Which user tasks a person looks at."""

    MINE = "mine"
    GROUPS = "groups"
    """Unassigned, and one of my roles (or I myself) may claim them."""
    OVERDUE = "overdue"
    """Mine or my groups', open, past their due time."""
    ALL = "all"
    """Every open task of my groups and mine, whoever holds it."""
    COMPLETED = "completed"
    """Those I completed, newest first."""


class TaskRow(NamedTuple):
    """One line of an inbox. Made by the hundred, and a tuple is sooner made than a frozen dataclass."""

    key: int
    instance_key: int
    business_key: str
    process_id: str
    element_id: str
    name: str
    name_en: str
    process_name: str
    process_name_en: str
    state: TaskState
    assignee: int | None
    candidate_groups: tuple[str, ...]
    priority: int
    created_at: dt.datetime
    due_at: dt.datetime | None
    follow_up_at: dt.datetime | None
    ended_at: dt.datetime | None
    completed_by: int | None
    revision: int


@dataclass(frozen=True, kw_only=True)
class TaskPage:
    """`next` is None on the last page."""

    rows: tuple[TaskRow, ...]
    next: str | None = None


@dataclass(frozen=True, kw_only=True)
class InstancePage:
    """`next` is None on the last page."""

    rows: tuple[ProcessInstance, ...]
    next: str | None = None
    standings: Mapping[int, Standing] = field(default_factory=dict)
    """By case key, where they were asked for."""


@dataclass(frozen=True, kw_only=True)
class Right:
    """Whether something is allowed now, and if not, why."""

    allowed: bool
    code: str = ""
    reason_en: str = ""
    reason_zh: str = ""

    @classmethod
    def unless(cls, refusal: KaihuError | None) -> Right:
        """Allowed when nothing refuses it."""
        if refusal is None:
            return cls(allowed=True)
        return cls(allowed=False, code=refusal.code, reason_en=refusal.message("en"), reason_zh=refusal.message("zh"))


@dataclass(frozen=True, kw_only=True)
class UserTaskDetail:
    """What a page needs to show one user task."""

    task: TaskRow
    definition_key: int
    element: Element
    """The element's texts and facts on the diagram."""
    form: Form | None
    form_key: int | None
    data: Mapping[str, Value]
    """The variables visible at the task, to prefill the form; none once it has ended."""
    entered: Mapping[str, Value]
    """The variables its completion wrote, for who did it and who may see the case; none while it is open."""
    may_view_case: bool
    may_claim: Right
    may_complete: Right
    may_assign: Right
    """To a person who is a candidate; whether that person may take it is checked when it is assigned."""
    may_waive: Right


@dataclass(frozen=True, kw_only=True)
class InboxCounts:
    """Numbers for the badges; each is capped, `capped` says at what."""

    mine: int
    groups: int
    overdue: int
    capped: int = 1000


class Correlated(StrEnum):
    """What became of a message."""

    DELIVERED = "delivered"
    STARTED = "started"
    """It began a new case."""
    WAITING = "waiting"
    """Nobody waits for it yet; it is kept until it expires."""
    DUPLICATE = "duplicate"
    """A message with this id came before; nothing happened."""
    DROPPED = "dropped"
    """Nobody waits for it, and it was not to be kept."""


@dataclass(frozen=True, kw_only=True)
class CorrelationResult:
    """`instance_key` is the case that took the message, if any."""

    status: Correlated
    instance_key: int | None = None


@dataclass(frozen=True, kw_only=True)
class Incident:
    """A place where a case cannot go on. `message` is technical; the titles are for the reader."""

    key: int
    instance_key: int
    business_key: str
    process_id: str
    element_id: str
    code: str
    title: str
    title_en: str
    message: str
    state: str
    raised_at: dt.datetime
    resolved_at: dt.datetime | None
    resolved_by: int | None


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One passage of a case through one element."""

    number: int
    parent: int
    process_id: str
    element_id: str
    name: str
    name_en: str
    kind: str
    state: str
    entered_at: dt.datetime
    ended_at: dt.datetime | None
    performer_kind: str | None
    performer_person: int | None
    on_behalf_of: int | None = None
    """The person whose deputy the performer was."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where one case stands, for a list of cases."""

    value: Value = None
    """The case's own variable that was asked for; None where it has none."""
    at: tuple[Activity, ...] = ()
    """What is open in the case, innermost only."""


@dataclass(frozen=True, kw_only=True)
class CaseVariables:
    """Variables of a case by scope; scope 0 is the case itself."""

    scopes: Mapping[int, Mapping[str, Value]] = field(default_factory=dict)

    @property
    def root(self) -> Mapping[str, Value]:
        """The case's own."""
        return self.scopes.get(0, {})

    @property
    def current(self) -> Mapping[str, Value]:
        """Those of the case, and over them those of what still runs inside it."""
        # A scope bears the number of the activity that opened it (a called process: negative); later ones lie inside.
        ordered = sorted(self.scopes, key=abs)
        return {name: value for scope in ordered for name, value in self.scopes[scope].items()}
