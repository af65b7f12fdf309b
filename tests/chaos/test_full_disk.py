"""No space left: a clean refusal, what was told is there, and work goes on by itself once there is space again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from engine.model.actor import Actor
from engine.model.errors import NotFound
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Page
from engine.store.tables import process_instance
from persistence.database import Database, DatabaseUnavailable, OutcomeUnknown
from persistence.schema import metadata
from tests.chaos.conftest import Shown
from tests.chaos.disk import PageBound, SmallDisk, small_disk
from tests.chaos.length import times
from tests.engine.conftest import administrator, clerk
from tests.engine.diagrams import chain, diagram, end, start, user_task
from tests.web.conftest import Site, token

MEGABYTES = 64
LEFT = 400_000
"""Bytes free when a test begins to write: some cases find room, the next one does not."""

TASK = diagram("task", chain(start(), user_task("one", "clerk"), end()))


@pytest.fixture(params=["tmpfs", "pages"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    """Where nobody may mount, the bound on pages twice: no machine goes without this test."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder, MEGABYTES, may_mount=request.param == "tmpfs") as disk:
        yield disk


@pytest.fixture
def database_url(disk: SmallDisk) -> str:
    return f"sqlite:///{disk.folder / 'kaihu.db'}"


@pytest.fixture
def database(database_url: str, disk: SmallDisk) -> Iterator[Database]:
    database = Database(database_url)
    if isinstance(disk, PageBound):
        disk.holds(database)
    metadata.create_all(database.engine)
    yield database
    database.close()


def start_until_full(engine: ProcessEngine, told: dict[str, int], number: int) -> str:
    """Start cases and note what was told; the name of the case that no space was left for."""
    while True:
        name = f"AO-{number}"
        try:  # random digits, because the engine would make little of anything else
            told[name] = engine.process_instances.start(
                clerk, "task", business_key=name, variables={"pages": random.Random(name).randbytes(8_000).hex()}
            ).key
        except OutcomeUnknown:  # SQLite has rolled back: nobody is to be left in doubt
            raise
        except DatabaseUnavailable:
            return name
        number += 1


def test_a_full_disk_loses_nothing_and_work_goes_on_when_there_is_space(
    engine: ProcessEngine, database: Database, disk: SmallDisk, shown: Shown
) -> None:
    rounds = times(20, at_least=2)
    engine.deployments.deploy(administrator, [TASK])
    told: dict[str, int] = {}
    for round_ in range(rounds):
        disk.fill(LEFT)
        refused = start_until_full(engine, told, 1_000 * round_)
        assert f"AO-{1_000 * round_}" in told
        for name in list(told)[-3:]:
            assert engine.process_instances.find(clerk, name).key == told[name]  # reading goes on
        with pytest.raises(NotFound):
            engine.process_instances.find(clerk, refused)
        disk.free()
        told[refused] = engine.process_instances.start(clerk, "task", business_key=refused).key
        for row in engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows[:5]:
            engine.user_tasks.claim(clerk, row.key)
            engine.user_tasks.complete(clerk, row.key, {})
    with database.reading() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert connection.execute(select(func.count()).select_from(process_instance)).scalar_one() == len(told)
    for name, key in told.items():
        assert engine.process_instances.find(clerk, name).key == key
        assert engine.history.verify_chain(key).whole
    shown(disk=disk.kind, times_full=rounds, cases=len(told))


def test_pages_say_503_while_the_disk_is_full_and_take_the_same_form_afterwards(
    site: Site, disk: SmallDisk, shown: Shown
) -> None:
    manager, engine = site.signed_in("manager"), site.services.engine
    actor, csrf = site.members["manager"].actor, token(manager, "/")
    disk.fill(LEFT // 4)
    posted = 0
    while True:
        form = {"csrf_token": csrf, "subject": f"开户 {posted}", "_idempotency_key": f"k{posted}"}
        answer = manager.post("/start/errand", data=form)
        if answer.status_code == 503:
            break
        assert answer.status_code == 303
        posted += 1
    assert answer.headers["Retry-After"]
    assert manager.get("/cases/").status_code == 200
    assert cases(engine, actor) == posted
    disk.free()
    assert [manager.post("/start/errand", data=form).status_code for _ in range(2)] == [303, 303]
    assert cases(engine, actor) == posted + 1
    shown(disk=disk.kind, forms_taken_before=posted)


def cases(engine: ProcessEngine, actor: Actor) -> int:
    """How many there are, each with a whole journal."""
    rows = engine.process_instances.list(actor, page=Page(limit=200)).rows
    assert all(engine.history.verify_chain(row.key).whole for row in rows)
    return len(rows)
