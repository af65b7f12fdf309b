"""A step is given up only where the diagram lets it, by who may, with reason and reference, on record."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import pytest
from sqlalchemy import Connection

from engine.model.actor import Action, Actor
from engine.model.errors import NotAuthorised, SegregationOfDuties, StateConflict
from engine.process_engine import ProcessEngine
from engine.services.errors import DeploymentRefused, NotWaivable, WaiverIncomplete, WaiverUnfit
from engine.store.states import InstanceState
from persistence.database import Database
from persistence.errors import KaihuError
from persistence.keys import Keys
from tests.conftest import TestClock
from tests.engine.conftest import (
    CLERK,
    REVIEWER,
    EveryDay,
    RolesOnly,
    administrator,
    clerk,
    outsider,
    reviewer,
    second_clerk,
)
from tests.engine.diagrams import chain, diagram, end, form, start, user_task

STANDS_IN = "={opinion: &quot;waived for &quot; + purpose}"
OPENING = diagram(
    "opening",
    chain(
        start(),
        user_task("enter", "clerk", form_id="entry"),
        user_task("check", "clerk", form_id="opinion", excludes="enter", waiver=STANDS_IN),
        user_task("approve", "reviewer", excludes="check"),
        end(),
    ),
)
GROUNDS = {"reason": "系统演练", "reference": "行长令 2026-3"}


class OnlyClerksAndReviewersWaive(RolesOnly):
    """The outsider may look, and nothing else."""

    def refusal(
        self, connection: Connection, person: int, action: str, subject: Mapping[str, str | int | None]
    ) -> KaihuError | None:
        if action == Action.WAIVE:
            return None if person in (CLERK, REVIEWER) else NotAuthorised(action=action)
        return super().refusal(connection, person, action, subject)


@pytest.fixture
def opening(database: Database, clock: TestClock) -> ProcessEngine:
    engine = ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=OnlyClerksAndReviewersWaive(),
        calendar=EveryDay(),
        handlers={},
        resources=None,
    )
    engine.deployments.deploy(administrator, [OPENING, form("entry", "purpose"), form("opinion", "opinion")])
    return engine


def task_of(engine: ProcessEngine) -> int:
    (task,) = engine.user_tasks.of_case(clerk, engine.process_instances.find(clerk, "AO-1").key)
    return task.key


def entered(engine: ProcessEngine) -> int:
    """A case at its check, which may be waived; the task's key."""
    engine.process_instances.start(second_clerk, "opening", business_key="AO-1")
    engine.user_tasks.claim(clerk, task_of(engine))
    engine.user_tasks.complete(clerk, task_of(engine), {"purpose": "结算"})
    return task_of(engine)


@pytest.mark.control("CP2")
@pytest.mark.requirement("R086")
def test_a_waived_step_is_on_record_with_its_grounds_and_the_case_goes_on(opening: ProcessEngine) -> None:
    task = entered(opening)
    assert opening.user_tasks.get(reviewer, task).may_waive.allowed
    opening.user_tasks.waive(reviewer, task, **GROUNDS)
    case = opening.process_instances.find(clerk, "AO-1").key
    entry = opening.history.journal(clerk, case)[-1]
    assert (entry.command, entry.actor.person) == ("waive_user_task", REVIEWER)
    assert {name: entry.body["inputs"][name] for name in GROUNDS} == GROUNDS
    assert opening.history.variables(clerk, case).root["opinion"] == "waived for 结算"
    done = {each.element_id: each.performer_person for each in opening.history.activities(clerk, case)}
    assert done["check"] == REVIEWER
    assert opening.history.verify_chain(case).whole
    assert [row.element_id for row in opening.user_tasks.of_case(clerk, case)] == ["approve"]


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083", "R086")
def test_segregation_holds_for_who_waives_before_and_after(opening: ProcessEngine) -> None:
    task = entered(opening)
    with pytest.raises(SegregationOfDuties):
        opening.user_tasks.waive(clerk, task, **GROUNDS)
    opening.user_tasks.waive(reviewer, task, **GROUNDS)
    with pytest.raises(SegregationOfDuties):
        opening.user_tasks.claim(reviewer, task_of(opening))
    opening.user_tasks.claim(clerk, task_of(opening))


@pytest.mark.control("CP2")
@pytest.mark.requirement("R086")
@pytest.mark.parametrize("actor", [second_clerk, outsider, Actor.system("timer"), Actor.worker("open-account")])
def test_nobody_without_the_authority_waives_and_no_machine_does(opening: ProcessEngine, actor: Actor) -> None:
    task = entered(opening)
    with pytest.raises(NotAuthorised):
        opening.user_tasks.waive(actor, task, **GROUNDS)
    refused = opening.history.operations(clerk)[0]
    assert (refused.action, refused.code) == ("waive", NotAuthorised.code)
    assert task_of(opening) == task


@pytest.mark.requirement("R086")
def test_a_step_the_diagram_does_not_let_go_cannot_be_waived(opening: ProcessEngine) -> None:
    opening.process_instances.start(second_clerk, "opening", business_key="AO-1")
    task = task_of(opening)
    assert opening.user_tasks.get(reviewer, task).may_waive.code == NotWaivable.code
    with pytest.raises(NotWaivable):
        opening.user_tasks.waive(reviewer, task, **GROUNDS)
    assert opening.history.operations(clerk)[0].code == NotWaivable.code


@pytest.mark.requirement("R086")
@pytest.mark.parametrize(
    "changed", [{"reason": " "}, {"reference": ""}, {"reason": "长" * 1001}, {"reference": "x" * 201}]
)
def test_a_waiver_without_its_grounds_is_refused(opening: ProcessEngine, changed: dict[str, str]) -> None:
    task = entered(opening)
    with pytest.raises(WaiverIncomplete):
        opening.user_tasks.waive(reviewer, task, **(GROUNDS | changed))
    assert task_of(opening) == task


@pytest.mark.requirement("R086")
def test_a_step_completed_and_waived_at_the_same_moment_ends_once(opening: ProcessEngine) -> None:
    task = entered(opening)
    opening.user_tasks.claim(second_clerk, task)
    barrier, ended = threading.Barrier(2), list[str]()

    def attempt(name: str) -> None:
        barrier.wait()
        try:
            if name == "waived":
                opening.user_tasks.waive(reviewer, task, **GROUNDS)
            else:
                opening.user_tasks.complete(second_clerk, task, {"opinion": "同意"})
        except StateConflict:
            return
        ended.append(name)

    threads = [threading.Thread(target=attempt, args=(name,)) for name in ("waived", "completed")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ended) == 1
    case = opening.process_instances.find(clerk, "AO-1")
    opinion = opening.history.variables(clerk, case.key).root["opinion"]
    assert (case.state, opinion) == (InstanceState.ACTIVE, "同意" if ended == ["completed"] else "waived for 结算")


@pytest.mark.parametrize("value", ["", "=", "waived", "={", "=purpose"])
def test_what_is_no_context_is_refused_at_deployment(opening: ProcessEngine, value: str) -> None:
    task = user_task("check", "clerk", waiver=value)
    with pytest.raises(DeploymentRefused) as refused:
        opening.deployments.deploy(administrator, [diagram("p", chain(start(), task, end()))])
    (problem,) = refused.value.problems
    assert (problem.element, "waiver" in problem.reason_zh, bool(problem.remedy_zh)) == ("check", True, True)


def test_a_stand_in_that_is_no_context_in_this_case_skips_nothing(opening: ProcessEngine) -> None:
    task = user_task("check", "clerk", waiver="={a: 1}.a")
    opening.deployments.deploy(administrator, [diagram("p", chain(start(), task, end()))])
    opening.process_instances.start(second_clerk, "p", business_key="AO-1")
    with pytest.raises(WaiverUnfit):
        opening.user_tasks.waive(reviewer, task_of(opening), **GROUNDS)
