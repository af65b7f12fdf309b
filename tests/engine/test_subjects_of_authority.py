"""Whatever is asked of the authority, it is told the process, so that its rules can differ by process."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import Connection

from engine.model.actor import Action
from engine.model.errors import NotAuthorised
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView
from persistence.database import Database
from persistence.errors import KaihuError
from persistence.keys import Keys
from tests.conftest import TestClock
from tests.engine.conftest import CLERK, HANDLERS, EveryDay, Outside, RolesOnly, clerk, second_clerk
from tests.engine.diagrams import (
    call,
    chain,
    diagram,
    end,
    message,
    message_catch,
    message_start,
    service_task,
    start,
    user_task,
)

ORDER = diagram(
    "order",
    chain(
        start(),
        call("stage", "stage"),
        message_catch("paid", "payment"),
        service_task("open", "open-account", retries=1),
        end(),
    ),
    roots=message("payment"),
)
STAGE = diagram("stage", chain(start("stage_begins"), user_task("enter", "clerk"), end("stage_ends")))
ASKED = diagram(
    "asked",
    chain(message_start("begun", "request"), user_task("answer", "clerk", waiver="={}"), end()),
    roots='<bpmn:message id="request" name="request"/>',
)


class Listening(RolesOnly):
    """Refuses nothing but what is closed, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, str | int | None]]] = []
        self.closed: set[tuple[str, str]] = set()

    def refusal(
        self, connection: Connection, person: int, action: str, subject: Mapping[str, str | int | None]
    ) -> KaihuError | None:
        self.asked.append((action, dict(subject)))
        closed = (action, subject.get("process_id")) in self.closed
        return NotAuthorised(action=action) if closed else None


@pytest.fixture
def authority() -> Listening:
    return Listening()


@pytest.fixture
def asking(database: Database, clock: TestClock, outside: Outside, authority: Listening) -> ProcessEngine:
    engine = ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=authority,
        calendar=EveryDay(),
        handlers=HANDLERS,
        resources=outside,
    )
    engine.deployments.deploy(clerk, [ORDER, STAGE, ASKED])
    return engine


def play(engine: ProcessEngine, outside: Outside) -> None:
    """Ask for everything a person may do to cases."""
    case = engine.process_instances.start(clerk, "order", business_key="AO-1").key
    (task,) = engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    engine.user_tasks.claim(clerk, task.key)
    engine.user_tasks.release(clerk, task.key)
    engine.user_tasks.assign(second_clerk, task.key, CLERK)
    engine.user_tasks.get(clerk, task.key)
    engine.user_tasks.of_case(clerk, case)
    engine.user_tasks.complete(clerk, task.key, {})
    outside.answers = [RuntimeError("down")]
    engine.messages.correlate(clerk, "payment", "AO-1")
    (incident,) = engine.incidents.list(clerk)
    assert engine.incidents.may_resolve(clerk, incident.key).allowed
    engine.incidents.resolve(clerk, incident.key)
    engine.history.journal(clerk, case)
    engine.history.operations(clerk, instance_key=case)
    engine.process_instances.list(clerk)
    engine.process_instances.find(clerk, "AO-1")
    asked = engine.messages.correlate(clerk, "request", "AO-2").instance_key
    assert asked is not None
    engine.user_tasks.waive(clerk, engine.user_tasks.of_case(clerk, asked)[0].key, reason="演练", reference="2026-3")
    assert engine.process_instances.may_cancel(clerk, case).allowed
    engine.process_instances.cancel(clerk, case, "客户要求")


@pytest.mark.requirement("R082")
def test_every_question_about_a_case_names_its_process(
    asking: ProcessEngine, authority: Listening, outside: Outside
) -> None:
    play(asking, outside)
    about_cases = [(action, subject) for action, subject in authority.asked if action != Action.DEPLOY]
    assert {action for action, _ in about_cases} == {action.value for action in Action} - {"deploy"}
    assert [action for action, subject in about_cases if not subject.get("process_id")] == []


@pytest.mark.requirement("R082")
def test_a_task_is_of_the_process_that_draws_it_and_a_case_of_the_one_it_began_with(
    asking: ProcessEngine, authority: Listening, outside: Outside
) -> None:
    play(asking, outside)
    processes = {
        action: {subject.get("process_id") for asked, subject in authority.asked if asked == action}
        for action in Action
    }
    assert processes[Action.COMPLETE] == processes[Action.CLAIM] == {"stage"}
    assert processes[Action.VIEW_CASE] == {"order", "asked"}
    assert processes[Action.CORRELATE] == {"order", "asked"}


@pytest.mark.requirement("R082")
def test_a_message_begins_no_case_of_a_process_that_is_closed_to_its_sender(
    asking: ProcessEngine, authority: Listening
) -> None:
    authority.closed.add((Action.CORRELATE, "asked"))
    with pytest.raises(NotAuthorised):
        asking.messages.correlate(clerk, "request", "AO-3")
    assert asking.user_tasks.inbox(clerk, InboxView.GROUPS).rows == ()
    [line] = asking.history.operations(clerk, person=CLERK)[:1]
    assert (line.action, line.subject["process_id"]) == ("correlate", "asked")
