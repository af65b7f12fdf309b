"""What a command's events mean for the tables: gathered while it runs, written once at its end.

What began and ended within one command is written in its final state only.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, update

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
    WaitEnded,
)
from engine.services.programs import LinkedDefinition
from engine.services.projection_rows import (
    CaseFacts,
    activity_row,
    incident_row,
    job_row,
    person_of,
    subscription_row,
    task_row,
    timer_row,
)
from engine.store.activities import insert_activities, update_activity
from engine.store.incidents import count_open, end_incidents
from engine.store.rows import insert_all, upsert
from engine.store.states import ActivityState, IncidentState, InstanceState, JobState, TaskState
from engine.store.tables import (
    incident,
    job,
    message_subscription,
    timer,
    user_task,
    user_task_candidate,
    user_task_group,
)
from engine.store.waits import delete_all_waits, delete_waits
from persistence.keys import Keys

Row = dict[str, Any]
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
    ended: dict[int, ActivityState] = field(default_factory=dict)
    performers: dict[int, Actor] = field(default_factory=dict)
    tasks: dict[int, Row] = field(default_factory=dict)
    task_events: dict[int, UserTaskCreated] = field(default_factory=dict)
    jobs: dict[int, Row] = field(default_factory=dict)
    stored_jobs: set[int] = field(default_factory=set)
    timers: dict[tuple[int, int], Row] = field(default_factory=dict)
    subscriptions: dict[tuple[int, int], Row] = field(default_factory=dict)
    waits_ended: list[tuple[int, int | None]] = field(default_factory=list)
    incidents: dict[int, Row] = field(default_factory=dict)
    incidents_ended: dict[int, IncidentState] = field(default_factory=dict)

    def apply(self, event: Event) -> None:
        """Take one event into account."""
        match event:
            case ElementEntered():
                self.activities[event.number] = activity_row(self.case, event, self.now)
                if event.kind == ElementKind.START_EVENT.value and event.parent == 0 and self.case.is_new:
                    self.performers[event.number] = self.actor
            case ElementCompleted():
                self._end(event.number, ActivityState.COMPLETED)
            case ElementCancelled():
                self._end(event.number, ActivityState.CANCELLED)
                self._end_waits(event.number, None)
            case WaitEnded():
                self._end_waits(event.number, event.arm)
            case IncidentRaised():
                self.incidents[event.number] = incident_row(self.case, event, self.keys.next(), self.now)
            case IncidentResolved():
                self._end_incident(event.number, IncidentState.RESOLVED)
            case CaseEnded():
                self.state = InstanceState(event.how)
            case _:
                self._begin_wait(event)

    def _begin_wait(self, event: Event) -> None:
        match event:
            case UserTaskCreated():
                self.tasks[event.number] = task_row(self.case, self.definition, event, self.keys.next(), self.now)
                self.task_events[event.number] = event
            case JobCreated():
                self._create_job(event)
            case TimerStarted():
                self.timers[event.number, event.arm] = timer_row(self.case, event)
            case SubscriptionOpened():
                self.subscriptions[event.number, event.arm] = subscription_row(self.case, event, self.now)
            case _:
                pass  # flows, scopes, variables, decisions and warnings are the journal's alone

    @property
    def leaves_work(self) -> bool:
        """Whether jobs or timers of this command wait for the job executor."""
        available = JobState.AVAILABLE.value
        return bool(self.timers) or any(row["state"] == available for row in self.jobs.values())

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
            headers=json.dumps(dict(event.headers), sort_keys=True, ensure_ascii=False),
            available_at=self.now,
        )

    def _end(self, number: int, state: ActivityState) -> None:
        self.ended[number] = state
        self._end_incident(number, IncidentState.GONE)

    def _end_incident(self, number: int, state: IncidentState) -> None:
        self.incidents_ended.setdefault(number, state)
        row = self.incidents.get(number)
        if row is not None and row["state"] == IncidentState.OPEN.value:
            row.update(state=state.value, resolved_at=self.now, resolved_by=person_of(self.actor))

    def _end_waits(self, number: int, arm: int | None) -> None:
        self.waits_ended.append((number, arm))
        for waiting in (self.timers, self.subscriptions):
            for key in [key for key in waiting if key[0] == number and arm in (None, key[1])]:
                del waiting[key]

    def write(self, connection: Connection) -> dict[str, Any]:
        """Write everything; returns the columns of the case's own row that follow from it."""
        insert_activities(connection, [self._final_activity(row) for row in self.activities.values()])
        for number, state in self.ended.items():
            if number not in self.activities:
                update_activity(connection, self.case.key, number, self._ending(number, state))
        for number in self.performers.keys() - self.ended.keys() - self.activities.keys():
            update_activity(connection, self.case.key, number, self._performer(number))
        self._write_jobs(connection)
        self._write_tasks(connection)
        for number, arm in self.waits_ended:
            delete_waits(connection, self.case.key, number, arm)
        upsert(connection, timer, list(self.timers.values()))
        upsert(connection, message_subscription, list(self.subscriptions.values()))
        open_incidents = self._write_incidents(connection)
        changes: dict[str, Any] = {"state": self.state.value} | open_incidents
        if self.state is not InstanceState.ACTIVE:
            self._close_case(connection)
            changes |= {"ended_at": self.now, "incidents": 0}
        return changes

    def _ending(self, number: int, state: ActivityState) -> Row:
        return {"state": state.value, "ended_at": self.now} | self._performer(number)

    def _performer(self, number: int) -> Row:
        performer = self.performers.get(number)
        if performer is None:
            return {}
        return {"performer_kind": performer.kind.value, "performer_person": performer.person}

    def _final_activity(self, row: Row) -> Row:
        state = self.ended.get(row["number"])
        return row | (self._performer(row["number"]) if state is None else self._ending(row["number"], state))

    def _write_jobs(self, connection: Connection) -> None:
        gone = {number for number, arm in self.waits_ended if arm is None or arm == 0} | self.ended.keys()
        for number in gone:
            row = self.jobs.get(number)
            if row is not None and row["state"] in _LIVE_JOB and number in self.ended:
                row["state"] = self._job_end(number)
        new = [row for number, row in self.jobs.items() if number not in self.stored_jobs]
        insert_all(connection, job, new)
        for number in self.stored_jobs:
            row = self.jobs[number]
            connection.execute(update(job).where(job.c.key == row["key"]).values(**row))
        for number in self.ended.keys() - self.jobs.keys() - self.activities.keys():
            connection.execute(
                update(job)
                .where(job.c.instance_key == self.case.key, job.c.number == number, job.c.state.in_(_LIVE_JOB))
                .values(state=self._job_end(number))
            )

    def _job_end(self, number: int) -> str:
        cancelled = self.ended.get(number) is ActivityState.CANCELLED
        return (JobState.CANCELLED if cancelled else JobState.COMPLETED).value

    def _write_tasks(self, connection: Connection) -> None:
        gone = {number for number, _ in self.waits_ended} | self.ended.keys()
        for number in gone - self.tasks.keys() - self.activities.keys():
            self._end_stored_task(connection, number)
        for number in gone & self.tasks.keys():
            self.tasks[number] |= self._task_ending(number)
        insert_all(connection, user_task, list(self.tasks.values()))
        insert_all(
            connection,
            user_task_group,
            [
                {"group_id": group, "task_key": row["key"], "open": row["state"] == TaskState.OPEN.value}
                for number, row in self.tasks.items()
                for group in dict.fromkeys(self.task_events[number].candidate_groups)
            ],
        )
        insert_all(
            connection,
            user_task_candidate,
            [
                {"person": int(person), "task_key": row["key"]}
                for number, row in self.tasks.items()
                for person in dict.fromkeys(self.task_events[number].candidate_users)
                if person.isdecimal()
            ],
        )

    def _task_ending(self, number: int) -> Row:
        performer = self.performers.get(number)
        if self.ended.get(number) is ActivityState.CANCELLED or performer is None:
            return {"state": TaskState.CANCELLED.value, "ended_at": self.now}
        return {
            "state": TaskState.COMPLETED.value,
            "ended_at": self.now,
            "completed_by": performer.person,
            "completed_login": performer.login,
        }

    def _end_stored_task(self, connection: Connection, number: int) -> None:
        keys = connection.execute(
            update(user_task)
            .where(
                user_task.c.instance_key == self.case.key,
                user_task.c.number == number,
                user_task.c.state == TaskState.OPEN.value,
            )
            .values(revision=user_task.c.revision + 1, **self._task_ending(number))
            .returning(user_task.c.key)
        ).scalars()
        _close_groups(connection, list(keys))

    def _write_incidents(self, connection: Connection) -> Row:
        if not self.incidents and not self.incidents_ended:
            return {}
        for number, state in self.incidents_ended.items():
            end_incidents(connection, self.case.key, number, state, time=self.now, person=person_of(self.actor))
        insert_all(connection, incident, list(self.incidents.values()))
        return {"incidents": count_open(connection, self.case.key)}

    def _close_case(self, connection: Connection) -> None:
        """Nothing of an ended case waits any longer, whatever its events said."""
        delete_all_waits(connection, self.case.key)
        end_incidents(connection, self.case.key, None, IncidentState.GONE, time=self.now)
        connection.execute(
            update(job)
            .where(job.c.instance_key == self.case.key, job.c.state.in_(_LIVE_JOB))
            .values(state=JobState.CANCELLED.value)
        )
        keys = connection.execute(
            update(user_task)
            .where(user_task.c.instance_key == self.case.key, user_task.c.state == TaskState.OPEN.value)
            .values(state=TaskState.CANCELLED.value, ended_at=self.now)
            .returning(user_task.c.key)
        ).scalars()
        _close_groups(connection, list(keys))


def _close_groups(connection: Connection, keys: list[int]) -> None:
    if keys:
        connection.execute(update(user_task_group).where(user_task_group.c.task_key.in_(keys)).values(open=False))
