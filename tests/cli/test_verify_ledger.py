"""`kaihu verify` looks at the ledger."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from persistence.database import Database
from persistence.migrations import upgrade
from tests.bank.accounts_of_tests import opened, paid_in
from tests.cli.conftest import Kaihu


@pytest.fixture
def with_money(home: Path) -> int:
    """The key of an account with one deposit, in a home of its own."""
    home.mkdir(exist_ok=True)
    with closing(Database(f"sqlite:///{home / 'kaihu.db'}")) as database:
        upgrade(database)
        with database.transaction() as transaction:
            account = opened(transaction.connection).key
            paid_in(transaction.connection, account, 100)
    return account


@pytest.mark.requirement("R090")
def test_a_ledger_that_balances_is_found_whole(kaihu: Kaihu, with_money: int) -> None:
    looked = kaihu("verify", "--json")
    found = json.loads(looked.stdout)
    assert (looked.exit_code, found["whole"], found["ledger_entries"]) == (0, True, 1)
    assert "1 ledger entries" in kaihu("verify").stdout


def test_a_balance_changed_behind_the_ledger_is_found(kaihu: Kaihu, home: Path, with_money: int) -> None:
    with closing(sqlite3.connect(home / "kaihu.db")) as connection:
        connection.execute("UPDATE ledger_account SET balance_fen = 101 WHERE account IS NOT NULL")
        connection.commit()
    looked = kaihu("verify")
    assert looked.exit_code == 1
    assert f"The balance of account {with_money} is not the sum of its postings" in looked.stdout
    assert "1 faults in the ledger" in looked.stderr
