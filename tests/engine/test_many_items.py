"""Completing one of many parallel items costs what completing one of few does."""

from __future__ import annotations

import cProfile
import datetime as dt
import pstats
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from engine.model.errors import StateConflict
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Page, Resource
from engine.store.states import InstanceState
from engine.store.tables import process_instance, variable_item
from persistence.database import Database
from tests.engine.conftest import administrator, clerk
from tests.engine.diagrams import diagram, end, start
from tests.engine.taking import claim_batch, complete
from tests.interpreter.diagrams import each, element, job, path, sub
from tests.interpreter.diagrams import end as end_at
from tests.interpreter.diagrams import start as start_at

FEW, MANY = 20, 1_000
MINUTE = dt.timedelta(minutes=1)
ASSIGNED = '<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="clerk"/>'
LOOP = each("=items", "item", "results", "=verdict")


def one_for_each(process_id: str, activity: str) -> Resource:
    begin, finish = start()[1], end()[1]
    return diagram(process_id, (begin + finish).replace("{flows}", "") + activity + path("begin", "each", "finish"))


@pytest.fixture
def deployed(engine: ProcessEngine) -> ProcessEngine:
    jobs = one_for_each("jobs", job("each", body=LOOP, type_="ask-registry"))
    tasks = one_for_each("tasks", element("userTask", "each", ASSIGNED, LOOP))
    inside = start_at("s2"), element("userTask", "see", ASSIGNED), end_at("e2"), path("s2", "see", "e2")
    stages = one_for_each("stages", sub("each", *inside, loop=LOOP))
    engine.deployments.deploy(administrator, [jobs, tasks, stages])
    return engine


def begin(engine: ProcessEngine, process_id: str, items: int) -> int:
    given = {"items": list(range(items))}
    return engine.process_instances.start(clerk, process_id, business_key="AO-1", variables=given).key


def calls(action: Callable[[], object]) -> int:
    """How many calls of functions it took."""
    with cProfile.Profile() as profile:
        action()
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]  # not in typeshed


def a_job(engine: ProcessEngine) -> int:
    (claimed,) = claim_batch(engine, "me", ["ask-registry"], 1, MINUTE)
    return calls(lambda: complete(engine, claimed, {"verdict": "passed"}))


def a_task(engine: ProcessEngine) -> int:
    (row,) = engine.user_tasks.inbox(clerk, InboxView.GROUPS, Page(limit=1)).rows
    engine.user_tasks.claim(clerk, row.key)
    return calls(lambda: engine.user_tasks.complete(clerk, row.key, {}))


@pytest.mark.parametrize(("process_id", "one"), [("jobs", a_job), ("tasks", a_task), ("stages", a_task)])
def test_one_completion_costs_the_same_beside_few_items_and_beside_many(
    deployed: ProcessEngine, database: Database, process_id: str, one: Callable[[ProcessEngine], int]
) -> None:
    costs, bytes_ = [], []
    for items in (FEW, MANY):
        case = begin(deployed, process_id, items)
        one(deployed)  # the first may have statements to prepare
        costs.append(one(deployed))
        with database.reading() as connection:
            tree = select(func.length(process_instance.c.tree)).where(process_instance.c.key == case)
            bytes_.append(connection.execute(tree).scalar_one())
        deployed.process_instances.cancel(clerk, case, "seen enough")
    assert costs[1] < 1.1 * costs[0]
    if process_id != "stages":  # what has an inside is a text in the state; what waits is a bit, a quarter of a digit
        assert bytes_[1] - bytes_[0] < MANY / 4 + 10


def test_items_claimed_by_two_and_done_in_another_order_are_each_done_once(deployed: ProcessEngine) -> None:
    case = begin(deployed, "jobs", FEW)
    first, second = (claim_batch(deployed, name, ["ask-registry"], 10, MINUTE) for name in ("one", "two"))
    for claimed in (*reversed(second), *first):
        complete(deployed, claimed, {"verdict": claimed.job.variables["item"]})
        with pytest.raises(StateConflict):
            complete(deployed, claimed, {"verdict": "twice"})
    assert deployed.process_instances.get(clerk, case).state is InstanceState.COMPLETED
    assert deployed.history.variables(clerk, case).root["results"] == list(range(FEW))
    assert deployed.history.verify_chain(case).whole


def test_results_can_be_seen_while_they_are_gathered_and_leave_nothing_behind(
    deployed: ProcessEngine, database: Database
) -> None:
    case = begin(deployed, "jobs", 4)
    claimed = claim_batch(deployed, "me", ["ask-registry"], 4, MINUTE)
    for one in claimed[2:]:
        complete(deployed, one, {"verdict": f"item {one.job.variables['item']}"})
    assert deployed.history.variables(clerk, case).current["results"] == [None, None, "item 2", "item 3"]
    seen = deployed.history.variables_at(clerk, case, claimed[0].job.variables["loopCounter"] + 3)
    assert seen["results"] == [None, None, "item 2", "item 3"]
    written = [
        event for entry in deployed.history.journal(clerk, case) for event in entry.body["events"] if "index" in event
    ]
    assert [(event["index"], event["value"]) for event in written] == [(2, "item 2"), (3, "item 3")]
    deployed.process_instances.cancel(clerk, case, "seen enough")
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(variable_item)).scalar_one() == 0
