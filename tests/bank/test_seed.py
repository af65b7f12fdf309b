"""A demo home has one person and one login per role of the bank."""

from __future__ import annotations

from pathlib import Path

from bank.bank import build
from bank.people import ROLES, Side
from bank.seed import seed_demo
from persistence.database import Database
from tests.conftest import TestClock


def test_every_role_that_is_not_the_customers_is_staffed_once(
    database: Database, clock: TestClock, tmp_path: Path
) -> None:
    bank = build(clock, tmp_path)
    with database.transaction() as transaction:
        made = seed_demo(transaction.connection, bank)
    assert {role for _, role, _ in made} == {id for id, role in ROLES.items() if role.side is not Side.CUSTOMER}
    with database.reading() as connection:
        assert all(len(bank.people.holders(connection, role)) == 1 for _, role, _ in made)


def test_the_printed_password_opens_the_login_and_seeding_again_changes_nothing(
    database: Database, clock: TestClock, tmp_path: Path
) -> None:
    bank = build(clock, tmp_path)
    with database.transaction() as transaction:
        login, role, password = seed_demo(transaction.connection, bank)[0]
        answer = bank.people.authenticate(transaction.connection, login, password)
        assert answer.session is not None
        assert answer.session.roles == {role}
        assert not answer.session.login.must_change_password
        assert seed_demo(transaction.connection, bank) == []
