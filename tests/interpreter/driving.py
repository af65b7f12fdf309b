"""Drives a case as the services do: every command runs on a live case and on one restored before it.

Both must be the same byte for byte, in tree, variables and events: otherwise a stored case would
behave differently from the one that was replayed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from engine.decisions import Decision
from engine.interpreter import Case, CaseEnvironment, Program, link, parse_diagram
from engine.model.events import (
    ElementCompleted,
    Event,
    IncidentRaised,
    IncidentResolved,
    JobCreated,
    SubscriptionOpened,
    TimerStarted,
    UserTaskCreated,
    Wait,
    WaitEnded,
)

MONDAY = dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC)
WaitBegun = UserTaskCreated | JobCreated | TimerStarted | SubscriptionOpened
_BEGINS = {
    UserTaskCreated: Wait.USER_TASK,
    JobCreated: Wait.JOB,
    TimerStarted: Wait.TIMER,
    SubscriptionOpened: Wait.MESSAGE,
}


def program(xml: bytes, root: str = "p", decisions: Mapping[str, Decision] | None = None) -> Program:
    return link(parse_diagram(xml, "test.bpmn").processes, root, decisions or {})


class Drive:
    """One case, kept live and stored at the same time."""

    def __init__(
        self, xml: bytes, variables: Mapping[str, Any] | None = None, budget: int = 10_000, **options: Any
    ) -> None:
        self.program = program(xml, **options)
        self.now = MONDAY
        self.budget = budget
        self.rows: dict[int, dict[str, Any]] = {}
        self.items: dict[tuple[int, str], dict[int, Any]] = {}
        self.events: list[Event] = []
        self.waits: dict[tuple[int, int], WaitBegun] = {}
        self.incidents: dict[int, IncidentRaised] = {}
        self.live = Case.start(self.program, {"business_key": "AO-1", **(variables or {})}, self.environment())
        self._keep(self.live)

    def environment(self) -> CaseEnvironment:
        return CaseEnvironment(now=self.now, step_budget=self.budget)

    def restored(self) -> Case:
        return Case.restore(
            self.program,
            self.live.tree(),
            lambda scope: self.rows.get(scope, {}),
            self.environment(),
            lambda scope, name: self.items.get((scope, name), {}),
        )

    def command(self, action: Callable[[Case], None]) -> Drive:
        stored = self.restored()
        assert stored.tree() == self.live.tree()
        self.live._tree.environment = self.environment()
        self.live._tree.feel = self.environment().feel()
        self.live._tree._steps = 0
        action(stored)
        action(self.live)
        events = stored.take_events()
        assert stored.tree() == self.live.tree()
        assert stored.variables() == self.live.variables()
        live_events = self._keep(self.live)
        assert [event.to_json() for event in events] == [event.to_json() for event in live_events]
        return self

    def _keep(self, case: Case) -> list[Event]:
        events = case.take_events()
        self.events += events
        changes = case.take_variable_changes()
        for (scope, name), value in changes.written.items():
            self.rows.setdefault(scope, {})[name] = value
        for place, items in changes.items.items():
            self.items.setdefault(place, {}).update(items)
        self.items = {place: items for place, items in self.items.items() if place[0] not in changes.ungathered}
        for scope in changes.closed:
            self.rows.pop(scope, None)
        for event in events:
            self._project(event)
        return events

    def _project(self, event: Event) -> None:
        match event:
            case TimerStarted() | SubscriptionOpened():
                self.waits[event.number, event.arm] = event
            case UserTaskCreated() | JobCreated():
                self.waits[event.number, 0] = event
            case WaitEnded():
                ended = [
                    key
                    for key, begun in self.waits.items()
                    if key[0] == event.number and _BEGINS[type(begun)] is event.wait
                ]
                assert ended, "a wait ended that never began"
                for key in ended:
                    del self.waits[key]
            case IncidentRaised():
                self.incidents[event.number] = event
            case IncidentResolved():
                del self.incidents[event.number]

    def waiting(self, element: str, place: int = 0) -> int:
        """Number of an element instance that waits for a person or worker."""
        found = sorted(
            event.number
            for event in self.waits.values()
            if event.element == element and isinstance(event, UserTaskCreated | JobCreated)
        )
        assert found, f"{element} does not wait; {sorted(event.element for event in self.waits.values())} do"
        return found[place]

    def done(self, element: str, variables: Mapping[str, Any] | None = None, place: int = 0) -> Drive:
        number = self.waiting(element, place)
        if isinstance(self.waits[number, 0], UserTaskCreated):
            return self.command(lambda case: case.complete_user_task(number, variables or {}))
        return self.command(lambda case: case.complete_job(number, variables or {}))

    def fails(self, element: str, code: str, variables: Mapping[str, Any] | None = None) -> Drive:
        number = self.waiting(element)
        return self.command(lambda case: case.throw_error(number, code, "", variables or {}))

    def pass_by(self, **duration: float) -> Drive:
        self.now += dt.timedelta(**duration)
        return self.command(lambda case: case.fire_due_timers())

    def message(self, name: str, key: str = "AO-1", variables: Mapping[str, Any] | None = None) -> Drive:
        found = sorted(
            (event.number, event.arm)
            for event in self.waits.values()
            if isinstance(event, SubscriptionOpened) and (event.message, event.correlation_key) == (name, key)
        )
        assert found, f"nobody waits for {name} with {key}"
        return self.command(lambda case: case.correlate(*found[0], variables or {}))

    def resolve(self, variables: Mapping[str, Any] | None = None) -> Drive:
        """Try again; `variables` are what has changed in the stored case meanwhile."""
        (number,) = self.incidents
        if variables:
            self.rows[0].update(variables)
            self.live = self.restored()
        return self.command(lambda case: case.resolve_incident(number))

    @property
    def variables(self) -> dict[str, Any]:
        found = dict(self.live.variables())
        del found["business_key"]
        return found

    @property
    def completed(self) -> list[str]:
        return [event.element for event in self.events if isinstance(event, ElementCompleted)]

    @property
    def finished(self) -> bool:
        """Ended, and nothing is left behind: no scope but the root's, no wait, no incident."""
        return self.live.ended and set(self.rows) <= {0} and not self.items and not self.waits and not self.incidents
