"""The engine's façade: what doors, workers and tests use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel import Environment
from engine.interpreter import CaseEnvironment
from engine.model.ports import (
    NO_ATTACHMENTS,
    NO_CASE_RECORDS,
    Attachments,
    Authority,
    Calendar,
    Calendars,
    CaseRecords,
    Clock,
)
from engine.queue import queue_for
from engine.services.calendar_functions import CalendarFunctions
from engine.services.deployments import Deployments
from engine.services.history import History
from engine.services.housekeeping import Housekeeping
from engine.services.incidents import Incidents
from engine.services.jobs import Jobs
from engine.services.messages import Messages
from engine.services.parts import EngineParts
from engine.services.process_instances import ProcessInstances
from engine.services.start_timers import StartTimers
from engine.services.timers import Timers
from engine.services.user_tasks import UserTasks
from engine.services.workload import Workload
from engine.worker_api import Handler
from persistence.database import Database
from persistence.keys import Keys

ZONE = ZoneInfo("Asia/Shanghai")
"""The one zone of the People's Republic; FEEL's now() and today() are in it."""


class ProcessEngine:
    """One engine on one database. Safe between threads; any number of processes may share the database.

    Every public method of its services is one command in one transaction with one journal entry, or a question.
    """

    def __init__(
        self,
        *,
        database: Database,
        keys: Keys,
        clock: Clock,
        authority: Authority,
        calendar: Calendars,
        handlers: Mapping[str, Handler[Any]],
        resources: object,
        zone: dt.tzinfo = ZONE,
        attachments: Attachments = NO_ATTACHMENTS,
        records: CaseRecords = NO_CASE_RECORDS,
    ) -> None:
        self.parts = EngineParts(
            database=database,
            keys=keys,
            clock=clock,
            authority=authority,
            calendar=calendar,
            handlers=handlers,
            resources=resources,
            zone=zone,
            attachments=attachments,
            records=records,
            queue=queue_for(database, handlers),
        )
        self.deployments = Deployments(self.parts)
        self.process_instances = ProcessInstances(self.parts)
        self.user_tasks = UserTasks(self.parts)
        self.jobs = Jobs(self.parts)
        self.messages = Messages(self.parts)
        self.timers = Timers(self.parts)
        self.start_timers = StartTimers(self.parts)
        self.incidents = Incidents(self.parts)
        self.history = History(self.parts)
        self.housekeeping = Housekeeping(self.parts)
        self.workload = Workload(self.parts)

    def display_environment(self) -> Environment:
        """What a page needs to show a form now as a command would judge it: time, calendar, the bank's zone."""
        functions = CalendarFunctions(self._calendar)
        return CaseEnvironment(now=self.parts.clock.now(), functions=functions, zone=self.parts.zone).feel()

    def _calendar(self) -> Calendar:
        with self.parts.database.reading() as connection:
            return self.parts.calendar.at(connection)
