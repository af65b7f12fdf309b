"""What workers answer is foreign: an answer that cannot be written is a failed attempt, in the end an incident."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from engine.job_executor import JobExecutor
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Incident
from engine.store.states import InstanceState
from engine.worker_api import BpmnError, Completed, Failed
from persistence.database import Database
from persistence.keys import Keys
from tests.conftest import TestClock
from tests.engine.conftest import HANDLERS, EveryDay, Outside, RolesOnly, accounts_opened, administrator, clerk
from tests.engine.diagrams import chain, diagram, end, service_task, start, user_task

REMOTE = diagram("remote", chain(start(), service_task("work", "ask-registry"), end()))
LOCAL = diagram("local", chain(start(), user_task("decide", "clerk"), service_task("work", "open-account"), end()))
LATER = diagram("later", chain(start(), service_task("work", "open-account"), end()))

DUE = "=business days after(now(), days)"
DUE_REMOTE, DUE_LOCAL = (
    diagram(name, chain(start(), service_task("work", type_), user_task("decide", "clerk", due=DUE), end()))
    for name, type_ in (("due-remote", "ask-registry"), ("due-local", "open-account"))
)


def nested(depth: int) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    inner = whole
    for _ in range(depth):
        inner["x"] = inner = {}
    return whole


class Unheard:
    """Looks like an answer and is none."""

    def __init__(self) -> None:
        self.variables: dict[str, object] = {}


class ShortCalendar(EveryDay):
    """Its last year is this one."""

    def business_days_after(self, start: dt.datetime, days: int) -> dt.datetime:
        return {start.year: start + dt.timedelta(days=days)}[(start + dt.timedelta(days=days)).year]


UNSTORABLE: dict[str, Any] = {
    "half a surrogate pair": Completed({"x": "\ud800"}),
    "one in a name": Completed({"\ud800": 1}),
    "NUL": Completed({"x": ["a\0"]}),
    "NUL in a name": Completed({"x\0": 1}),
    "a name longer than an index takes": Completed({"x" * 251: 1}),
    "300 contexts within each other": Completed({"x": nested(300)}),
    "an error with a code nobody can write": BpmnError("\ud800"),
    "a message that is no text": Failed(5),  # type: ignore[arg-type]  # foreign code
    "a pause that is no duration": Failed("closed", 5),  # type: ignore[arg-type]  # foreign code
    "no answer": None,
    "what is no answer": Unheard(),
}
unstorable = pytest.mark.parametrize("answer", UNSTORABLE.values(), ids=UNSTORABLE.keys())
MENDED = {
    "half a surrogate pair": Failed("closed \ud800"),
    "NUL": Failed("closed \0"),
    "NUL in the exception of an error nobody catches": BpmnError("CLOSED", "closed \0"),
}


@pytest.fixture
def deployed(engine: ProcessEngine) -> ProcessEngine:
    engine.deployments.deploy(administrator, [REMOTE, LOCAL, LATER])
    return engine


def after_a_day(engine: ProcessEngine, executor: JobExecutor, clock: TestClock) -> Incident:
    """The one incident when all attempts were made."""
    for _ in range(6):
        executor.run_until_idle()
        clock.pass_by(hours=4)
    (found,) = engine.incidents.list(clerk)
    return found


@unstorable
def test_a_remote_workers_unstorable_answers_end_as_an_incident_after_the_last_attempt(
    deployed: ProcessEngine, executor: JobExecutor, clock: TestClock, outside: Outside, answer: Any
) -> None:
    outside.answers = [answer]
    deployed.process_instances.start(clerk, "remote", business_key="AO-1")
    assert after_a_day(deployed, executor, clock).code == "job_result_unstorable"
    assert outside.attempts == [1, 2, 3]


@unstorable
def test_a_person_whose_step_a_local_worker_answers_so_has_completed_it_all_the_same(
    deployed: ProcessEngine, executor: JobExecutor, clock: TestClock, database: Database, outside: Outside, answer: Any
) -> None:
    outside.answers = [answer]
    deployed.process_instances.start(clerk, "local", business_key="AO-1")
    (row,) = deployed.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    deployed.user_tasks.claim(clerk, row.key)
    deployed.user_tasks.complete(clerk, row.key, {})
    assert after_a_day(deployed, executor, clock).code == "job_result_unstorable"
    assert accounts_opened(database) == 0


@pytest.mark.parametrize("process_id", ["remote", "later"])
@pytest.mark.parametrize("answer", MENDED.values(), ids=MENDED.keys())
def test_a_message_is_kept_without_what_cannot_be_written(
    deployed: ProcessEngine, executor: JobExecutor, clock: TestClock, outside: Outside, answer: Any, process_id: str
) -> None:
    outside.answers = [answer]
    deployed.process_instances.start(clerk, process_id, business_key="AO-1")
    assert after_a_day(deployed, executor, clock).message == "closed \ufffd"


def test_a_pause_beyond_the_calendar_is_a_long_one(
    deployed: ProcessEngine, executor: JobExecutor, clock: TestClock, outside: Outside
) -> None:
    outside.answers = [Failed("closed", dt.timedelta.max), Completed()]
    deployed.process_instances.start(clerk, "remote", business_key="AO-1")
    executor.run_until_idle()
    clock.pass_by(hours=24 * 3_650)
    executor.run_until_idle()
    assert deployed.process_instances.find(clerk, "AO-1").state is InstanceState.COMPLETED


@pytest.mark.parametrize("process_id", ["due-remote", "due-local"])
def test_an_answer_after_which_the_case_cannot_go_on_ends_as_an_incident_after_the_last_attempt(
    database: Database, clock: TestClock, outside: Outside, process_id: str
) -> None:
    engine = ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=RolesOnly(),
        calendar=ShortCalendar(),
        handlers=HANDLERS,
        resources=outside,
    )
    engine.deployments.deploy(administrator, [DUE_REMOTE, DUE_LOCAL])
    outside.answers = [Failed("closed"), Completed({"days": 400})]
    engine.process_instances.start(clerk, process_id, business_key="AO-1")
    assert after_a_day(engine, JobExecutor(engine), clock).code == "job_result_unstorable"
    assert accounts_opened(database) == 0
