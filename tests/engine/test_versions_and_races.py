"""What is frozen at deployment stays so; what happens twice at once happens once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import pytest

from engine.model.actor import Actor
from engine.model.errors import NotAuthorised, SegregationOfDuties
from engine.process_engine import ProcessEngine
from engine.services.answers import Correlated, InboxView, InstanceFilter, Page
from engine.store.states import InstanceState
from tests.engine.conftest import CLERK, OUTSIDER, SECOND_CLERK, administrator, clerk, second_clerk
from tests.engine.diagrams import (
    call,
    chain,
    diagram,
    end,
    message,
    message_catch,
    message_start,
    start,
    user_task,
)

T = TypeVar("T")


def together(*actions: Callable[[], T]) -> list[T]:
    """The answers of actions that begin at the same moment, each in a thread of its own."""
    barrier = threading.Barrier(len(actions))
    answers: list[T] = []

    def run(action: Callable[[], T]) -> None:
        barrier.wait()
        answers.append(action())

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_called_process_stays_at_the_version_it_was_linked_to(engine: ProcessEngine) -> None:
    caller = diagram("caller", chain(start(), call("stage", "callee"), end()))
    engine.deployments.deploy(administrator, [diagram("callee", chain(start(), user_task("old", "clerk"), end()))])
    engine.deployments.deploy(administrator, [caller])
    engine.deployments.deploy(administrator, [diagram("callee", chain(start(), user_task("new", "clerk"), end()))])
    engine.process_instances.start(clerk, "caller", business_key="AO-1")
    assert [row.element_id for row in engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows] == ["old"]


@pytest.mark.requirement("R074")
def test_a_running_case_stays_on_its_version(engine: ProcessEngine) -> None:
    engine.deployments.deploy(administrator, [diagram("p", chain(start(), user_task("one", "clerk"), end()))])
    case = engine.process_instances.start(clerk, "p", business_key="AO-1")
    engine.deployments.deploy(
        administrator,
        [diagram("p", chain(start(), user_task("one", "clerk"), user_task("two", "clerk"), end()))],
    )
    (row,) = engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    engine.user_tasks.claim(clerk, row.key)
    engine.user_tasks.complete(clerk, row.key, {})
    assert case.version == 1
    assert engine.process_instances.get(clerk, case.key).state is InstanceState.COMPLETED


def test_one_idempotency_key_in_two_threads_starts_one_case(engine: ProcessEngine) -> None:
    engine.deployments.deploy(administrator, [diagram("p", chain(start(), user_task("one", "clerk"), end()))])

    def begin() -> int:
        return engine.process_instances.start(clerk, "p", business_key="AO-1", idempotency_key="k").key

    first, second = together(begin, begin)
    assert first == second
    assert len(engine.process_instances.list(clerk, InstanceFilter(process_id="p")).rows) == 1


def test_a_message_and_its_subscription_never_pass_each_other_unseen(engine: ProcessEngine) -> None:
    waiting = diagram(
        "p", chain(start(), message_catch("signed", "signed_message"), end()), roots=message("signed_message")
    )
    engine.deployments.deploy(administrator, [waiting])
    for index in range(10):
        key = f"AO-{index}"
        together(
            lambda key=key: engine.process_instances.start(clerk, "p", business_key=key).key,  # type: ignore[misc]
            lambda key=key: engine.messages.correlate(clerk, "signed_message", key).status,  # type: ignore[misc]
        )
        assert engine.process_instances.find(clerk, key).state is InstanceState.COMPLETED


def test_a_message_begins_a_case_of_the_process_that_starts_with_it(engine: ProcessEngine) -> None:
    resource = diagram(
        "p",
        chain(message_start("asked", "request"), user_task("one", "clerk"), end()),
        roots='<bpmn:message id="request" name="request"/>',
    )
    engine.deployments.deploy(administrator, [resource])
    result = engine.messages.correlate(Actor.customer("AO-9"), "request", "AO-9", {"purpose": "结算"}, message_id="m")
    assert result.status is Correlated.STARTED
    again = engine.messages.correlate(Actor.customer("AO-9"), "request", "AO-9", message_id="m")
    assert (again.status, again.instance_key) == (Correlated.DUPLICATE, result.instance_key)
    assert engine.process_instances.find(clerk, "AO-9").key == result.instance_key


@pytest.mark.requirement("R083")
@pytest.mark.control("CP2")
def test_segregation_holds_across_processes_logins_and_directions(engine: ProcessEngine) -> None:
    main = diagram("main", chain(start(), call("stage", "stage_one"), user_task("check", "clerk"), end()))
    stage = diagram("stage_one", chain(start("enter_here"), user_task("make", "clerk", excludes="check"), end()))
    engine.deployments.deploy(administrator, [main, stage])
    engine.process_instances.start(second_clerk, "main", business_key="AO-1")
    (row,) = engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    engine.user_tasks.claim(clerk, row.key)
    engine.user_tasks.complete(clerk, row.key, {})
    (row,) = engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    with pytest.raises(SegregationOfDuties):
        engine.user_tasks.claim(Actor.staff(CLERK, 7777), row.key)
    with pytest.raises(SegregationOfDuties):
        engine.user_tasks.assign(second_clerk, row.key, CLERK)


@pytest.mark.requirement("R082")
@pytest.mark.control("CP2")
def test_a_task_is_assigned_only_to_a_candidate(engine: ProcessEngine) -> None:
    engine.deployments.deploy(administrator, [diagram("p", chain(start(), user_task("one", "clerk"), end()))])
    engine.process_instances.start(clerk, "p", business_key="AO-1")
    (row,) = engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    with pytest.raises(NotAuthorised):
        engine.user_tasks.assign(clerk, row.key, OUTSIDER)
    engine.user_tasks.assign(clerk, row.key, SECOND_CLERK)
    assert [mine.key for mine in engine.user_tasks.inbox(second_clerk, InboxView.MINE).rows] == [row.key]
    assert engine.user_tasks.get(clerk, row.key).task.assignee == SECOND_CLERK


def test_a_long_inbox_comes_in_pages(engine: ProcessEngine) -> None:
    engine.deployments.deploy(administrator, [diagram("p", chain(start(), user_task("one", "clerk"), end()))])
    for index in range(5):
        engine.process_instances.start(clerk, "p", business_key=f"AO-{index}")
    seen: list[str] = []
    page: Page | None = Page(limit=2)
    while page is not None:
        answer = engine.user_tasks.inbox(clerk, InboxView.GROUPS, page)
        seen.extend(row.business_key for row in answer.rows)
        page = None if answer.next is None else Page(limit=2, after=answer.next)
    assert seen == [f"AO-{index}" for index in range(5)]
