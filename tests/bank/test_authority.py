"""Which roles may do what."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bank.applications import ISSUE_ACCESS_CODE
from bank.authority import ACTION_RULES, RoleAuthority
from bank.errors import ActionNotAuthorised
from bank.people import ROLES, People
from engine.model.actor import Action
from engine.model.ports import Authority


@pytest.fixture
def authority(people: People) -> Authority:
    return RoleAuthority(people)


def _person(connection: Connection, people: People, administrator: int, role: str) -> int:
    key = people.add(connection, name_zh="张伟", name_en="Zhang Wei").key
    people.grant(connection, key, role, by=administrator)
    return key


@pytest.mark.requirement("R008", "R082")
def test_every_action_of_the_engine_has_a_rule_over_known_roles() -> None:
    assert set(ACTION_RULES) == {ISSUE_ACCESS_CODE, *(action.value for action in Action)}
    for rule in ACTION_RULES.values():
        assert rule.roles
        assert rule.roles | rule.while_unstaffed <= set(ROLES)


@pytest.mark.requirement("R034", "R112")
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
def test_the_administrator_has_no_business_authority(
    connection: Connection, people: People, administrator: int, authority: Authority
) -> None:
    for action in set(Action) - {Action.DEPLOY, Action.RESOLVE_INCIDENT}:
        assert authority.refusal(connection, administrator, action, {}) is not None


def test_a_relationship_manager_starts_and_a_person_without_roles_may_do_nothing(
    connection: Connection, people: People, administrator: int, authority: Authority
) -> None:
    manager = _person(connection, people, administrator, "relationship_manager")
    nobody = people.add(connection, name_zh="李娜", name_en="Li Na").key
    assert authority.roles(connection, manager) == {"relationship_manager"}
    assert authority.refusal(connection, manager, Action.START, {}) is None
    assert all(authority.refusal(connection, nobody, action, {}) for action in Action)
    assert authority.refusal(connection, manager, "no such action", {}) is not None
