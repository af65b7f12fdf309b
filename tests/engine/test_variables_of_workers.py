"""What a handler reads is its own: what it does to it reaches neither the case, nor the journal, nor other handlers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from engine.job_runs import JobRuns
from engine.journal import read_entries
from engine.process_engine import ProcessEngine
from engine.queue.work import Pace
from engine.worker_api import Completed, Failed, Handler, Job, Mode, Result
from persistence.database import Database
from persistence.keys import Keys
from tests.conftest import TestClock
from tests.engine.conftest import EveryDay, RolesOnly, administrator, clerk
from tests.engine.diagrams import chain, diagram, end, service_task, start
from tests.engine.test_jobs_taken_at_once import MANY, Free

TWICE = diagram("twice", chain(start(), service_task("a", "local"), service_task("b", "local"), end()))
FAILS = diagram("fails", chain(start(), service_task("a", "fails"), end()))
GIVEN = {"application": {"owners": [{"name": "Li"}]}}


@dataclass
class Seen:
    """How many owners the handlers found, one after the other."""

    owners: list[int] = field(default_factory=list)


def _changes_what_it_reads(job: Job, seen: Seen) -> Result:
    application: Any = job.variables["application"]
    seen.owners.append(len(application["owners"]))
    application["owners"][0]["name"] = "somebody else"
    application["owners"].append({"name": "one more"})
    assert len(job.variables["application"]["owners"]) == 2  # type: ignore[call-overload, index, arg-type]  # its own
    return Completed()


def _changes_and_fails(job: Job, seen: Seen) -> Result:
    _changes_what_it_reads(job, seen)
    return Failed("closed")


HANDLERS: dict[str, Handler[Any]] = {
    type_: Handler(type=type_, mode=mode, run=run, name="检查", name_en="Check")
    for type_, mode, run in (
        ("ask-registry", Mode.REMOTE, _changes_what_it_reads),
        ("local", Mode.LOCAL, _changes_what_it_reads),
        ("fails", Mode.LOCAL, _changes_and_fails),
    )
}


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def engine(database: Database, clock: TestClock, seen: Seen) -> ProcessEngine:
    engine = ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=RolesOnly(),
        calendar=EveryDay(),
        handlers=HANDLERS,
        resources=seen,
    )
    engine.deployments.deploy(administrator, [MANY, TWICE, FAILS])
    return engine


def begun(engine: ProcessEngine, process_id: str, **variables: object) -> int:
    return engine.process_instances.start(clerk, process_id, business_key="AO-1", variables=GIVEN | variables).key


def submitted(engine: ProcessEngine, case: int) -> object:
    with engine.parts.database.reading() as connection:
        first = next(iter(read_entries(connection, case)))
    return first.body["inputs"]["variables"]["application"]


def test_jobs_taken_by_the_command_that_makes_them_share_nothing(engine: ProcessEngine, seen: Seen) -> None:
    places = Free(3)
    JobRuns(engine, "one", Pace(), patient=True).begin(places)
    begun(engine, "many", items=[1, 2, 3])
    for run in places.given:
        run()
    assert seen.owners == [1, 1, 1]


def test_jobs_claimed_together_share_nothing(engine: ProcessEngine, seen: Seen) -> None:
    begun(engine, "many", items=[1, 2, 3])
    for run in JobRuns(engine, "one", Pace(), patient=True).take(3):
        run()
    assert seen.owners == [1, 1, 1]


@pytest.mark.parametrize(("process_id", "found"), [("twice", [1, 1]), ("fails", [1])])
def test_what_a_local_handler_does_to_its_input_reaches_neither_the_next_nor_the_case_nor_the_journal(
    engine: ProcessEngine, seen: Seen, process_id: str, found: list[int]
) -> None:
    case = begun(engine, process_id)
    assert seen.owners == found
    assert engine.history.variables(clerk, case).root["application"] == GIVEN["application"]
    assert submitted(engine, case) == GIVEN["application"]
