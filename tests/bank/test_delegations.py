"""Deputies and absences: who may give them, what they give, and when they are over."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import DBAPIError

from bank.authority import RoleAuthority
from bank.delegation import (
    AlreadyEnded,
    Change,
    DelegationIncomplete,
    DelegationNotYours,
    Delegations,
    DelegationTimeWrong,
    DeputyMayNotGive,
    DeputyNotActive,
    OwnDeputyRefused,
    PersonAbsent,
    ReasonMissing,
    RoleNotDelegable,
)
from bank.delegation.tables import delegation_event
from bank.errors import RecordNotFound
from bank.people import People
from bank.qualifications import Qualifications
from tests.conftest import NOON, TestClock

DAY = dt.timedelta(days=1)


@dataclass
class Staff:
    """People of the tests by the roles they hold."""

    connection: Connection
    people: People
    administrator: int
    known: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        """The person who holds the role before an underscore and a number, such as `reviewer-2`."""
        if name not in self.known:
            key = self.people.add(self.connection, name_zh="张伟", name_en=name).key
            self.people.grant(self.connection, key, name.partition("-")[0], by=self.administrator)
            self.known[name] = key
        return self.known[name]


@pytest.fixture
def staff(connection: Connection, people: People, administrator: int) -> Staff:
    return Staff(connection, people, administrator)


@pytest.fixture
def authority(people: People, delegations: Delegations, qualifications: Qualifications) -> RoleAuthority:
    return RoleAuthority(people, delegations, qualifications)


def given(delegations: Delegations, staff: Staff, **changed: Any) -> int:
    """A delegation of the supervisor's role to the reviewer for a week, unless told otherwise; its key."""
    person = staff["supervisor"]
    facts = {
        "person": person,
        "deputy": staff["reviewer"],
        "roles": ["supervisor"],
        "begins_at": NOON,
        "ends_at": NOON + 7 * DAY,
        "reason": "年休假",
        "by": person,
    }
    return delegations.give(staff.connection, **(facts | changed)).key


@pytest.mark.control("CP2")
@pytest.mark.requirement("R082")
def test_a_deputy_holds_the_named_roles_for_the_time_and_not_a_moment_longer(
    connection: Connection, delegations: Delegations, authority: RoleAuthority, staff: Staff, clock: TestClock
) -> None:
    given(delegations, staff, begins_at=NOON + DAY)
    asked = {}
    for moment in (NOON, NOON + DAY, NOON + 7 * DAY - dt.timedelta(microseconds=1), NOON + 7 * DAY):
        clock.time = moment
        connection.info.clear()
        asked[moment - NOON] = "supervisor" in authority.roles(connection, staff["reviewer"])
    assert list(asked.values()) == [False, True, True, False]


@pytest.mark.control("CP2")
@pytest.mark.requirement("R082", "R083")
def test_a_deputy_carries_the_conflicts_and_acts_on_behalf_where_own_roles_are_not_enough(
    connection: Connection, delegations: Delegations, authority: RoleAuthority, staff: Staff
) -> None:
    reviewer, supervisor = staff["reviewer"], staff["supervisor"]
    given(delegations, staff)
    assert authority.bound_with(connection, reviewer) == {reviewer, supervisor}
    assert authority.bound_with(connection, supervisor) == {supervisor}
    assert authority.on_behalf_of(connection, reviewer, "complete", {}, ["supervisor"]) == supervisor
    assert authority.on_behalf_of(connection, reviewer, "complete", {}, ["reviewer", "supervisor"]) is None
    assert authority.on_behalf_of(connection, reviewer, "cancel", {}, []) == supervisor
    assert authority.on_behalf_of(connection, supervisor, "cancel", {}, []) is None


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083")
def test_nobody_deputises_themselves_and_nobody_makes_themselves_a_deputy(
    delegations: Delegations, staff: Staff
) -> None:
    with pytest.raises(OwnDeputyRefused):
        given(delegations, staff, deputy=staff["supervisor"])
    with pytest.raises(DeputyMayNotGive):
        given(delegations, staff, by=staff["reviewer"])
    lead = staff["team_lead"]
    with pytest.raises(DeputyMayNotGive):
        given(delegations, staff, deputy=lead, by=lead)
    assert delegations.of(staff.connection) == []
    assert delegations.events(staff.connection) == []


@pytest.mark.control("CP2")
@pytest.mark.requirement("R082", "R083")
def test_a_deputy_is_given_by_the_person_or_a_team_lead_and_by_nobody_else(
    delegations: Delegations, staff: Staff
) -> None:
    for stranger in (staff["reviewer-2"], staff.administrator, staff["president"]):
        with pytest.raises(DelegationNotYours):
            given(delegations, staff, by=stranger)
    given(delegations, staff)
    given(delegations, staff, by=staff["team_lead"])


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083")
def test_whoever_only_deputises_a_team_lead_gives_no_deputies(delegations: Delegations, staff: Staff) -> None:
    lead, deputy = staff["team_lead"], staff["monitoring_officer"]
    given(delegations, staff, person=lead, deputy=deputy, roles=["team_lead"], by=lead)
    with pytest.raises(DelegationNotYours):
        given(delegations, staff, by=deputy)


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083")
def test_roles_held_as_a_deputy_are_not_passed_on(
    connection: Connection, delegations: Delegations, authority: RoleAuthority, staff: Staff
) -> None:
    given(delegations, staff)
    reviewer = staff["reviewer"]
    with pytest.raises(RoleNotDelegable):
        given(delegations, staff, person=reviewer, deputy=staff["reviewer-2"], by=reviewer)
    given(delegations, staff, person=reviewer, deputy=staff["reviewer-2"], roles=["reviewer"], by=reviewer)
    assert "supervisor" not in authority.roles(connection, staff["reviewer-2"])


@pytest.mark.control("CP2")
@pytest.mark.requirement("R034", "R082")
@pytest.mark.parametrize("role", ["administrator", "internal_auditor", "regulator", "no_such_role", "president"])
def test_technical_power_independence_and_what_is_not_held_cannot_be_delegated(
    delegations: Delegations, staff: Staff, role: str
) -> None:
    person = {"administrator": staff.administrator}.get(role) or staff["supervisor"]
    if role in ("internal_auditor", "regulator"):
        person = staff[role]
    with pytest.raises(RoleNotDelegable):
        given(delegations, staff, person=person, roles=[role], by=person)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"roles": []}, DelegationIncomplete),
        ({"reason": "  "}, DelegationIncomplete),
        ({"reason": "长" * 501}, DelegationIncomplete),
        ({"ends_at": NOON}, DelegationTimeWrong),
        ({"begins_at": NOON - 9 * DAY, "ends_at": NOON - DAY}, DelegationTimeWrong),
        ({"begins_at": NOON + 8 * DAY}, DelegationTimeWrong),
        ({"ends_at": NOON + 91 * DAY}, DelegationTimeWrong),
        ({"deputy": 987654321}, RecordNotFound),
    ],
)
def test_what_cannot_be_a_delegation_is_refused_and_nothing_kept(
    delegations: Delegations, staff: Staff, changed: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        given(delegations, staff, **changed)
    assert delegations.of(staff.connection, past=True) == []


def test_a_delegation_dated_back_begins_now(delegations: Delegations, staff: Staff) -> None:
    key = given(delegations, staff, begins_at=NOON - 3 * DAY)
    assert delegations.get(staff.connection, key).begins_at == NOON


@pytest.mark.control("CP2")
@pytest.mark.requirement("R082")
def test_who_has_left_neither_deputises_nor_is_deputised(
    connection: Connection, delegations: Delegations, authority: RoleAuthority, people: People, staff: Staff
) -> None:
    given(delegations, staff)
    people.deactivate(connection, staff["supervisor"])
    assert authority.roles(connection, staff["reviewer"]) == {"reviewer"}
    with pytest.raises(DeputyNotActive):
        given(delegations, staff, by=staff["team_lead"])


@pytest.mark.control("CP2")
@pytest.mark.requirement("R082")
def test_a_role_taken_from_the_person_is_taken_from_the_deputy_whose_conflicts_stay(
    connection: Connection, delegations: Delegations, authority: RoleAuthority, people: People, staff: Staff
) -> None:
    given(delegations, staff)
    people.revoke(connection, staff["supervisor"], "supervisor", by=staff.administrator)
    assert authority.roles(connection, staff["reviewer"]) == {"reviewer"}
    assert staff["supervisor"] in authority.bound_with(connection, staff["reviewer"])


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083")
def test_a_delegation_is_ended_once_and_not_by_the_deputy(
    connection: Connection, delegations: Delegations, authority: RoleAuthority, staff: Staff
) -> None:
    key = given(delegations, staff, deputy=staff["team_lead"])
    with pytest.raises(DelegationNotYours):
        delegations.end(connection, key, by=staff["team_lead"])
    assert "supervisor" in authority.roles(connection, staff["team_lead"])
    ended = delegations.end(connection, key, by=staff["supervisor"])
    assert (ended.ended_by, ended.ended_at) == (staff["supervisor"], NOON)
    assert authority.roles(connection, staff["team_lead"]) == {"team_lead"}
    with pytest.raises(AlreadyEnded):
        delegations.end(connection, key, by=staff["supervisor"])


@pytest.mark.control("CP2")
@pytest.mark.requirement("R082")
def test_an_absent_person_takes_no_work_until_the_absence_is_over_or_ended(
    connection: Connection, delegations: Delegations, authority: RoleAuthority, staff: Staff, clock: TestClock
) -> None:
    reviewer = staff["reviewer"]
    absence = delegations.enter_absence(
        connection, person=reviewer, begins_at=NOON, ends_at=NOON + 2 * DAY, reason="病假", by=staff["team_lead"]
    )
    refusal = authority.refusal(connection, reviewer, "claim", {})
    assert isinstance(refusal, PersonAbsent)
    assert refusal.fields == {"until": "2026-03-04"}
    assert authority.refusal(connection, reviewer, "complete", {}) is None
    with pytest.raises(DelegationNotYours):
        delegations.end_absence(connection, absence.key, by=staff["supervisor"])
    delegations.end_absence(connection, absence.key, by=reviewer)
    assert authority.refusal(connection, reviewer, "claim", {}) is None
    with pytest.raises(AlreadyEnded):
        delegations.end_absence(connection, absence.key, by=reviewer)
    with pytest.raises(ReasonMissing):
        delegations.enter_absence(
            connection, person=reviewer, begins_at=NOON, ends_at=NOON + DAY, reason="", by=reviewer
        )
    with pytest.raises(DelegationNotYours):
        delegations.enter_absence(
            connection, person=reviewer, begins_at=NOON, ends_at=NOON + DAY, reason="病假", by=staff["supervisor"]
        )


@pytest.mark.control("CP2")
@pytest.mark.requirement("R082")
def test_every_change_is_kept_and_cannot_be_altered(
    connection: Connection, delegations: Delegations, staff: Staff, clock: TestClock
) -> None:
    key, reviewer = given(delegations, staff), staff["reviewer"]
    clock.pass_by(hours=1)
    delegations.end(connection, key, by=staff["team_lead"])
    absence = delegations.enter_absence(
        connection, person=reviewer, begins_at=NOON, ends_at=NOON + DAY, reason="病假", by=reviewer
    ).key
    delegations.end_absence(connection, absence, by=reviewer)
    told = [(each.change, each.delegation or each.absence, each.by_person) for each in delegations.events(connection)]
    assert told == [
        (Change.GIVEN, key, staff["supervisor"]),
        (Change.ENDED, key, staff["team_lead"]),
        (Change.ABSENCE_ENTERED, absence, reviewer),
        (Change.ABSENCE_ENDED, absence, reviewer),
    ]
    assert [each.time - NOON for each in delegations.events(connection)][:2] == [dt.timedelta(0), dt.timedelta(hours=1)]
    with pytest.raises(DBAPIError), connection.begin_nested():
        connection.execute(update(delegation_event).values(by_person=reviewer))
