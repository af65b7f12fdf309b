"""Messages early, late and twice; timers on a clock that the test moves."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import update

from engine.job_executor import JobExecutor
from engine.journal import Outcome
from engine.model.actor import Action, Actor
from engine.model.errors import NotAuthorised, NotFound
from engine.process_engine import ProcessEngine
from engine.services.answers import Correlated, InboxView
from engine.store.states import InstanceState
from engine.store.tables import process_instance
from persistence.database import Database
from tests.conftest import TestClock
from tests.engine.conftest import administrator, clerk
from tests.engine.diagrams import chain, diagram, end, message, message_catch, start, timer_catch, user_task

SIGNING = diagram(
    "signing",
    chain(start(), user_task("prepare", "clerk"), message_catch("signed", "agreement_signed"), end()),
    roots=message("agreement_signed"),
)
WAITING = diagram("waiting", chain(start(), timer_catch("day", "P1D"), end()))
customer = Actor.customer("AO-1")


@pytest.fixture
def case(engine: ProcessEngine) -> int:
    engine.deployments.deploy(administrator, [SIGNING])
    return engine.process_instances.start(clerk, "signing", business_key="AO-1").key


def prepare(engine: ProcessEngine) -> None:
    (row,) = engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    engine.user_tasks.claim(clerk, row.key)
    engine.user_tasks.complete(clerk, row.key, {})


def test_a_message_reaches_the_case_that_waits_for_it(engine: ProcessEngine, case: int) -> None:
    prepare(engine)
    result = engine.messages.correlate(customer, "agreement_signed", "AO-1", {"agreement": {"signed_by": "c"}})
    assert (result.status, result.instance_key) == (Correlated.DELIVERED, case)
    assert engine.process_instances.get(clerk, case).state is InstanceState.COMPLETED
    assert engine.history.variables(clerk, case).root["agreement"] == {"signed_by": "c"}


def test_an_early_message_waits_for_its_subscription(engine: ProcessEngine, case: int) -> None:
    result = engine.messages.correlate(customer, "agreement_signed", "AO-1", {"early": True})
    assert result.status is Correlated.WAITING
    prepare(engine)
    assert engine.process_instances.get(clerk, case).state is InstanceState.COMPLETED
    assert engine.history.variables(clerk, case).root["early"] is True
    assert engine.history.journal(clerk, case)[-1].body["steps"][0]["kind"] == "message"


def test_a_message_past_its_time_to_live_is_not_delivered(engine: ProcessEngine, case: int, clock: TestClock) -> None:
    engine.messages.correlate(customer, "agreement_signed", "AO-1", time_to_live=dt.timedelta(minutes=5))
    clock.pass_by(minutes=6)
    prepare(engine)
    assert engine.process_instances.get(clerk, case).state is InstanceState.ACTIVE


def test_a_message_id_that_came_before_does_nothing(engine: ProcessEngine, case: int) -> None:
    prepare(engine)
    engine.messages.correlate(customer, "agreement_signed", "AO-1", message_id="m1")
    again = engine.messages.correlate(customer, "agreement_signed", "AO-1", message_id="m1")
    assert (again.status, again.instance_key) == (Correlated.DUPLICATE, case)


def test_a_message_for_another_case_is_not_taken(engine: ProcessEngine, case: int) -> None:
    prepare(engine)
    another = Actor.customer("AO-2")
    result = engine.messages.correlate(another, "agreement_signed", "AO-2", time_to_live=dt.timedelta(0))
    assert result.status is Correlated.DROPPED
    assert engine.process_instances.get(clerk, case).state is InstanceState.ACTIVE


def test_a_customer_cannot_send_a_message_to_the_case_of_another(engine: ProcessEngine, case: int) -> None:
    prepare(engine)
    with pytest.raises(NotAuthorised):
        engine.messages.correlate(Actor.customer("AO-2"), "agreement_signed", "AO-1")
    assert engine.process_instances.get(clerk, case).state is InstanceState.ACTIVE
    assert engine.history.operations(clerk, outcome=Outcome.REFUSED)[0].action == Action.CORRELATE.value


def test_a_customer_sees_where_the_own_case_stands_but_neither_its_journal_nor_other_cases(
    engine: ProcessEngine, case: int
) -> None:
    assert engine.process_instances.get(customer, case).business_key == "AO-1"
    (waiting,) = [a for a in engine.history.activities(customer, case) if a.ended_at is None]
    assert waiting.element_id == "prepare"
    assert engine.history.variables_at(customer, case, waiting.number) == {"business_key": "AO-1"}
    with pytest.raises(NotFound):
        engine.history.journal(customer, case)
    with pytest.raises(NotFound):
        engine.process_instances.get(Actor.customer("AO-2"), case)


def test_a_timer_fires_when_its_time_has_come_and_not_before(
    engine: ProcessEngine, executor: JobExecutor, clock: TestClock
) -> None:
    engine.deployments.deploy(administrator, [WAITING])
    case = engine.process_instances.start(clerk, "waiting", business_key="AO-1").key
    assert engine.workload.waiting((), ()).timers == dt.timedelta(days=1).total_seconds()
    clock.pass_by(hours=23)
    assert executor.run_until_idle() == 0
    clock.pass_by(hours=1)
    assert executor.run_until_idle() == 1
    assert engine.process_instances.get(clerk, case).state is InstanceState.COMPLETED
    assert [entry.command for entry in engine.history.journal(clerk, case)] == ["start", "fire_timers"]
    assert engine.workload.waiting((), ()).timers is None


def test_an_overdue_task_shows_in_its_view(engine: ProcessEngine, clock: TestClock) -> None:
    due = diagram("due", chain(start(), user_task("enter", "clerk", due="=business days after(now(), 1)"), end()))
    engine.deployments.deploy(administrator, [due])
    engine.process_instances.start(clerk, "due", business_key="AO-1")
    assert engine.user_tasks.counts(clerk).overdue == 0
    clock.pass_by(days=2)
    assert [row.element_id for row in engine.user_tasks.inbox(clerk, InboxView.OVERDUE).rows] == ["enter"]


def test_a_case_whose_timer_cannot_fire_does_not_hold_back_the_others(
    engine: ProcessEngine, executor: JobExecutor, clock: TestClock, database: Database
) -> None:
    engine.deployments.deploy(administrator, [WAITING])
    broken = engine.process_instances.start(clerk, "waiting", business_key="AO-1").key
    sound = engine.process_instances.start(clerk, "waiting", business_key="AO-2").key
    with database.transaction() as transaction:
        transaction.connection.execute(
            update(process_instance).where(process_instance.c.key == broken).values(tree=b"damaged")
        )
    clock.pass_by(days=2)
    assert executor.run_until_idle() == 1
    assert engine.process_instances.get(clerk, sound).state is InstanceState.COMPLETED
    assert engine.process_instances.get(clerk, broken).state is InstanceState.ACTIVE
