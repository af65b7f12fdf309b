"""Qualifications are granted on an exam, hold for a year, and are what a task may ask for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bank.bank import Bank, build
from bank.clock import BANK_ZONE
from bank.errors import RecordNotFound
from bank.people import People
from bank.qualifications import (
    QUALIFICATIONS,
    ExamNotPassed,
    QualificationLapsed,
    QualificationMissing,
    Qualifications,
    QualificationUnknown,
    ScoreImpossible,
)
from engine.model.actor import Actor
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView
from engine.services.errors import DeploymentRefused
from engine.store.states import InstanceState
from persistence.database import Database
from persistence.keys import Keys
from tests.bank.conftest import in_threads
from tests.conftest import NOON, TestClock
from tests.engine.diagrams import chain, diagram, end, start, user_task

REVIEW = "document_review"


@pytest.fixture
def person(connection: Connection, people: People) -> int:
    return people.add(connection, name_zh="李娜", name_en="Li Na").key


def local(*day: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(*day, hour, tzinfo=BANK_ZONE)  # type: ignore[arg-type,misc]  # year, month, day


@pytest.mark.control("CP2")
@pytest.mark.requirement("R055", "R064")
def test_eighty_points_pass_and_one_less_does_not(
    connection: Connection, qualifications: Qualifications, person: int
) -> None:
    with pytest.raises(ExamNotPassed) as refused:
        qualifications.grant(connection, person, REVIEW, score=79, case="OC-1")
    assert refused.value.fields == {"score": 79, "minimum": 80}
    assert qualifications.of(connection, person) == []
    assert qualifications.grant(connection, person, REVIEW, score=80, case="OC-1").exam_score == 80


@pytest.mark.parametrize("score", [-1, 101, 10**30, True, "90", 80.5, None])
def test_what_is_no_score_is_refused(
    connection: Connection, qualifications: Qualifications, person: int, score: object
) -> None:
    with pytest.raises(ScoreImpossible):
        qualifications.grant(connection, person, REVIEW, score=score, case="OC-1")  # type: ignore[arg-type]  # as posted


def test_a_qualification_the_register_does_not_have_is_refused(
    connection: Connection, qualifications: Qualifications, person: int
) -> None:
    with pytest.raises(QualificationUnknown):
        qualifications.grant(connection, person, "flying", score=100, case="OC-1")
    assert all(each.name_zh and each.name_en for each in QUALIFICATIONS.values())


@pytest.mark.control("CP2")
@pytest.mark.requirement("R055")
@pytest.mark.parametrize(
    ("granted", "over"),
    [
        (local(2026, 3, 2, hour=23), local(2027, 3, 2)),
        (local(2027, 12, 31), local(2028, 12, 31)),
        (local(2028, 2, 29, hour=9), local(2029, 2, 28)),
    ],
)
def test_a_qualification_holds_for_twelve_months_and_lapses_overnight(
    connection: Connection,
    qualifications: Qualifications,
    person: int,
    clock: TestClock,
    granted: dt.datetime,
    over: dt.datetime,
) -> None:
    clock.time = granted.astimezone(dt.UTC)
    qualifications.grant(connection, person, REVIEW, score=90, case="OC-1")
    clock.time = over.astimezone(dt.UTC) - dt.timedelta(microseconds=1)
    connection.info.clear()
    assert qualifications.refusal(connection, person, REVIEW) is None
    clock.time = over.astimezone(dt.UTC)
    connection.info.clear()
    refusal = qualifications.refusal(connection, person, REVIEW)
    assert isinstance(refusal, QualificationLapsed)
    assert str(over.date() - dt.timedelta(days=1)) in refusal.message("zh")
    assert QUALIFICATIONS[REVIEW].name_en in refusal.message("en")


@pytest.mark.requirement("R055")
def test_a_renewed_qualification_holds_and_a_withdrawn_one_does_not(
    connection: Connection, qualifications: Qualifications, person: int, administrator: int, clock: TestClock
) -> None:
    first = qualifications.grant(connection, person, REVIEW, score=90, case="OC-1")
    assert qualifications.grant(connection, person, REVIEW, score=95, case="OC-1") == first
    clock.pass_by(days=200)
    second = qualifications.grant(connection, person, REVIEW, score=85, case="OC-2")
    qualifications.withdraw(connection, first.key, by=administrator)
    assert qualifications.refusal(connection, person, REVIEW) is None
    qualifications.withdraw(connection, second.key, by=administrator)
    assert type(qualifications.refusal(connection, person, REVIEW)) is QualificationMissing
    with pytest.raises(RecordNotFound):
        qualifications.withdraw(connection, second.key, by=administrator)


class Office:
    """The real bank and engine, one reviewer who is qualified and one who is not, and a task that asks for it."""

    def __init__(self, database: Database, clock: TestClock, home: Path) -> None:
        self.database, self.bank = database, build(clock, home)
        self.staff = _staff(database, self.bank)
        self.engine = ProcessEngine(
            database=database,
            keys=Keys.of(database),
            clock=clock,
            authority=self.bank.authority,
            calendar=self.bank.calendar,
            handlers={},
            resources=None,
        )
        task = user_task("check", "reviewer", qualification=REVIEW)
        self.engine.deployments.deploy(self.staff["process_owner"], [diagram("checking", chain(start(), task, end()))])

    def begin(self) -> int:
        """A new case; the key of its task."""
        manager = self.staff["relationship_manager"]
        case = self.engine.process_instances.start(manager, "checking", business_key="AO-1").key
        return self.engine.user_tasks.of_case(manager, case)[0].key


def _staff(database: Database, bank: Bank) -> dict[str, Actor]:
    names = ("administrator", "process_owner", "relationship_manager", "team_lead", "reviewer", "reviewer-2")
    staff: dict[str, Actor] = {}
    with database.transaction() as transaction:
        connection = transaction.connection
        for name in names:
            key = bank.people.add(connection, name_zh="张伟", name_en=name).key
            first = staff["administrator"].person if staff else None
            bank.people.grant(connection, key, name.partition("-")[0], by=first)
            staff[name] = Actor.staff(key, key)
        assert staff["reviewer"].person is not None
        bank.qualifications.grant(connection, staff["reviewer"].person, REVIEW, score=90, case="OC-1")
    return staff


@pytest.fixture
def office(database: Database, clock: TestClock, tmp_path: Path) -> Office:
    return Office(database, clock, tmp_path)


@pytest.mark.control("CP2")
@pytest.mark.requirement("R055", "R065")
def test_without_the_qualification_nobody_claims_or_is_assigned_the_task(office: Office) -> None:
    task, other = office.begin(), office.staff["reviewer-2"]
    assert office.engine.user_tasks.get(other, task).may_claim.code == QualificationMissing.code
    with pytest.raises(QualificationMissing):
        office.engine.user_tasks.claim(other, task)
    assert other.person is not None
    with pytest.raises(QualificationMissing):
        office.engine.user_tasks.assign(office.staff["team_lead"], task, other.person)
    office.engine.user_tasks.claim(office.staff["reviewer"], task)
    office.engine.user_tasks.complete(office.staff["reviewer"], task, {})
    found = office.engine.process_instances.find(office.staff["relationship_manager"], "AO-1")
    assert found.state is InstanceState.COMPLETED


@pytest.mark.control("CP2")
@pytest.mark.requirement("R055", "R065")
def test_a_qualification_that_lapses_overnight_stops_the_completion_and_the_task_goes_back(
    office: Office, clock: TestClock
) -> None:
    task, reviewer, lead = office.begin(), office.staff["reviewer"], office.staff["team_lead"]
    office.engine.user_tasks.claim(reviewer, task)
    clock.time = NOON + dt.timedelta(days=365)
    with pytest.raises(QualificationLapsed):
        office.engine.user_tasks.complete(reviewer, task, {})
    (row,) = office.engine.user_tasks.inbox(reviewer, InboxView.GROUPS).rows
    assert (row.key, row.assignee) == (task, None)
    entry = office.engine.history.journal(lead, row.instance_key)[-1]
    assert (entry.command, entry.actor.name) == ("return_user_task", "qualification")
    assert (entry.body["inputs"]["holder"], entry.body["inputs"]["qualification"]) == (reviewer.person, REVIEW)
    assert office.engine.history.operations(lead, person=reviewer.person)[0].code == QualificationLapsed.code
    with pytest.raises(QualificationLapsed):
        office.engine.user_tasks.claim(reviewer, task)
    assert office.engine.history.verify_chain(row.instance_key).whole


@pytest.mark.requirement("R055")
def test_refused_at_the_same_moment_many_times_the_task_goes_back_once(office: Office, clock: TestClock) -> None:
    task, reviewer = office.begin(), office.staff["reviewer"]
    office.engine.user_tasks.claim(reviewer, task)
    clock.time = NOON + dt.timedelta(days=365)

    def attempt(_: int) -> None:
        with pytest.raises(QualificationLapsed):
            office.engine.user_tasks.complete(reviewer, task, {})

    in_threads(attempt, range(4))
    case = office.engine.process_instances.find(office.staff["team_lead"], "AO-1").key
    commands = [entry.command for entry in office.engine.history.journal(office.staff["team_lead"], case)]
    assert commands == ["start", "claim_user_task", "return_user_task"]


@pytest.mark.requirement("R055")
def test_a_task_refused_for_another_reason_stays_with_its_holder(office: Office, clock: TestClock) -> None:
    task, reviewer = office.begin(), office.staff["reviewer"]
    office.engine.user_tasks.claim(reviewer, task)
    with office.database.transaction() as transaction:
        assert reviewer.person is not None
        first = office.staff["administrator"].person
        assert first is not None
        office.bank.people.revoke(transaction.connection, reviewer.person, "reviewer", by=first)
    with pytest.raises(Exception, match="roles permits"):
        office.engine.user_tasks.complete(reviewer, task, {})
    assert [row.key for row in office.engine.user_tasks.inbox(reviewer, InboxView.MINE).rows] == [task]


@pytest.mark.requirement("R055")
def test_a_diagram_that_asks_for_an_unknown_qualification_is_refused(office: Office) -> None:
    task = user_task("check", "reviewer", qualification="flying")
    with pytest.raises(DeploymentRefused) as refused:
        office.engine.deployments.deploy(office.staff["process_owner"], [diagram("p", chain(start(), task, end()))])
    (problem,) = refused.value.problems
    assert (problem.element, "flying" in problem.reason_zh, bool(problem.remedy_en)) == ("check", True, True)
