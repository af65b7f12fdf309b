"""An engine on a real database, with people, a calendar and workers small enough to see through."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Column, ColumnElement, Connection, Integer, Table, Text, func, insert, select, text, true

from engine.job_executor import JobExecutor
from engine.model.actor import Action, Actor
from engine.model.errors import NotAuthorised
from engine.model.ports import PlainAuthority
from engine.process_engine import ProcessEngine
from engine.store.states import IncidentState, InstanceState, JobState, TaskState
from engine.store.tables import (
    activity,
    incident,
    job,
    message_subscription,
    process_instance,
    timer,
    user_task,
    user_task_offer,
)
from engine.worker_api import Completed, Handler, Job, Mode, Result
from persistence.append_only import trigger_names
from persistence.database import Database
from persistence.errors import KaihuError
from persistence.keys import Keys
from persistence.schema import metadata
from tests.conftest import TestClock

ledger = Table("test_ledger", metadata, Column("id", Integer, primary_key=True), Column("case", Text))

CLERK, SECOND_CLERK, REVIEWER, OUTSIDER, ADMINISTRATOR = 11, 12, 21, 31, 41
ROLES = {
    CLERK: frozenset({"clerk", "reviewer"}),
    SECOND_CLERK: frozenset({"clerk"}),
    REVIEWER: frozenset({"reviewer"}),
    ADMINISTRATOR: frozenset({"administrator"}),
}


def staff(person: int) -> Actor:
    return Actor.staff(person, person + 1000)


clerk, second_clerk, reviewer = staff(CLERK), staff(SECOND_CLERK), staff(REVIEWER)
outsider, administrator = staff(OUTSIDER), staff(ADMINISTRATOR)


class RolesOnly(PlainAuthority):
    """Business needs a business role; the administrator deploys and resolves incidents, nothing more."""

    def roles(self, connection: Connection, person: int) -> frozenset[str]:
        return ROLES.get(person, frozenset())

    def refusal(
        self, connection: Connection, person: int, action: str, subject: Mapping[str, str | int | None]
    ) -> KaihuError | None:
        roles = self.roles(connection, person)
        technical = action in (Action.DEPLOY, Action.RESOLVE_INCIDENT)
        allowed = "administrator" in roles if technical else bool(roles - {"administrator"})
        return None if allowed else NotAuthorised(action=action)


class EveryDay:
    """A calendar without holidays, open around the clock."""

    def at(self, connection: Connection) -> EveryDay:
        return self

    def business_days_after(self, start: dt.datetime, days: int) -> dt.datetime:
        return start + dt.timedelta(days=days)

    def business_hours_after(self, start: dt.datetime, hours: int) -> dt.datetime:
        return start + dt.timedelta(hours=hours)


class Outside:
    """What the workers of the tests meet: answers to give, in order; the last one stays."""

    def __init__(self) -> None:
        self.answers: list[Result | Exception] = [Completed()]
        self.attempts: list[int] = []
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()

    def answer(self) -> Result:
        self.asked.set()
        self.may_answer.wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def _local(job: Job, outside: Outside) -> Result:
    outside.attempts.append(job.attempt)
    job.transaction.execute(insert(ledger).values(case=job.business_key))
    return outside.answer()


def _remote(job: Job, outside: Outside) -> Result:
    outside.attempts.append(job.attempt)
    return outside.answer()


HANDLERS: dict[str, Handler[Any]] = {
    "open-account": Handler(type="open-account", mode=Mode.LOCAL, run=_local, name="开户", name_en="Open account"),
    "ask-registry": Handler(type="ask-registry", mode=Mode.REMOTE, run=_remote, name="查询", name_en="Ask registry"),
}


_WAITING: Mapping[str, tuple[Table, ColumnElement[bool]]] = {
    "timers": (timer, true()),
    "subscriptions": (message_subscription, true()),
    "user tasks": (user_task, user_task.c.state == TaskState.OPEN.value),
    "jobs": (job, job.c.state.not_in([JobState.COMPLETED.value, JobState.CANCELLED.value])),
    "activities": (activity, activity.c.ended_at.is_(None)),
    "incidents": (incident, incident.c.state == IncidentState.OPEN.value),
}


def waiting_for_ended_cases(connection: Connection) -> dict[str, int]:
    """What is still open of cases that are not, by kind; offers of ended tasks among it."""
    ended = select(process_instance.c.key).where(process_instance.c.state != InstanceState.ACTIVE.value)
    found = {
        name: connection.execute(
            select(func.count()).select_from(table).where(table.c.instance_key.in_(ended), waits)
        ).scalar_one()
        for name, (table, waits) in _WAITING.items()
    }
    offers = select(func.count()).select_from(user_task_offer.join(user_task))
    found["offers"] = connection.execute(
        offers.where(user_task.c.state != TaskState.OPEN.value, user_task_offer.c.open)
    ).scalar_one()
    return {name: count for name, count in found.items() if count}


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def make_engine(database: Database, clock: TestClock, outside: Outside) -> Iterator[Callable[[], ProcessEngine]]:
    """An engine as after a restart: nothing in memory, the same database. Afterwards nothing waits for ended cases."""

    def make() -> ProcessEngine:
        return ProcessEngine(
            database=database,
            keys=Keys.of(database),
            clock=clock,
            authority=RolesOnly(),
            calendar=EveryDay(),
            handlers=HANDLERS,
            resources=outside,
        )

    yield make
    with database.reading() as connection:
        assert waiting_for_ended_cases(connection) == {}


@pytest.fixture
def engine(make_engine: Callable[[], ProcessEngine]) -> ProcessEngine:
    return make_engine()


@pytest.fixture
def executor(engine: ProcessEngine) -> JobExecutor:
    return JobExecutor(engine)


def accounts_opened(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(ledger)).scalar_one())


@contextmanager
def tampering(database: Database, table: Table) -> Iterator[Connection]:
    """A transaction by someone who owns the database: the triggers of an append-only table are gone."""
    with database.transaction() as transaction:
        dialect = transaction.connection.dialect.name
        for name in trigger_names(table, dialect):
            on = "" if dialect == "sqlite" else f" ON {table.name}"
            transaction.connection.execute(text(f"DROP TRIGGER {name}{on}"))
        yield transaction.connection
