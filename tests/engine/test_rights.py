"""What a page may offer is what the services would allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import Connection

from engine.model.actor import Action
from engine.model.errors import NotAuthorised, NotFound, StateConflict
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView
from persistence.database import Database
from persistence.errors import KaihuError
from persistence.keys import Keys
from tests.conftest import TestClock
from tests.engine.conftest import CLERK, SECOND_CLERK, EveryDay, RolesOnly, clerk, outsider, reviewer, second_clerk
from tests.engine.diagrams import chain, diagram, end, form, start, user_task

ENTRY = form("entry", "purpose")


class OnlyTheReviewerLeads(RolesOnly):
    """Assigning and cancelling are the reviewer's."""

    def refusal(
        self, connection: Connection, person: int, action: str, subject: Mapping[str, str | int | None]
    ) -> KaihuError | None:
        if action in (Action.ASSIGN, Action.CANCEL) and "reviewer" not in self.roles(connection, person):
            return NotAuthorised(action=action)
        if action == Action.DEPLOY:
            return None
        return super().refusal(connection, person, action, subject)


def engine_with(authority: RolesOnly, database: Database, clock: TestClock) -> ProcessEngine:
    return ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=authority,
        calendar=EveryDay(),
        handlers={},
        resources=None,
    )


@pytest.fixture
def led(database: Database, clock: TestClock) -> ProcessEngine:
    engine = engine_with(OnlyTheReviewerLeads(), database, clock)
    engine.deployments.deploy(clerk, [diagram("errand", chain(start(), user_task("enter", "clerk"), end()))])
    return engine


@pytest.fixture
def case(led: ProcessEngine) -> int:
    return led.process_instances.start(second_clerk, "errand", business_key="AO-1", variables={}).key


def test_who_may_assign_is_told_so_and_others_are_told_why_not(led: ProcessEngine, case: int) -> None:
    [task] = led.user_tasks.of_case(reviewer, case)
    assert led.user_tasks.get(reviewer, task.key).may_assign.allowed
    assert led.user_tasks.get(second_clerk, task.key).may_assign.code == NotAuthorised.code
    led.user_tasks.assign(reviewer, task.key, CLERK)
    assert [row.assignee for row in led.user_tasks.of_case(reviewer, case)] == [CLERK]
    with pytest.raises(NotAuthorised):
        led.user_tasks.assign(second_clerk, task.key, SECOND_CLERK)


def test_a_task_that_is_done_is_neither_assigned_nor_listed(led: ProcessEngine, case: int) -> None:
    [task] = led.user_tasks.of_case(clerk, case)
    led.user_tasks.claim(clerk, task.key)
    led.user_tasks.complete(clerk, task.key, {})
    assert led.user_tasks.of_case(clerk, case) == ()
    assert led.user_tasks.get(reviewer, task.key).may_assign.code == StateConflict.code


def test_who_may_cancel_is_told_so_until_the_case_has_ended(led: ProcessEngine, case: int) -> None:
    assert led.process_instances.may_cancel(second_clerk, case).code == NotAuthorised.code
    assert led.process_instances.may_cancel(reviewer, case).allowed
    led.process_instances.cancel(reviewer, case, "客户要求")
    assert led.process_instances.may_cancel(reviewer, case).code == StateConflict.code


@pytest.mark.parametrize(
    "ask", [lambda engine: engine.user_tasks.of_case, lambda engine: engine.process_instances.may_cancel]
)
def test_a_case_the_person_may_not_see_does_not_exist_for_them(
    led: ProcessEngine, case: int, ask: Callable[[ProcessEngine], Callable[..., object]]
) -> None:
    with pytest.raises(NotFound):
        ask(led)(outsider, case)


class NobodySeesCases(OnlyTheReviewerLeads):
    """People do their tasks and see nothing beside them."""

    def refusal(
        self, connection: Connection, person: int, action: str, subject: Mapping[str, str | int | None]
    ) -> KaihuError | None:
        if action == Action.VIEW_CASE:
            return NotAuthorised(action=action)
        return super().refusal(connection, person, action, subject)


def test_what_was_entered_is_shown_to_who_entered_it_and_not_to_every_candidate(
    database: Database, clock: TestClock
) -> None:
    engine = engine_with(NobodySeesCases(), database, clock)
    engine.deployments.deploy(
        clerk, [diagram("noted", chain(start(), user_task("note", "clerk", form_id="entry"), end())), ENTRY]
    )
    engine.process_instances.start(clerk, "noted", business_key="AO-2")
    [row] = engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    engine.user_tasks.claim(clerk, row.key)
    engine.user_tasks.complete(clerk, row.key, {"purpose": "结算"})
    assert engine.user_tasks.get(clerk, row.key).entered == {"purpose": "结算"}
    assert engine.user_tasks.get(second_clerk, row.key).entered == {}
