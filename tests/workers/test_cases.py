"""A remote handler begins other cases and sends them messages, as the system and once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.job_executor import JobExecutor
from engine.model.actor import ActorKind
from engine.model.errors import NotFound
from engine.process_engine import ProcessEngine
from engine.services.answers import InstanceFilter
from engine.store.states import InstanceState
from engine.worker_api import Completed, Handler, Job, Mode, Result
from persistence.database import Database, NestedTransaction
from persistence.keys import Keys
from tests.conftest import TestClock
from tests.engine.conftest import EveryDay, RolesOnly, administrator, clerk
from tests.engine.diagrams import (
    chain,
    diagram,
    end,
    message,
    message_catch,
    service_task,
    start,
)
from tests.engine.test_versions_and_races import together
from workers.cases import SystemCases

REVIEWED = diagram(
    "review", chain(start("begun"), message_catch("waits", "reviewed"), end("done")), roots=message("reviewed")
)


def _begin(job: Job, cases: SystemCases) -> Result:
    key = cases.start("review", f"RV-{job.business_key}", {"about": job.business_key}, job.idempotency_key)
    return Completed({"review": key})


def _tell(job: Job, cases: SystemCases) -> Result:
    cases.correlate("reviewed", f"RV-{job.business_key}", {"finding": "none"}, job.idempotency_key)
    return Completed()


Work = Callable[[Job, SystemCases], Result]


def handler(type_: str, run: Work, mode: Mode = Mode.REMOTE) -> Handler[SystemCases]:
    return Handler(type=type_, mode=mode, run=run, name="复核", name_en="Review")


@pytest.fixture
def working(database: Database, clock: TestClock) -> ProcessEngine:
    handlers = [handler("begin", _begin), handler("tell", _tell), handler("begin-within", _begin, Mode.LOCAL)]
    engine = ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=RolesOnly(),
        calendar=EveryDay(),
        handlers={each.type: each for each in handlers},
        resources=SystemCases(lambda: engine),
    )
    work = chain(start(), service_task("first", "begin"), service_task("then", "tell"), end())
    within = chain(start(), service_task("first", "begin-within", retries=1), end())
    engine.deployments.deploy(administrator, [REVIEWED, diagram("work", work), diagram("within", within)])
    return engine


def test_work_begins_a_case_and_tells_it_how_it_ended(working: ProcessEngine) -> None:
    working.process_instances.start(clerk, "work", business_key="AO-1")
    JobExecutor(working).run_until_idle()
    begun = working.process_instances.find(clerk, "RV-AO-1")
    assert begun.state is InstanceState.COMPLETED
    assert working.history.variables(clerk, begun.key).root["finding"] == "none"
    assert working.history.variables(clerk, begun.key).root["about"] == "AO-1"
    entries = working.history.journal(clerk, begun.key)
    assert {(entry.actor.kind, entry.actor.name) for entry in entries} == {(ActorKind.SYSTEM, "worker")}


def test_the_same_attempt_again_begins_no_second_case_at_once_or_when_its_key_is_forgotten(
    working: ProcessEngine, clock: TestClock
) -> None:
    cases = SystemCases(lambda: working)
    keys = together(*[lambda: cases.start("review", "RV-9", {}, "job-7")] * 4)
    clock.pass_by(days=40)
    working.housekeeping.tidy()
    keys.append(cases.start("review", "RV-9", {}, "job-7"))
    assert len(set(keys)) == 1
    assert len(working.process_instances.list(clerk, InstanceFilter(process_id="review")).rows) == 1
    assert cases.start("review", "RV-91", {}, "job-8") not in keys


def test_a_message_told_twice_is_taken_once(working: ProcessEngine) -> None:
    cases = SystemCases(lambda: working)
    key = cases.start("review", "RV-9", {}, "job-7")
    for finding in ("none", "several"):
        cases.correlate("reviewed", "RV-9", {"finding": finding}, "job-9")
    assert working.history.variables(clerk, key).root["finding"] == "none"


def test_a_local_handler_cannot_begin_cases_within_its_transaction(working: ProcessEngine) -> None:
    case = working.process_instances.start(clerk, "within", business_key="AO-1").key
    (incident,) = working.incidents.list(clerk, instance_key=case)
    assert incident.message == NestedTransaction().message("en")
    with pytest.raises(NotFound):
        working.process_instances.find(clerk, "RV-AO-1")


def test_a_process_there_is_none_of_is_told(working: ProcessEngine) -> None:
    with pytest.raises(NotFound):
        SystemCases(lambda: working).start("nowhere", "RV-1", {}, "job-1")
