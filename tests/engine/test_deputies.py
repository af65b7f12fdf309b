"""A deputy does what the person deputised might do, is on record with both, and carries both persons' conflicts."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest
from sqlalchemy import Connection

from engine.model.errors import CaseExcluded, DeputySegregation, NotAuthorised, SegregationOfDuties
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView
from persistence.database import Database
from persistence.keys import Keys
from tests.conftest import TestClock
from tests.engine.conftest import (
    CLERK,
    OUTSIDER,
    REVIEWER,
    ROLES,
    SECOND_CLERK,
    EveryDay,
    RolesOnly,
    administrator,
    clerk,
    outsider,
    reviewer,
    second_clerk,
)
from tests.engine.diagrams import chain, diagram, end, start, user_task

OPENING = diagram(
    "opening",
    chain(
        start(),
        user_task("enter", "clerk"),
        user_task("check", "reviewer", excludes="enter,begin"),
        end(),
    ),
)
FILING = diagram(
    "filing",
    chain(
        start(),
        user_task("enter", "clerk"),
        user_task("file", "clerk"),
        user_task("check", "reviewer", excludes="enter"),
        end(),
    ),
)
SAMPLING = diagram("sampling", chain(start(), user_task("inspect", "reviewer", excludesCase="sampled"), end()))


class Deputies(RolesOnly):
    """Who stands in for whom, as tests set it; all roles are gained."""

    def __init__(self) -> None:
        self.of: dict[int, int] = {}

    def roles(self, connection: Connection, person: int) -> frozenset[str]:
        return ROLES.get(person, frozenset()) | ROLES.get(self.of.get(person, 0), frozenset())

    def bound_with(self, connection: Connection, person: int) -> frozenset[int]:
        return frozenset({person, self.of.get(person, person)})

    def on_behalf_of(
        self,
        connection: Connection,
        person: int,
        action: str,
        subject: Mapping[str, str | int | None],
        candidates: Collection[str],
    ) -> int | None:
        own = ROLES.get(person, frozenset())
        enough = not own.isdisjoint(candidates) if candidates else bool(own)
        return None if enough else self.of.get(person)


@pytest.fixture
def deputies() -> Deputies:
    return Deputies()


@pytest.fixture
def bank(database: Database, clock: TestClock, deputies: Deputies) -> ProcessEngine:
    engine = ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=deputies,
        calendar=EveryDay(),
        handlers={},
        resources=None,
    )
    engine.deployments.deploy(administrator, [OPENING, FILING, SAMPLING])
    return engine


def task_of(engine: ProcessEngine, business_key: str) -> int:
    case = engine.process_instances.find(clerk, business_key).key
    (task,) = engine.user_tasks.of_case(clerk, case)
    return task.key


def entered_by_the_deputy_of(deputies: Deputies, engine: ProcessEngine, person: int) -> None:
    """A case that the second clerk began, and the outsider entered as the person's deputy."""
    engine.process_instances.start(second_clerk, "opening", business_key="AO-1")
    deputies.of = {OUTSIDER: person}
    task = task_of(engine, "AO-1")
    engine.user_tasks.claim(outsider, task)
    engine.user_tasks.complete(outsider, task, {})


@pytest.mark.control("CP2")
@pytest.mark.requirement("R082", "R083")
def test_a_deputy_finds_the_tasks_of_the_person_and_both_are_on_record(bank: ProcessEngine, deputies: Deputies) -> None:
    bank.process_instances.start(second_clerk, "opening", business_key="AO-1")
    deputies.of = {OUTSIDER: CLERK}
    (row,) = bank.user_tasks.inbox(outsider, InboxView.GROUPS).rows
    bank.user_tasks.claim(outsider, row.key)
    bank.user_tasks.complete(outsider, row.key, {})
    case = bank.process_instances.find(clerk, "AO-1").key
    done = {each.element_id: each for each in bank.history.activities(clerk, case)}
    assert (done["enter"].performer_person, done["enter"].on_behalf_of) == (OUTSIDER, CLERK)
    assert (done["begin"].performer_person, done["begin"].on_behalf_of) == (SECOND_CLERK, None)
    entries = bank.history.journal(clerk, case)
    assert [(entry.actor.person, entry.body["inputs"].get("on_behalf_of")) for entry in entries] == [
        (SECOND_CLERK, None),
        (OUTSIDER, CLERK),
        (OUTSIDER, CLERK),
    ]
    assert bank.history.verify_chain(case).whole


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083")
def test_a_case_a_deputy_begins_is_begun_on_behalf_of_the_person(bank: ProcessEngine, deputies: Deputies) -> None:
    deputies.of = {OUTSIDER: REVIEWER}
    bank.process_instances.start(outsider, "opening", business_key="AO-1")
    task = task_of(bank, "AO-1")
    bank.user_tasks.claim(clerk, task)
    bank.user_tasks.complete(clerk, task, {})
    deputies.of = {}
    with pytest.raises(DeputySegregation):
        bank.user_tasks.claim(reviewer, task_of(bank, "AO-1"))


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083")
def test_a_deputy_carries_the_conflicts_of_the_person_at_claim_and_assignment(
    bank: ProcessEngine, deputies: Deputies
) -> None:
    bank.process_instances.start(second_clerk, "opening", business_key="AO-1")
    task = task_of(bank, "AO-1")
    bank.user_tasks.claim(clerk, task)
    bank.user_tasks.complete(clerk, task, {})
    deputies.of = {REVIEWER: CLERK}
    check = task_of(bank, "AO-1")
    assert bank.user_tasks.get(reviewer, check).may_claim.code == DeputySegregation.code
    with pytest.raises(DeputySegregation):
        bank.user_tasks.claim(reviewer, check)
    with pytest.raises(SegregationOfDuties):
        bank.user_tasks.assign(second_clerk, check, REVIEWER)


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083")
def test_who_becomes_a_deputy_after_the_claim_cannot_complete(bank: ProcessEngine, deputies: Deputies) -> None:
    bank.process_instances.start(second_clerk, "opening", business_key="AO-1")
    task = task_of(bank, "AO-1")
    bank.user_tasks.claim(clerk, task)
    bank.user_tasks.complete(clerk, task, {})
    check = task_of(bank, "AO-1")
    bank.user_tasks.claim(reviewer, check)
    deputies.of = {REVIEWER: CLERK}
    with pytest.raises(DeputySegregation):
        bank.user_tasks.complete(reviewer, check, {})
    assert bank.history.operations(clerk, person=REVIEWER)[0].code == DeputySegregation.code
    deputies.of = {}
    bank.user_tasks.complete(reviewer, check, {})


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083")
def test_what_a_deputy_did_counts_for_the_person_deputised_too(bank: ProcessEngine, deputies: Deputies) -> None:
    entered_by_the_deputy_of(deputies, bank, CLERK)
    deputies.of = {}
    with pytest.raises(DeputySegregation):
        bank.user_tasks.claim(clerk, task_of(bank, "AO-1"))
    bank.user_tasks.claim(reviewer, task_of(bank, "AO-1"))


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083")
def test_whom_a_person_has_acted_for_in_the_case_binds_them_when_the_delegation_is_over(
    bank: ProcessEngine, deputies: Deputies
) -> None:
    bank.process_instances.start(clerk, "filing", business_key="AO-1")
    bank.user_tasks.claim(second_clerk, task_of(bank, "AO-1"))
    bank.user_tasks.complete(second_clerk, task_of(bank, "AO-1"), {})
    deputies.of = {OUTSIDER: SECOND_CLERK}
    bank.user_tasks.claim(outsider, task_of(bank, "AO-1"))
    bank.user_tasks.complete(outsider, task_of(bank, "AO-1"), {})
    deputies.of = {OUTSIDER: REVIEWER}
    with pytest.raises(DeputySegregation):
        bank.user_tasks.claim(outsider, task_of(bank, "AO-1"))
    bank.user_tasks.claim(reviewer, task_of(bank, "AO-1"))


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083", "R098")
def test_a_deputy_of_who_took_part_in_a_case_does_not_inspect_it(bank: ProcessEngine, deputies: Deputies) -> None:
    bank.process_instances.start(second_clerk, "opening", business_key="AO-1")
    bank.process_instances.start(clerk, "sampling", business_key="SP-1", variables={"sampled": "AO-1"})
    deputies.of = {REVIEWER: SECOND_CLERK}
    with pytest.raises(CaseExcluded):
        bank.user_tasks.claim(reviewer, task_of(bank, "SP-1"))
    deputies.of = {}
    bank.user_tasks.claim(reviewer, task_of(bank, "SP-1"))


@pytest.mark.control("CP2")
@pytest.mark.requirement("R082")
def test_a_deputy_whose_time_is_over_cannot_complete_what_was_claimed(bank: ProcessEngine, deputies: Deputies) -> None:
    bank.process_instances.start(second_clerk, "opening", business_key="AO-1")
    deputies.of = {OUTSIDER: CLERK}
    task = task_of(bank, "AO-1")
    bank.user_tasks.claim(outsider, task)
    deputies.of = {}
    with pytest.raises(NotAuthorised):
        bank.user_tasks.complete(outsider, task, {})
