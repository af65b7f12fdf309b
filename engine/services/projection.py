"""What a command's events mean for the tables: gathered while it runs, written once at its end.

What began and ended within one command is written in its final state only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from engine.model.actor import Actor
from engine.model.elements import ElementKind
from engine.model.events import (
    CaseEnded,
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
    Wait,
    WaitEnded,
)
from engine.services.programs import LinkedDefinition
from engine.services.projection_rows import (
    CaseFacts,
    activity_row,
    headers_text,
    incident_row,
    job_row,
    offer_rows,
    person_of,
    subscription_row,
    task_row,
    timer_row,
)
from engine.store.activities import insert_activities, update_activities
from engine.store.incidents import count_open, end_incidents
from engine.store.jobs import end_jobs, update_job
from engine.store.rows import insert_all, upsert
from engine.store.states import ActivityState, IncidentState, InstanceState, JobState, TaskState
from engine.store.tables import (
    incident,
    job,
    message_subscription,
    timer,
    user_task,
    user_task_offer,
)
from engine.store.tasks import end_tasks
from engine.store.waits import delete_subscriptions, delete_timers
from persistence.keys import Keys

Row = dict[str, Any]
_COMPLETED, _CANCELLED = ActivityState.COMPLETED.value, ActivityState.CANCELLED.value
_LIVE_JOB = (JobState.AVAILABLE.value, JobState.LEASED.value, JobState.INCIDENT.value)


@dataclass
class Projection:
    """The changes of one command on one case."""

    case: CaseFacts
    definition: LinkedDefinition
    keys: Keys
    actor: Actor
    now: dt.datetime
    state: InstanceState = InstanceState.ACTIVE
    activities: dict[int, Row] = field(default_factory=dict)
    ended: dict[int, str] = field(default_factory=dict)
    performers: dict[int, Actor] = field(default_factory=dict)
    tasks: dict[int, Row] = field(default_factory=dict)
    task_events: dict[int, UserTaskCreated] = field(default_factory=dict)
    unoffered: set[int] = field(default_factory=set)
    """Stored tasks that are known to have no candidates."""
    jobs: dict[int, Row] = field(default_factory=dict)
    stored_jobs: set[int] = field(default_factory=set)
    timers: dict[tuple[int, int], Row] = field(default_factory=dict)
    subscriptions: dict[tuple[int, int], Row] = field(default_factory=dict)
    waits_ended: set[tuple[int, Wait]] = field(default_factory=set)
    incidents: dict[int, Row] = field(default_factory=dict)
    incidents_ended: dict[int, IncidentState] = field(default_factory=dict)

    def apply(self, events: Iterable[Event]) -> None:
        """Take events into account; flows, scopes, variables, decisions and warnings are the journal's alone."""
        for event in events:
            apply = _APPLY.get(type(event))
            if apply is not None:
                apply(self, event)

    def _enter(self, event: ElementEntered) -> None:
        self.activities[event.number] = activity_row(self.case, event, self.now)
        if self.case.is_new and event.parent == 0 and event.kind == ElementKind.START_EVENT:
            self.performers[event.number] = self.actor

    def _raise_incident(self, event: IncidentRaised) -> None:
        self.incidents[event.number] = incident_row(self.case, event, self.keys.next(), self.now)

    def _end_case(self, event: CaseEnded) -> None:
        self.state = InstanceState(event.how)

    def _create_task(self, event: UserTaskCreated) -> None:
        self.tasks[event.number] = task_row(self.case, self.definition, event, self.keys.next(), self.now)
        self.task_events[event.number] = event

    def _start_timer(self, event: TimerStarted) -> None:
        self.timers[event.number, event.arm] = timer_row(self.case, event)

    def _open_subscription(self, event: SubscriptionOpened) -> None:
        self.subscriptions[event.number, event.arm] = subscription_row(self.case, event, self.now)

    @property
    def leaves_work(self) -> bool:
        """Whether jobs or timers of this command wait for the job executor."""
        return bool(self.timers) or any(row["state"] == JobState.AVAILABLE for row in self.jobs.values())

    def keep_job(self, row: Row) -> None:
        """Work on a job that is stored already."""
        self.jobs[row["number"]] = row
        self.stored_jobs.add(row["number"])

    def _create_job(self, event: JobCreated) -> None:
        known = self.jobs.get(event.number)
        if known is None:
            self.jobs[event.number] = job_row(self.case, event, self.keys.next(), self.now)
            return
        known.update(  # tried again after an incident
            state=JobState.AVAILABLE.value,
            retries=event.retries,
            headers=headers_text(event),
            available_at=self.now,
        )

    def _end(self, number: int, state: str) -> None:
        self.ended[number] = state
        self._end_incident(number, IncidentState.GONE)

    def _end_incident(self, number: int, state: IncidentState) -> None:
        self.incidents_ended.setdefault(number, state)
        row = self.incidents.get(number)
        if row is not None and row["state"] == IncidentState.OPEN:
            row.update(state=state.value, resolved_at=self.now, resolved_by=person_of(self.actor))

    def _end_wait(self, event: WaitEnded) -> None:
        number = event.number
        self.waits_ended.add((number, event.wait))
        waiting = {Wait.TIMER: self.timers, Wait.MESSAGE: self.subscriptions}.get(event.wait)
        if waiting:
            for key in [key for key in waiting if key[0] == number]:
                del waiting[key]

    def no_longer(self, wait: Wait) -> set[int]:
        """Numbers of the element instances that have stopped waiting in this way."""
        return {number for number, ended in self.waits_ended if ended is wait}

    def case_columns(self) -> Row:
        """Columns of the case's own row that follow from the events alone.

        The state only when it changes: SQLite writes the entries of an index anew whose columns a statement names.
        """
        if self.state is InstanceState.ACTIVE and not self.case.is_new:
            return {}
        if self.state is InstanceState.ACTIVE:
            return {"state": self.state.value}
        return {"state": self.state.value, "ended_at": self.now}

    def write(self, connection: Connection) -> Row:
        """Write everything; gives the columns of the case's own row that can only be told now."""
        insert_activities(connection, [self._final_activity(row) for row in self.activities.values()])
        known = self.activities.keys()
        endings = {number: self._ending(number, state) for number, state in self.ended.items() if number not in known}
        begun = self.performers.keys() - self.ended.keys() - known
        update_activities(connection, self.case.key, endings | {number: self._performer(number) for number in begun})
        self._write_jobs(connection)
        self._write_tasks(connection)
        delete_timers(connection, self.case.key, self.no_longer(Wait.TIMER) - known)
        delete_subscriptions(connection, self.case.key, self.no_longer(Wait.MESSAGE) - known)
        upsert(connection, timer, list(self.timers.values()))
        upsert(connection, message_subscription, list(self.subscriptions.values()))
        return self._write_incidents(connection)

    def _ending(self, number: int, state: str) -> Row:
        return {"state": state, "ended_at": self.now} | self._performer(number)

    def _performer(self, number: int) -> Row:
        performer = self.performers.get(number)
        if performer is None:
            return {}
        told = {"performer_kind": performer.kind.value, "performer_person": performer.person}
        return told if performer.on_behalf_of is None else told | {"on_behalf_of": performer.on_behalf_of}

    def _final_activity(self, row: Row) -> Row:
        state = self.ended.get(row["number"])
        return row | (self._performer(row["number"]) if state is None else self._ending(row["number"], state))

    def _write_jobs(self, connection: Connection) -> None:
        """What was begun and done within this command needs no row: the journal tells of it."""
        done = self.no_longer(Wait.JOB)
        for number in done & self.jobs.keys() & self.ended.keys():
            if self.jobs[number]["state"] in _LIVE_JOB:
                self.jobs[number]["state"] = self._job_end(number).value
        new = [row for number, row in self.jobs.items() if number not in self.stored_jobs]
        insert_all(connection, job, [row for row in new if row["state"] in _LIVE_JOB])
        for number in self.stored_jobs:
            row = self.jobs[number]
            update_job(connection, row["key"], row)
        gone = (done & self.ended.keys()) - self.jobs.keys() - self.activities.keys()
        end_jobs(connection, self.case.key, {number: self._job_end(number) for number in gone})

    def _job_end(self, number: int) -> JobState:
        return JobState.CANCELLED if self.ended.get(number) == _CANCELLED else JobState.COMPLETED

    def _write_tasks(self, connection: Connection) -> None:
        gone = self.no_longer(Wait.USER_TASK)
        stored = gone - self.tasks.keys()
        endings = {number: self._task_ending(number) for number in stored}
        end_tasks(connection, self.case.key, endings, self.unoffered)
        for number in gone & self.tasks.keys():
            self.tasks[number] |= self._task_ending(number)
        insert_all(connection, user_task, list(self.tasks.values()))
        offers = [row for number, task in self.tasks.items() for row in offer_rows(self.task_events[number], task)]
        insert_all(connection, user_task_offer, offers)

    def _task_ending(self, number: int) -> Row:
        performer = self.performers.get(number)
        if self.ended.get(number) == _CANCELLED or performer is None:
            return {"state": TaskState.CANCELLED.value, "ended_at": self.now}
        return {
            "state": TaskState.COMPLETED.value,
            "ended_at": self.now,
            "completed_by": performer.person,
            "completed_login": performer.login,
        }

    def _write_incidents(self, connection: Connection) -> Row:
        if not self.incidents and not self.case.incidents:
            return {}
        for number, state in self.incidents_ended.items():
            end_incidents(connection, self.case.key, number, state, time=self.now, person=person_of(self.actor))
        insert_all(connection, incident, list(self.incidents.values()))
        return {"incidents": count_open(connection, self.case.key)}


_APPLY: dict[type[Event], Callable[[Projection, Any], None]] = {
    ElementEntered: Projection._enter,
    ElementCompleted: lambda projection, event: projection._end(event.number, _COMPLETED),
    ElementCancelled: lambda projection, event: projection._end(event.number, _CANCELLED),
    WaitEnded: Projection._end_wait,
    IncidentRaised: Projection._raise_incident,
    IncidentResolved: lambda projection, event: projection._end_incident(event.number, IncidentState.RESOLVED),
    CaseEnded: Projection._end_case,
    UserTaskCreated: Projection._create_task,
    JobCreated: Projection._create_job,
    TimerStarted: Projection._start_timer,
    SubscriptionOpened: Projection._open_subscription,
}
