"""Nothing of an ended case waits any longer: no work, no offer, no time, no message, no variable but the case's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import ColumnElement, Table, func, select, true

from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView
from engine.store.states import InstanceState
from engine.store.tables import (
    activity,
    incident,
    job,
    message_subscription,
    process_instance,
    timer,
    user_task,
    user_task_offer,
    variable,
    variable_item,
)
from persistence.database import Database
from tests.engine.conftest import administrator, clerk
from tests.engine.diagrams import diagram, message
from tests.engine.taking import claim_batch, complete
from tests.interpreter.diagrams import (
    awaited,
    boundary,
    call,
    catch,
    each,
    element,
    end,
    error,
    gateway,
    path,
    start,
    sub,
    thrown,
)
from tests.interpreter.diagrams import (
    job as service,
)
from tests.interpreter.diagrams import (
    timer as timed,
)

ASSIGNED = '<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="clerk" candidateUsers="77"/>'
LOOP = each("=[1, 2, 3]", "item", "results", "=item")
WAITING: dict[Table, ColumnElement[bool]] = {
    activity: activity.c.state == "active",
    user_task: user_task.c.state == "open",
    user_task_offer: user_task_offer.c.open | user_task_offer.c.claimable,
    job: job.c.state.in_(["available", "leased", "incident"]),
    timer: true(),
    message_subscription: true(),
    incident: incident.c.state == "open",
    variable: variable.c.scope != 0,
    variable_item: true(),
    process_instance: process_instance.c.incidents > 0,
}

CALLED = diagram("called", start() + element("userTask", "deep", ASSIGNED) + end() + path("s", "deep", "e"))
EVERYTHING = (
    start()
    + gateway("parallel", "all")
    + element("userTask", "tasks", ASSIGNED, LOOP)
    + service("jobs", body=LOOP, type_="ask-registry")
    + boundary("late", "jobs", timed("P1D"))
    + catch("message", awaited("withdrawn"))
    + catch("time", timed("P2D"))
    + service("wrong", inputs=[("=assert(null, false)", "x")], type_="=1")
    + call("call", "called")
    + end()
    + path("s", "all")
    + "".join(path("all", name, "e") for name in ("tasks", "jobs", "message", "time", "wrong", "call"))
    + path("late", "e")
)
INSIDE = EVERYTHING.replace('id="s"', 'id="s2"').replace('"s"', '"s2"').replace('id="e"', 'id="e2"')
INSIDE = INSIDE.replace('"e"', '"e2"').replace('id="s_all"', 'id="s2_all"')


TERMINATED = diagram(
    "terminated",
    EVERYTHING
    + element("userTask", "stop", ASSIGNED)
    + end("over", "<bpmn:terminateEventDefinition/>")
    + path("all", "stop", "over"),
    roots=message("withdrawn"),
)
"""One more task, whose end terminates the case."""

FAILED = diagram(
    "failed",
    start("outer")
    + sub("sub", INSIDE, element("userTask", "stop", ASSIGNED), end("over", thrown("E")), path("all", "stop", "over"))
    + boundary("caught", "sub", thrown("E"))
    + end("after")
    + path("outer", "sub", "after")
    + path("caught", "after"),
    roots=message("withdrawn") + error("E", "STOP"),
)
"""The same inside a sub-process, ended by an error."""


def waiting(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        counts = {
            table.name: connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one()
            for table, condition in WAITING.items()
        }
    return {name: count for name, count in counts.items() if count}


def offered(engine: ProcessEngine, element_id: str) -> int:
    rows = engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    return next(row.key for row in rows if row.element_id == element_id)


def cancel(engine: ProcessEngine, case: int) -> None:
    engine.process_instances.cancel(clerk, case, "withdrawn")


def stop_it(engine: ProcessEngine, case: int) -> None:
    key = offered(engine, "stop")
    engine.user_tasks.claim(clerk, key)
    engine.user_tasks.complete(clerk, key, {})


@pytest.mark.parametrize(
    ("process_id", "ended_by", "state"),
    [
        ("terminated", cancel, InstanceState.CANCELLED),
        ("terminated", stop_it, InstanceState.TERMINATED),
        ("failed", stop_it, InstanceState.COMPLETED),
    ],
)
def test_nothing_of_an_ended_case_waits_any_longer(
    engine: ProcessEngine,
    database: Database,
    process_id: str,
    ended_by: Callable[[ProcessEngine, int], None],
    state: InstanceState,
) -> None:
    engine.deployments.deploy(administrator, [CALLED, TERMINATED, FAILED])
    case = engine.process_instances.start(clerk, process_id, business_key="A").key
    engine.user_tasks.claim(clerk, offered(engine, "tasks"))
    first, _ = claim_batch(engine, "me", ["ask-registry"], 2, dt.timedelta(minutes=1))
    complete(engine, first, {})
    assert waiting(database).keys() == {table.name for table in WAITING}
    ended_by(engine, case)
    assert waiting(database) == {}
    assert engine.user_tasks.counts(clerk).groups == 0
    assert engine.process_instances.get(clerk, case).state is state
