"""Which roles may do what."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bank.applications import ISSUE_ACCESS_CODE
from bank.authority import ACTION_RULES, RoleAuthority, read_rules
from bank.delegation import Delegations
from bank.errors import ActionNotAuthorised, ReferenceDataWrong
from bank.people import ROLES, People
from bank.qualifications import Qualifications
from bank.transfers.door import RECEIVE_PAYMENT, VIEW_ACCOUNT
from engine.model.actor import Action
from engine.model.ports import Authority


@pytest.fixture
def authority(people: People, delegations: Delegations, qualifications: Qualifications) -> Authority:
    return RoleAuthority(people, delegations, qualifications)


def _person(connection: Connection, people: People, administrator: int, role: str) -> int:
    key = people.add(connection, name_zh="张伟", name_en="Zhang Wei").key
    people.grant(connection, key, role, by=administrator)
    return key


@pytest.mark.requirement("R008", "R082")
@pytest.mark.control("CP2")
def test_every_action_of_the_engine_has_a_rule_over_known_roles() -> None:
    assert set(ACTION_RULES) == {ISSUE_ACCESS_CODE, RECEIVE_PAYMENT, VIEW_ACCOUNT, *(action.value for action in Action)}
    rules = [*ACTION_RULES.values()]
    for rule in rules:
        assert rule.roles
        assert rule.roles | rule.while_unstaffed <= set(ROLES)
        rules += [*rule.processes.values(), *rule.elements.values()]


@pytest.mark.requirement("R034", "R112")
@pytest.mark.control("CP2")
@pytest.mark.parametrize("role", ["internal_auditor", "regulator"])
def test_auditor_and_regulator_only_read(
    connection: Connection, people: People, administrator: int, authority: Authority, role: str
) -> None:
    key = _person(connection, people, administrator, role)
    allowed = {action for action in Action if authority.refusal(connection, key, action, {}) is None}
    assert allowed == {Action.VIEW_CASE}


@pytest.mark.requirement("R082")
def test_the_administrator_deploys_only_until_the_bank_has_a_process_owner(
    connection: Connection, people: People, administrator: int, authority: Authority
) -> None:
    assert authority.refusal(connection, administrator, Action.DEPLOY, {}) is None
    owner = _person(connection, people, administrator, "process_owner")
    assert isinstance(authority.refusal(connection, administrator, Action.DEPLOY, {}), ActionNotAuthorised)
    assert authority.refusal(connection, owner, Action.DEPLOY, {}) is None


@pytest.mark.requirement("R082")
@pytest.mark.control("CP2")
def test_the_administrator_has_no_business_authority(
    connection: Connection, people: People, administrator: int, authority: Authority
) -> None:
    for action in set(Action) - {Action.DEPLOY, Action.RESOLVE_INCIDENT}:
        assert authority.refusal(connection, administrator, action, {}) is not None


@pytest.mark.control("CP2")
def test_a_relationship_manager_starts_and_a_person_without_roles_may_do_nothing(
    connection: Connection, people: People, administrator: int, authority: Authority
) -> None:
    manager = _person(connection, people, administrator, "relationship_manager")
    nobody = people.add(connection, name_zh="李娜", name_en="Li Na").key
    assert authority.roles(connection, manager) == {"relationship_manager"}
    assert authority.refusal(connection, manager, Action.START, {}) is None
    assert all(authority.refusal(connection, nobody, action, {}) for action in Action)
    assert authority.refusal(connection, manager, "no such action", {}) is not None


NARROWED = {
    "start": {
        "roles": ["relationship_manager"],
        "processes": {"transfer": {"roles": ["account_operator"]}},
    },
    "complete": {
        "roles": ["relationship_manager", "supervisor"],
        "processes": {"transfer": {"roles": ["supervisor"], "elements": {"book": {"roles": ["account_operator"]}}}},
    },
}


@pytest.mark.requirement("R008", "R082")
@pytest.mark.control("CP2")
def test_a_rule_for_a_process_holds_there_in_place_of_the_general_one(
    connection: Connection,
    people: People,
    delegations: Delegations,
    qualifications: Qualifications,
    administrator: int,
) -> None:
    authority = RoleAuthority(people, delegations, qualifications, read_rules(NARROWED))
    manager = _person(connection, people, administrator, "relationship_manager")
    operator = _person(connection, people, administrator, "account_operator")

    def may(person: int, action: str, **subject: str) -> bool:
        return authority.refusal(connection, person, action, subject) is None

    assert may(manager, "start", process_id="account_opening")
    assert not may(manager, "start", process_id="transfer")
    assert may(operator, "start", process_id="transfer")
    assert not may(operator, "start", process_id="account_opening")
    assert not may(operator, "complete", process_id="transfer", element_id="check")
    assert may(operator, "complete", process_id="transfer", element_id="book")
    assert not may(manager, "complete", process_id="transfer", element_id="book")
    assert may(manager, "complete", process_id="account_opening", element_id="book")


@pytest.mark.parametrize(
    "row",
    [
        {"role": ["supervisor"]},
        {"roles": []},
        {"roles": ["supervisor"], "process": {}},
        {"roles": ["supervisor"], "elements": {"book": {"roles": ["supervisor"]}}},
        {"roles": ["supervisor"], "processes": {"transfer": {"elements": {"book": {"roles": ["supervisor"]}}}}},
    ],
)
def test_a_table_of_actions_with_a_word_it_does_not_know_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ReferenceDataWrong):
        read_rules({"start": row})
