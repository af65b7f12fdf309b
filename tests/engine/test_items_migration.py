"""A case amid many items is whole for the programs before items were kept by themselves, and goes on afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import orjson
import pytest
from sqlalchemy import select

from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView
from engine.store.states import InstanceState
from engine.store.tables import process_instance
from persistence.database import Database
from persistence.migrations import downgrade, upgrade
from tests.engine.conftest import administrator, clerk
from tests.engine.diagrams import diagram, end, start
from tests.engine.taking import claim_batch, complete
from tests.interpreter.diagrams import each, element, job, path, sub
from tests.interpreter.diagrams import end as end_at
from tests.interpreter.diagrams import start as start_at

BEFORE, ITEMS = "0005", 5
LOOP = each("=items", "item", "results", "=verdict")
ASSIGNED = '<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="clerk"/>'


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Made by migrations, which are to be taken back."""
    database = Database(database_url)
    upgrade(database)
    yield database
    database.close()


def test_a_case_amid_its_items_can_be_taken_back_and_goes_on(database: Database, engine: ProcessEngine) -> None:
    around = "".join(xml.replace("{flows}", "") for _, xml in (start(), end()))
    inside = start_at("s2"), element("userTask", "stage", ASSIGNED), end_at("e2"), path("s2", "stage", "e2")
    activities = job("check", body=LOOP, type_="ask-registry") + element("userTask", "see", ASSIGNED, LOOP)
    activities += sub("stages", *inside, loop=each("=items", "item"))
    way = "".join(path("begin", name, "finish") for name in ("check", "see", "stages"))
    engine.deployments.deploy(administrator, [diagram("both", around + activities + way)])
    case = engine.process_instances.start(clerk, "both", business_key="B", variables={"items": list(range(ITEMS))}).key
    claimed = claim_batch(engine, "me", ["ask-registry"], ITEMS, dt.timedelta(hours=1))
    for one in (claimed[3], claimed[1]):
        complete(engine, one, {"verdict": f"{one.job.variables['item']}-checked"})
    rows = engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    staged = next(row for row in rows if row.element_id == "stage")
    engine.user_tasks.claim(clerk, staged.key)
    engine.user_tasks.complete(clerk, staged.key, {})
    downgrade(database, BEFORE)
    with database.reading() as connection:
        state = orjson.loads(connection.execute(select(process_instance.c.tree)).scalar_one())
    assert "folded" not in state
    assert "branches" not in state
    (_, _, tokens), *insides = state["workflows"]
    assert [len(inside) for _, _, inside in insides] == [1] * (ITEMS - 1)
    assert sorted((token[3], token[5]["index"]) for token in tokens if token[3].endswith("#item")) == [
        *(("check#item", index) for index in (0, 2, 4)),
        *(("see#item", index) for index in range(ITEMS)),
        *(("stages#item", index) for index in range(1, ITEMS)),
    ]
    assert all(len(scope) == 3 for scope in state["scopes"])
    upgrade(database)
    for one in (claimed[4], claimed[0], claimed[2]):
        complete(engine, one, {"verdict": f"{one.job.variables['item']}-checked"})
    assert engine.history.variables(clerk, case).root["results"] == [f"{item}-checked" for item in range(ITEMS)]
    for row in engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows:
        engine.user_tasks.claim(clerk, row.key)
        engine.user_tasks.complete(clerk, row.key, {})
    assert engine.process_instances.get(clerk, case).state is InstanceState.COMPLETED
    assert engine.history.verify_chain(case).whole
