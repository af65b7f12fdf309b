"""A case from its deployment to its end, and everything that may be refused on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import update

from engine.forms import FormInvalid
from engine.model.actor import Actor
from engine.model.errors import NotAuthorised, NotFound, SegregationOfDuties, StateConflict
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, InstanceFilter, Resource
from engine.services.errors import DeploymentRefused
from engine.store.states import InstanceState
from engine.store.tables import journal_entry
from persistence.database import Database
from tests.conftest import TestClock
from tests.engine.conftest import (
    CLERK,
    REVIEWER,
    accounts_opened,
    administrator,
    clerk,
    outsider,
    reviewer,
    second_clerk,
    tampering,
)
from tests.engine.diagrams import chain, diagram, end, form, service_task, start, user_task

OPENING = diagram(
    "opening",
    chain(
        start(form_id="request"),
        user_task("enter", "clerk", form_id="entry", due="=business days after(now(), 1)"),
        user_task("review", "reviewer", form_id="opinion", excludes="enter, begin"),
        service_task("open", "open-account"),
        end(),
    ),
    name="开户",
)
FORMS = [form("request", "applicant"), form("entry", "purpose"), form("opinion", "opinion")]


@pytest.fixture
def opening(engine: ProcessEngine) -> ProcessEngine:
    engine.deployments.deploy(administrator, [OPENING, *FORMS])
    return engine


def begin(engine: ProcessEngine, business_key: str = "AO-1") -> int:
    return engine.process_instances.start(
        second_clerk, "opening", business_key=business_key, form_data={"applicant": "甲"}
    ).key


def task_of(engine: ProcessEngine, actor: Actor, element: str) -> int:
    rows = engine.user_tasks.inbox(actor, InboxView.ALL).rows
    return next(row.key for row in rows if row.element_id == element)


def enter(engine: ProcessEngine, actor: Actor = clerk) -> int:
    key = task_of(engine, actor, "enter")
    engine.user_tasks.claim(actor, key)
    engine.user_tasks.complete(actor, key, {"purpose": "结算"})
    return key


@pytest.mark.requirement("R062")
def test_a_case_runs_from_its_start_form_to_the_opened_account(
    opening: ProcessEngine, database: Database, clock: TestClock
) -> None:
    case = begin(opening)
    row = opening.user_tasks.inbox(clerk, InboxView.GROUPS).rows[0]
    assert (row.business_key, row.process_name, row.candidate_groups) == ("AO-1", "开户", ("clerk",))
    assert row.due_at is not None
    assert (row.due_at - clock.now()).days == 1
    enter(opening)
    review = task_of(opening, reviewer, "review")
    opening.user_tasks.claim(reviewer, review)
    detail = opening.user_tasks.get(reviewer, review)
    assert detail.data["purpose"] == "结算"
    assert detail.may_complete.allowed
    assert not detail.may_claim.allowed
    opening.user_tasks.complete(reviewer, review, {"opinion": "同意"})

    assert opening.process_instances.get(clerk, case).state is InstanceState.COMPLETED
    assert opening.process_instances.find(clerk, "AO-1").key == case
    assert accounts_opened(database) == 1
    performers = {a.element_id: a.performer_person for a in opening.history.activities(clerk, case)}
    assert (performers["enter"], performers["review"]) == (CLERK, REVIEWER)
    assert opening.history.variables(clerk, case).root["opinion"] == "同意"
    assert [row.element_id for row in opening.user_tasks.inbox(reviewer, InboxView.COMPLETED).rows] == ["review"]


def test_a_completed_task_shows_what_was_entered_and_an_open_one_nothing(opening: ProcessEngine) -> None:
    begin(opening)
    open_task = task_of(opening, clerk, "enter")
    assert opening.user_tasks.get(clerk, open_task).entered == {}
    enter(opening)
    for colleague in (clerk, second_clerk, reviewer):
        detail = opening.user_tasks.get(colleague, open_task)
        assert (detail.entered, detail.data) == ({"purpose": "结算"}, {})
    assert opening.user_tasks.get(reviewer, task_of(opening, reviewer, "review")).entered == {}


@pytest.mark.requirement("R062")
@pytest.mark.control("CP5")
def test_the_journal_has_one_entry_for_each_command_and_a_whole_chain(opening: ProcessEngine, clock: TestClock) -> None:
    begun = clock.now()
    case = begin(opening)
    clock.pass_by(minutes=5)
    enter(opening)
    entries = opening.history.journal(clerk, case)
    assert [entry.command for entry in entries] == ["start", "claim_user_task", "complete_user_task"]
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert entries[2].body["inputs"]["variables"] == {"purpose": "结算"}
    assert entries[2].actor.person == CLERK
    assert [(entry.time - begun).total_seconds() for entry in entries] == [0, 300, 300]
    ended = [event["element"] for event in entries[2].body["events"] if event["type"] == "completed"]
    assert ended == ["enter"]
    assert opening.history.verify_chain(case).whole


@pytest.mark.requirement("R062")
@pytest.mark.control("CP5")
def test_a_changed_entry_breaks_the_chain(opening: ProcessEngine, database: Database) -> None:
    case = begin(opening)
    enter(opening)
    with tampering(database, journal_entry) as connection:
        connection.execute(update(journal_entry).where(journal_entry.c.seq == 2).values(actor_person=REVIEWER))
    verdict = opening.history.verify_chain(case)
    assert verdict.broken_at == 2


@pytest.mark.requirement("R062")
@pytest.mark.control("CP5")
def test_an_entry_cut_off_at_the_end_breaks_the_chain(opening: ProcessEngine, database: Database) -> None:
    case = begin(opening)
    enter(opening)
    with tampering(database, journal_entry) as connection:
        connection.execute(journal_entry.delete().where(journal_entry.c.seq == 3))
    assert opening.history.verify_chain(case).broken_at == 3


def test_the_same_idempotency_key_starts_one_case(opening: ProcessEngine) -> None:
    answers = [
        opening.process_instances.start(
            clerk, "opening", business_key="AO-7", form_data={"applicant": "甲"}, idempotency_key="k"
        )
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(opening.process_instances.list(clerk, InstanceFilter(business_key="AO-7")).rows) == 1


@pytest.mark.control("CP2")
def test_a_claimed_task_cannot_be_claimed_by_another_person(opening: ProcessEngine) -> None:
    begin(opening)
    key = task_of(opening, clerk, "enter")
    opening.user_tasks.claim(clerk, key)
    with pytest.raises(StateConflict):
        opening.user_tasks.claim(second_clerk, key)
    opening.user_tasks.release(clerk, key)
    opening.user_tasks.claim(second_clerk, key)
    assert opening.user_tasks.counts(second_clerk).mine == 1


def test_a_task_is_claimed_before_it_is_completed_and_completed_by_who_claimed_it(opening: ProcessEngine) -> None:
    begin(opening)
    key = task_of(opening, clerk, "enter")
    with pytest.raises(StateConflict):
        opening.user_tasks.complete(clerk, key, {"purpose": "结算"})
    opening.user_tasks.claim(second_clerk, key)
    with pytest.raises(NotAuthorised):
        opening.user_tasks.complete(clerk, key, {"purpose": "结算"})


@pytest.mark.requirement("R083")
@pytest.mark.control("CP2")
def test_who_entered_the_data_may_not_review_it(opening: ProcessEngine) -> None:
    case = begin(opening)
    enter(opening)
    review = task_of(opening, clerk, "review")
    assert opening.user_tasks.get(clerk, review).may_claim.code == "segregation_of_duties"
    with pytest.raises(SegregationOfDuties):
        opening.user_tasks.claim(clerk, review)
    refused = opening.history.operations(clerk, instance_key=case)
    assert [(line.action, line.code, line.actor.person) for line in refused] == [
        ("claim", "segregation_of_duties", CLERK)
    ]


@pytest.mark.requirement("R083")
@pytest.mark.control("CP2")
def test_who_started_the_case_may_not_review_it(opening: ProcessEngine) -> None:
    opening.process_instances.start(reviewer, "opening", business_key="AO-2", form_data={"applicant": "乙"})
    enter(opening)
    with pytest.raises(SegregationOfDuties):
        opening.user_tasks.claim(reviewer, task_of(opening, reviewer, "review"))


@pytest.mark.requirement("R082")
@pytest.mark.control("CP2")
def test_a_person_without_the_role_neither_sees_nor_takes_the_task(opening: ProcessEngine) -> None:
    begin(opening)
    key = task_of(opening, clerk, "enter")
    assert opening.user_tasks.inbox(outsider, InboxView.ALL).rows == ()
    with pytest.raises(NotFound):
        opening.user_tasks.get(outsider, key)
    with pytest.raises(NotAuthorised):
        opening.user_tasks.claim(outsider, key)
    with pytest.raises(NotAuthorised):
        opening.user_tasks.claim(administrator, key)


@pytest.mark.requirement("R058")
def test_data_the_form_does_not_accept_changes_nothing(opening: ProcessEngine) -> None:
    case = begin(opening)
    key = task_of(opening, clerk, "enter")
    opening.user_tasks.claim(clerk, key)
    with pytest.raises(FormInvalid):
        opening.user_tasks.complete(clerk, key, {"purpose": ""})
    with pytest.raises(FormInvalid):
        opening.user_tasks.complete(clerk, key, {"purpose": "结算", "opinion": "同意"})
    assert len(opening.history.journal(clerk, case)) == 2


def test_after_a_restart_the_case_goes_on(
    opening: ProcessEngine, make_engine: Callable[[], ProcessEngine], database: Database
) -> None:
    begin(opening)
    enter(make_engine())
    later = make_engine()
    review = task_of(later, reviewer, "review")
    later.user_tasks.claim(reviewer, review)
    make_engine().user_tasks.complete(reviewer, review, {"opinion": "同意"})
    assert accounts_opened(database) == 1


def test_of_two_threads_completing_one_task_exactly_one_wins(opening: ProcessEngine, database: Database) -> None:
    case = begin(opening)
    enter(opening)
    review = task_of(opening, reviewer, "review")
    opening.user_tasks.claim(reviewer, review)
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def complete() -> None:
        together.wait()
        try:
            opening.user_tasks.complete(reviewer, review, {"opinion": "同意"})
            outcomes.append("done")
        except StateConflict as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=complete) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "state_conflict"]
    assert accounts_opened(database) == 1
    assert [entry.command for entry in opening.history.journal(clerk, case)].count("complete_user_task") == 2


def test_a_cancelled_case_leaves_no_task_behind(opening: ProcessEngine) -> None:
    case = begin(opening)
    opening.process_instances.cancel(clerk, case, "客户撤回")
    assert opening.process_instances.get(clerk, case).state is InstanceState.CANCELLED
    assert opening.user_tasks.inbox(clerk, InboxView.ALL).rows == ()


def test_the_same_content_is_the_same_deployment_and_other_content_the_next_version(opening: ProcessEngine) -> None:
    again = opening.deployments.deploy(administrator, [*FORMS, OPENING])
    assert not again.created
    changed = Resource(OPENING.name, OPENING.content.replace("开户".encode(), "开立账户".encode()))
    assert opening.deployments.deploy(administrator, [changed, *FORMS]).created
    assert opening.deployments.latest(clerk, "opening").version == 2
    assert [row.process_id for row in opening.deployments.startable(clerk)] == ["opening"]


def test_a_deployment_is_refused_as_a_whole_with_every_problem(engine: ProcessEngine) -> None:
    bad = diagram(
        "bad",
        chain(
            start(),
            user_task("enter", "clerk", form_id="nowhere"),
            user_task("review", "reviewer", excludes="entr"),
            service_task("open", "unknown-type"),
            end(),
        ),
    )
    with pytest.raises(DeploymentRefused) as refused:
        engine.deployments.deploy(administrator, [bad, OPENING, *FORMS])
    assert {problem.element for problem in refused.value.problems} == {"enter", "review", "open"}
    assert engine.deployments.definitions(clerk) == []


@pytest.mark.requirement("R074", "R082")
def test_only_who_may_deploy_deploys(engine: ProcessEngine) -> None:
    with pytest.raises(NotAuthorised):
        engine.deployments.deploy(clerk, [OPENING, *FORMS])
