"""The case of these tests: checks, questions to the outside in parallel, an approval, an account, a timer, a letter.

Everything that happens outside the database is written into files beside it, as a correspondent bank or a customer
would remember it.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from engine.model.events import ElementCompleted
from engine.model.ports import Clock
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, InstanceFilter
from engine.store.states import ActivityState, InstanceState, JobState, TaskState
from engine.store.tables import job, process_instance, timer
from engine.store.tables import user_task as stored_task
from engine.worker_api import Completed, Handler, Job, Mode, Result
from persistence.database import Database
from persistence.keys import Keys
from tests.chaos.doom import REMOTE as REMOTE_WORK
from tests.chaos.doom import Doom, Moment
from tests.engine.conftest import EveryDay, RolesOnly, clerk, ledger
from tests.engine.diagrams import diagram, end, service_task, start, timer_catch, user_task
from tests.interpreter.diagrams import gateway, path

LOCAL, REMOTE = ("check", "open_account"), ("ask_registry", "ask_police", "tell_customer")
ELEMENTS = ("begin", "check", "split", *REMOTE[:2], "join", "approve", "open_account", "pause", *REMOTE[2:], "finish")
_PATIENT = 100_000
"""Attempts: a killed worker costs one, and here workers are killed all the time."""

OPENING = diagram(
    "opening",
    "".join(
        xml.replace("{flows}", "")
        for _, xml in (
            start(),
            service_task("check", "local-work", _PATIENT),
            service_task("ask_registry", REMOTE_WORK, _PATIENT),
            service_task("ask_police", REMOTE_WORK, _PATIENT),
            user_task("approve", "clerk"),
            service_task("open_account", "local-work", _PATIENT),
            timer_catch("pause", "PT1S"),
            service_task("tell_customer", REMOTE_WORK, _PATIENT),
            end(),
        )
    )
    + gateway("parallel", "split")
    + gateway("parallel", "join")
    + path("begin", "check", "split", "ask_registry", "join", "approve", "open_account", "pause", "tell_customer")
    + path("split", "ask_police", "join")
    + path("tell_customer", "finish"),
)


def _note(file: Path, line: str) -> None:
    """One line at the end of the file in one write: a kill leaves the whole line or nothing."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def _lines(file: Path) -> list[tuple[str, ...]]:
    return [tuple(line.split()) for line in file.read_text().splitlines()] if file.exists() else []


@dataclass
class World:
    """What remembers beside the database: the outside, and the clients with what they asked and were told."""

    folder: Path
    doom: Doom

    @property
    def effects(self) -> list[tuple[str, ...]]:
        """What the outside was asked to do, in order: (case, element, idempotency key)."""
        return _lines(self.folder / "effects")

    def effect(self, job: Job) -> None:
        """The outside does what a worker asks of it."""
        _note(self.folder / "effects", f"{job.business_key} {job.element_id} {job.idempotency_key}")

    def asked(self, *request: str) -> None:
        """A client sends a request."""
        _note(self.folder / "asked", " ".join(request))

    def told(self, *request: str) -> None:
        """The client has got its answer."""
        _note(self.folder / "told", " ".join(request))

    @property
    def requests(self) -> list[tuple[str, ...]]:
        """Everything clients asked for, repetitions included."""
        return _lines(self.folder / "asked")

    @property
    def answers(self) -> list[tuple[str, ...]]:
        """Everything clients were told has happened."""
        return _lines(self.folder / "told")


def _local(job: Job, world: World) -> Result:
    world.doom(Moment.BEFORE_EFFECT)
    job.transaction.execute(insert(ledger).values(case=f"{job.business_key}/{job.element_id}"))
    world.doom(Moment.AFTER_EFFECT)
    return Completed({job.element_id: True})


def _remote(job: Job, world: World) -> Result:
    world.doom(Moment.BEFORE_EFFECT)
    world.effect(job)
    world.doom(Moment.AFTER_EFFECT)
    return Completed({job.element_id: True})


HANDLERS: dict[str, Handler[Any]] = {
    "local-work": Handler(type="local-work", mode=Mode.LOCAL, run=_local, name="本地", name_en="Local"),
    REMOTE_WORK: Handler(type=REMOTE_WORK, mode=Mode.REMOTE, run=_remote, name="远程", name_en="Remote"),
}


def engine_on(database: Database, clock: Clock, world: World) -> ProcessEngine:
    """An engine that knows nothing but its database."""
    return ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=RolesOnly(),
        calendar=EveryDay(),
        handlers=HANDLERS,
        resources=world,
    )


class Client:
    """Starts cases and approves them; what it was not told the end of, it asks again under the same key."""

    def __init__(self, engine: ProcessEngine, world: World) -> None:
        self._engine, self._world = engine, world
        self.number = len({case for request, case, *_ in world.requests if request == "start"})
        """Of the last case that was asked for."""

    def ask_again(self) -> None:
        """Repeat every request whose answer never came."""
        answered = {answer[:2] for answer in self._world.answers}
        for request in dict.fromkeys(self._world.requests):
            if request not in answered:
                self._ask(*request)

    def start_next(self) -> None:
        """Begin one more case."""
        self.number += 1
        self._ask("start", f"AO-{self.number}")

    def approve_all(self) -> None:
        """Complete every task in the inbox."""
        for row in self._engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows:
            self._engine.user_tasks.claim(clerk, row.key)
        for row in self._engine.user_tasks.inbox(clerk, InboxView.MINE).rows:
            self._ask("approve", str(row.key))

    def _ask(self, request: str, subject: str) -> None:
        self._world.asked(request, subject)
        self._send(request, subject)

    def _send(self, request: str, subject: str) -> None:
        """The key of a request is the same each time it is sent."""
        if request == "start":
            started = self._engine.process_instances.start(
                clerk, "opening", business_key=subject, idempotency_key=subject
            )
            self._world.told(request, subject, str(started.key))
        else:
            self._engine.user_tasks.complete(clerk, int(subject), {}, idempotency_key=subject)
            self._world.told(request, subject)

    def active(self) -> int:
        """How many cases are under way, at most a page of them."""
        return len(self._engine.process_instances.list(clerk, InstanceFilter(state=InstanceState.ACTIVE)).rows)


def assert_nothing_lost_and_nothing_twice(engine: ProcessEngine, world: World) -> int:
    """Hold the database against what its clients and the outside remember; how many cases there were."""
    cases = {case for request, case in world.requests if request == "start"}
    database = engine.parts.database
    with database.reading() as connection:
        if database.is_sqlite:
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert connection.execute(select(func.count()).select_from(process_instance)).scalar_one() == len(cases)
        _assert_nothing_left_over(connection)
        written = Counter(connection.execute(select(ledger.c.case)).scalars())
    assert written == {f"{case}/{element}": 1 for case in cases for element in LOCAL}
    for case in cases:
        _assert_done_once(engine, case)
    for answer in world.answers:
        if answer[0] == "start":
            assert engine.process_instances.find(clerk, answer[1]).key == int(answer[2])
    asked = {effect[:2] for effect in world.effects}
    assert asked == {(case, element) for case in cases for element in REMOTE}
    assert len(set(world.effects)) == len(asked)  # a repetition carries the key of the first time
    return len(cases)


def _assert_nothing_left_over(connection: Connection) -> None:
    """No job, timer, subscription or task of an ended case waits for anybody."""
    live = job.c.state.in_([JobState.AVAILABLE.value, JobState.LEASED.value, JobState.INCIDENT.value])
    assert connection.execute(select(job.c.key, job.c.state).where(live)).all() == []
    assert connection.execute(select(timer)).all() == []
    assert connection.execute(select(stored_task.c.key).where(stored_task.c.state == TaskState.OPEN.value)).all() == []


def _assert_done_once(engine: ProcessEngine, business_key: str) -> None:
    case = engine.process_instances.find(clerk, business_key)
    assert case.state is InstanceState.COMPLETED
    assert engine.history.verify_chain(case.key).whole
    assert set(engine.history.variables(clerk, case.key).root) == {"business_key", *LOCAL, *REMOTE}
    once = sorted((element, ActivityState.COMPLETED) for element in ELEMENTS)
    assert sorted((row.element_id, row.state) for row in engine.history.activities(clerk, case.key)) == once
    journal = engine.history.journal(clerk, case.key)
    ends = [event for entry in journal for event in entry.body["events"] if event["type"] == ElementCompleted.type]
    assert sorted(event["element"] for event in ends) == sorted(ELEMENTS)
