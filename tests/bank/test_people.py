"""Persons, logins and roles."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from bank.errors import ActionNotAuthorised, RecordNotFound
from bank.people import (
    ROLES,
    CurrentPasswordWrong,
    LoginNameTaken,
    PasswordTooWeak,
    People,
    RoleNotForStaff,
    RoleUnknown,
    SelfGrantRefused,
    Side,
    SignInDisabled,
    SignInDoor,
    SignInLocked,
    SignInRefused,
)
from bank.people.tables import login
from persistence.database import Database
from tests.conftest import TestClock


def _staff(connection: Connection, people: People, login_name: str = "zhang.wei") -> tuple[int, str]:
    key = people.add(connection, name_zh="张伟", name_en="Zhang Wei").key
    return key, people.logins.add(connection, key, login_name)[1]


def test_the_generated_password_signs_in_whatever_the_case_of_the_login_name(
    connection: Connection, people: People
) -> None:
    key, password = _staff(connection, people)
    answer = people.authenticate(connection, " Zhang.Wei ", password)
    assert answer.refusal is None
    assert answer.session is not None
    assert answer.session.person.key == key
    assert answer.session.login.must_change_password
    assert answer.session.roles == frozenset()


def test_the_password_is_stored_only_as_an_argon2id_hash(connection: Connection, people: People) -> None:
    _, password = _staff(connection, people)
    stored = connection.execute(select(login.c.password_hash)).scalar_one()
    assert stored.startswith("$argon2id$")
    assert password not in stored


def test_an_unknown_login_and_a_wrong_password_get_the_same_answer(connection: Connection, people: People) -> None:
    _staff(connection, people)
    for name in ("zhang.wei", "nobody"):
        answer = people.authenticate(connection, name, "wrong password")
        assert answer.session is None
        assert isinstance(answer.refusal, SignInRefused)


@pytest.mark.requirement("R082")
def test_a_login_is_locked_after_five_failures_and_opens_again_after_the_lock_time(
    connection: Connection, people: People, clock: TestClock
) -> None:
    _, password = _staff(connection, people)
    answers = [people.authenticate(connection, "zhang.wei", "wrong password") for _ in range(5)]
    assert [type(answer.refusal) for answer in answers] == [SignInRefused] * 4 + [SignInLocked]
    clock.pass_by(minutes=14)
    locked = people.authenticate(connection, "zhang.wei", password)
    assert isinstance(locked.refusal, SignInLocked)
    assert locked.refusal.fields == {"minutes": 1}
    clock.pass_by(minutes=1)
    assert people.authenticate(connection, "zhang.wei", password).refusal is None


def test_a_success_starts_the_count_of_failures_anew(connection: Connection, people: People) -> None:
    _, password = _staff(connection, people)
    for _ in range(3):
        for _ in range(4):
            people.authenticate(connection, "zhang.wei", "wrong password")
        assert people.authenticate(connection, "zhang.wei", password).refusal is None


def test_failures_count_across_transactions(database: Database, people: People) -> None:
    with database.transaction() as transaction:
        _staff(transaction.connection, people)
    for _ in range(4):
        with database.transaction() as transaction:
            people.authenticate(transaction.connection, "zhang.wei", "wrong password")
    with database.transaction() as transaction:
        answer = people.authenticate(transaction.connection, "zhang.wei", "wrong password")
    assert isinstance(answer.refusal, SignInLocked)


def test_a_disabled_login_is_refused_and_its_session_ends(connection: Connection, people: People) -> None:
    _, password = _staff(connection, people)
    session = people.authenticate(connection, "zhang.wei", password).session
    assert session is not None
    assert people.session(connection, session.login.key, session.login.session_version) is not None
    people.logins.disable(connection, session.login.key)
    assert people.session(connection, session.login.key, session.login.session_version) is None
    assert isinstance(people.authenticate(connection, "zhang.wei", password).refusal, SignInDisabled)
    people.logins.enable(connection, session.login.key)
    assert people.authenticate(connection, "zhang.wei", password).refusal is None


def test_a_changed_password_ends_older_sessions(connection: Connection, people: People) -> None:
    _, password = _staff(connection, people)
    session = people.authenticate(connection, "zhang.wei", password).session
    assert session is not None
    key = session.login.key
    changed = people.logins.change_password(connection, key, password, "一个足够长的新密码-2026")
    assert not changed.must_change_password
    assert people.session(connection, key, session.login.session_version) is None
    assert people.session(connection, key, changed.session_version) is not None
    assert isinstance(people.authenticate(connection, "zhang.wei", password).refusal, SignInRefused)


@pytest.mark.parametrize("new", ["short", "my-ZHANG.WEI-password"])
def test_a_weak_new_password_is_refused(connection: Connection, people: People, new: str) -> None:
    key, password = _staff(connection, people)
    with pytest.raises(PasswordTooWeak):
        people.logins.change_password(connection, people.logins.of_person(connection, key)[0].key, password, new)


def test_a_reset_password_must_be_changed_and_unlocks(connection: Connection, people: People) -> None:
    key, _ = _staff(connection, people)
    for _ in range(5):
        people.authenticate(connection, "zhang.wei", "wrong password")
    password = people.logins.reset_password(connection, people.logins.of_person(connection, key)[0].key)
    session = people.authenticate(connection, "zhang.wei", password).session
    assert session is not None
    assert session.login.must_change_password


def test_one_person_may_have_several_logins_but_a_name_is_used_once(connection: Connection, people: People) -> None:
    key, _ = _staff(connection, people)
    people.logins.add(connection, key, "zhang.wei.2")
    with pytest.raises(LoginNameTaken):
        people.logins.add(connection, key, "ZHANG.WEI")
    assert [login.name for login in people.logins.of_person(connection, key)] == ["zhang.wei", "zhang.wei.2"]


@pytest.mark.requirement("R082", "R083")
@pytest.mark.control("CP2")
def test_an_administrator_grants_roles_to_others_and_never_to_self(
    connection: Connection, people: People, administrator: int
) -> None:
    key, _ = _staff(connection, people)
    people.grant(connection, key, "reviewer", by=administrator)
    people.grant(connection, key, "reviewer", by=administrator)
    assert people.roles(connection, key) == {"reviewer"}
    assert [person.key for person in people.holders(connection, "reviewer")] == [key]
    with pytest.raises(SelfGrantRefused):
        people.grant(connection, administrator, "supervisor", by=administrator)
    with pytest.raises(SelfGrantRefused):
        people.revoke(connection, administrator, "administrator", by=administrator)


@pytest.mark.requirement("R082")
@pytest.mark.control("CP2")
def test_nobody_but_an_administrator_grants_or_revokes(
    connection: Connection, people: People, administrator: int
) -> None:
    key, _ = _staff(connection, people)
    other = people.add(connection, name_zh="李娜", name_en="Li Na").key
    people.grant(connection, key, "supervisor", by=administrator)
    with pytest.raises(ActionNotAuthorised):
        people.grant(connection, other, "reviewer", by=key)
    with pytest.raises(ActionNotAuthorised):
        people.revoke(connection, administrator, "administrator", by=key)


def test_without_a_granter_only_the_first_administrator_is_made(
    connection: Connection, people: People, administrator: int
) -> None:
    key, _ = _staff(connection, people)
    with pytest.raises(ActionNotAuthorised):
        people.grant(connection, key, "administrator", by=None)
    with pytest.raises(ActionNotAuthorised):
        people.grant(connection, key, "reviewer", by=None)


@pytest.mark.requirement("R084")
def test_a_revoked_role_is_gone_at_once_and_stays_in_the_record(
    connection: Connection, people: People, administrator: int
) -> None:
    key, _ = _staff(connection, people)
    people.grant(connection, key, "reviewer", by=administrator)
    people.revoke(connection, key, "reviewer", by=administrator)
    assert people.roles(connection, key) == frozenset()
    with pytest.raises(RecordNotFound):
        people.revoke(connection, key, "reviewer", by=administrator)
    people.grant(connection, key, "reviewer", by=administrator)
    assert [assignment.revoked_by for assignment in people.assignments(connection, key)] == [administrator, None]


def test_a_person_who_has_left_has_no_roles_and_cannot_sign_in(
    connection: Connection, people: People, administrator: int
) -> None:
    key, password = _staff(connection, people)
    people.grant(connection, key, "reviewer", by=administrator)
    people.deactivate(connection, key)
    assert people.roles(connection, key) == frozenset()
    assert people.holders(connection, "reviewer") == []
    assert isinstance(people.authenticate(connection, "zhang.wei", password).refusal, SignInDisabled)


def test_unknown_roles_and_roles_of_the_customer_are_not_granted(
    connection: Connection, people: People, administrator: int
) -> None:
    key, _ = _staff(connection, people)
    with pytest.raises(RoleUnknown):
        people.grant(connection, key, "emperor", by=administrator)
    with pytest.raises(RoleNotForStaff):
        people.grant(connection, key, "legal_representative", by=administrator)


def test_an_unknown_person_is_not_found_and_holds_nothing(connection: Connection, people: People) -> None:
    with pytest.raises(RecordNotFound):
        people.get(connection, 999)
    assert people.roles(connection, 999) == frozenset()


def test_every_role_has_names_and_descriptions_in_both_languages() -> None:
    assert len(ROLES) == 17
    for role in ROLES.values():
        assert all((role.name_zh, role.name_en, role.description_zh, role.description_en))
        assert isinstance(role.side, Side)


def test_a_wrong_current_password_changes_nothing(connection: Connection, people: People) -> None:
    key, password = _staff(connection, people)
    found = people.logins.of_person(connection, key)[0]
    with pytest.raises(CurrentPasswordWrong):
        people.logins.change_password(connection, found.key, "wrong password", "一个足够长的新密码-2026")
    assert people.authenticate(connection, "zhang.wei", password).session is not None


def test_the_door_commits_failed_attempts_and_keeps_the_session_of_a_changed_password(
    database: Database, people: People
) -> None:
    door = SignInDoor(database, people)
    with database.transaction() as transaction:
        _, password = _staff(transaction.connection, people)
    assert isinstance(door.authenticate("zhang.wei", "wrong password").refusal, SignInRefused)
    with database.reading() as connection:
        found = people.logins.by_name(connection, "zhang.wei")
    assert found is not None
    assert found.failed_attempts == 1
    session = door.authenticate("zhang.wei", password).session
    assert session is not None
    renewed = door.change_password(session, password, "一个足够长的新密码-2026")
    assert door.session(found.key, session.login.session_version) is None
    assert door.session(found.key, renewed.login.session_version) == renewed
