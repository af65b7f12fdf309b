"""A demo home has one person and one login per role of the bank, and enough risk officers for four eyes."""

from __future__ import annotations

from pathlib import Path

from bank.bank import build
from bank.people import ROLES, Side
from bank.seed import seed_demo
from persistence.database import Database
from tests.conftest import TestClock


def test_every_role_that_is_not_the_customers_is_staffed(database: Database, clock: TestClock, tmp_path: Path) -> None:
    bank = build(clock, tmp_path)
    with database.transaction() as transaction:
        made = seed_demo(transaction.connection, bank)
    assert {role for _, role, _ in made} == {id for id, role in ROLES.items() if role.side is not Side.CUSTOMER}
    with database.reading() as connection:
        holders = {role: len(bank.people.holders(connection, role)) for _, role, _ in made}
    assert holders == {**dict.fromkeys(holders, 1), "risk_officer": 3}


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
