"""A case's journal as people read it: what happened, who did it, which steps it moved, what it changed and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.journal import JournalEntry
from engine.model.actor import Actor, ActorKind
from engine.services.answers import Activity
from web.cases.changes import Data, VariableChange

STEP_KINDS = frozenset(
    {
        "userTask", "manualTask", "task", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask",
        "subProcess", "callActivity", "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent",
        "boundaryEvent",
    }
)  # fmt: skip
"""Gateways only direct the tokens; a reader of the journal has no use for them."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """An element by its names."""

    name: str
    name_en: str


@dataclass(frozen=True, kw_only=True)
class TakenDecision:
    """A decision with the step that asked for it; `records` are the tables and expressions behind it, in order."""

    step: Step
    records: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class StepWarning:
    """Why an expression of a step, or of its decision (then without the text), gave null."""

    step: Step
    code: str
    subject: str
    expression: str


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """One journal entry. `what` is the step the command was about, if it was about one."""

    seq: int
    time: dt.datetime
    command: str
    actor: Actor
    on_behalf_of: int | None
    """The person whose deputy the actor was."""
    roles: tuple[str, ...]
    what: Step | None
    assignee: int | None
    reason: str
    reference: str
    """Of a waiver: the decision behind it."""
    attempts: tuple[Mapping[str, Any], ...]
    """Outcomes of jobs that did not simply complete."""
    left: tuple[Step, ...]
    interrupted: tuple[Step, ...]
    entered: tuple[Step, ...]
    notes: tuple[tuple[str, Step, str], ...]
    """Incidents and errors: kind, step, code."""
    ended: str
    changes: tuple[VariableChange, ...]
    decisions: tuple[TakenDecision, ...]
    warnings: tuple[StepWarning, ...]

    @property
    def has_detail(self) -> bool:
        """Whether there is more to unfold."""
        return bool(self.changes or self.decisions or self.warnings)


def timeline(
    entries: Sequence[JournalEntry], activities: Sequence[Activity], roles_of: Callable[[int], frozenset[str]]
) -> list[TimelineEntry]:
    """The entries in order; `roles_of` gives the roles a person holds, for commands that are nobody's task."""
    reader = _Reader(activities, roles_of)
    return [reader.read(entry) for entry in entries]


class _Reader:
    def __init__(self, activities: Sequence[Activity], roles_of: Callable[[int], frozenset[str]]) -> None:
        self._activities = {each.number: each for each in activities}
        self._roles_of = roles_of
        self._groups: dict[int, tuple[str, ...]] = {}
        self._data = Data()

    def read(self, entry: JournalEntry) -> TimelineEntry:
        inputs, events = entry.body["inputs"], entry.body["events"]
        number = inputs.get("number")
        read = TimelineEntry(
            seq=entry.seq,
            time=entry.time,
            command=entry.command,
            actor=entry.actor,
            on_behalf_of=inputs.get("on_behalf_of"),
            roles=self._roles(entry.actor, number, inputs.get("on_behalf_of")),
            what=self._step(number) if number is not None else None,
            assignee=inputs.get("assignee") if entry.command == "assign_user_task" else None,
            reason=inputs.get("reason", ""),
            reference=inputs.get("reference", ""),
            attempts=tuple(step for step in entry.body["steps"] if step.get("result") in ("failed", "error")),
            left=self._steps(events, "completed"),
            interrupted=self._steps(events, "cancelled"),
            entered=self._still_open(events),
            notes=tuple(
                (event["type"], self._named(event), event["code"])
                for event in events
                if event["type"] in ("incident", "error")
            ),
            ended=next((event["how"] for event in events if event["type"] == "case_ended"), ""),
            changes=tuple(self._data.take(events)),
            decisions=tuple(
                TakenDecision(step=self._named(event), records=_records(event["trace"]))
                for event in events
                if event["type"] == "decision"
            ),
            warnings=tuple(dict.fromkeys(self._warning(event) for event in events if event["type"] == "warning")),
        )
        self._groups.update({each["number"]: _groups(each) for each in events if each["type"] == "user_task"})
        return read

    def _roles(self, actor: Actor, number: int | None, on_behalf_of: int | None) -> tuple[str, ...]:
        """The roles that let the person act: the task's groups, else what they, or whom they deputise, hold now."""
        if actor.kind is not ActorKind.PERSON or actor.person is None:
            return ()
        held = self._roles_of(on_behalf_of or actor.person)
        groups = self._groups.get(number, ()) if number is not None else ()
        return tuple(group for group in groups if group in held) or tuple(sorted(held)) or groups

    def _steps(self, events: Sequence[Mapping[str, Any]], kind: str) -> tuple[Step, ...]:
        return self._readable([event["number"] for event in events if event["type"] == kind])

    def _still_open(self, events: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
        over = {event["number"] for event in events if event["type"] in ("completed", "cancelled")}
        entered = [event["number"] for event in events if event["type"] == "entered"]
        return self._readable([number for number in entered if number not in over])

    def _readable(self, numbers: Sequence[int]) -> tuple[Step, ...]:
        """Those with a name, each once; gateways left out."""
        shown = [self._activities[number] for number in numbers if number in self._activities]
        steps = [Step(name=each.name, name_en=each.name_en) for each in shown if each.kind in STEP_KINDS and each.name]
        return tuple(dict.fromkeys(steps))

    def _step(self, number: int) -> Step | None:
        found = self._activities.get(number)
        return Step(name=found.name, name_en=found.name_en) if found is not None else None

    def _warning(self, event: Mapping[str, Any]) -> StepWarning:
        return StepWarning(
            step=self._named(event),
            code=event["code"],
            subject=event["subject"],
            expression=event.get("expression", ""),
        )

    def _named(self, event: Mapping[str, Any]) -> Step:
        found = self._step(event["number"])
        return found if found is not None and found.name else Step(name=event["element"], name_en=event["element"])


def _groups(event: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(event.get("candidate_groups", ()))


def _records(trace: object) -> tuple[Mapping[str, Any], ...]:
    return tuple(record for record in trace if isinstance(record, Mapping)) if isinstance(trace, list) else ()
