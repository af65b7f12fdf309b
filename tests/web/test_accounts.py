"""The page of an account: who sees it, what it shows, how money is booked in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import compose
from bank.accounts import Account
from bank.ledger import verify_ledger
from bank.seed import seed_demo
from cli.parts import Parts
from engine.model.actor import Actor
from engine.services.answers import InboxView, Page
from persistence.database import Database
from persistence.settings import Settings
from tests.bank.accounts_of_tests import individual, opened
from tests.conftest import TestClock
from tests.processes.opening_bank import shipped
from tests.web.conftest import sign_in, token

pytestmark = [pytest.mark.requirement("R090"), pytest.mark.control("CP3")]
ORDER = {
    "order.kind": "transfer",
    "order.channel": "online",
    "order.purpose": "货款",
    "order.counter_name": "苏州远航机械有限公司",
    "order.counter_number": "6222 0202 0011",
    "order.counter_bank": "某某银行",
}


@dataclass
class Branch:
    """The whole program with one account."""

    kaihu: Parts
    passwords: dict[str, tuple[str, str]]
    account: Account

    def __post_init__(self) -> None:
        self.app = self.kaihu.create_web()

    def signed_in(self, role: str) -> FlaskClient:
        client = self.app.test_client()
        assert sign_in(client, *self.passwords[role]).status_code == 303
        return client

    def balance(self) -> int:
        with self.kaihu.database.reading() as connection:
            assert verify_ledger(connection).whole
            return self.kaihu.bank.ledger.balance(connection, self.account.key)

    def book(self, client: FlaskClient, **data: str) -> Any:
        place = f"/accounts/{self.account.key}"
        return client.post(f"{place}/payments", data={"csrf_token": token(client, place), **data})


@pytest.fixture
def branch(database: Database, clock: TestClock, tmp_path: Path) -> Branch:
    kaihu = compose(Settings.from_environment({"KAIHU_HOME": str(tmp_path)}), database, clock)
    with database.transaction() as transaction:
        made = seed_demo(transaction.connection, kaihu.bank)
        company = {"entity_type": "company", "name": "海淀<甲>公司"}
        account = opened(transaction.connection, "AO-20260302-0001", now=clock.now(), enterprise=company)
    passwords = {role: (login, password) for login, role, password in reversed(made)}
    return Branch(kaihu, passwords, account)


def test_an_operator_books_cash_in_once_per_reference(branch: Branch) -> None:
    client = branch.signed_in("account_operator")
    for _ in range(2):
        answer = branch.book(client, amount="1,234.56", source="cash", reference="slip 1")
        assert answer.status_code == 303
    assert branch.balance() == 123_456
    page = client.get(f"/accounts/{branch.account.key}").text
    assert "1,234.56" in page
    assert "海淀&lt;甲&gt;公司" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "1.005"},
        {"amount": "-1"},
        {"amount": ""},
        {"amount": "99999999999999"},
        {"source": "this_bank"},
        {"source": "nowhere"},
        {"reference": " "},
        {"reference": "x" * 101},
    ],
)
def test_a_payment_in_that_is_wrong_is_refused_and_shown_again(branch: Branch, wrong: dict[str, str]) -> None:
    client = branch.signed_in("account_operator")
    answer = branch.book(client, **{"amount": "1", "source": "cash", "reference": "slip 1"} | wrong)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert branch.balance() == 0


def test_class_iii_is_not_filled_beyond_its_limit_at_the_desk_either(branch: Branch) -> None:
    with branch.kaihu.database.transaction() as transaction:
        branch.account = individual(transaction.connection, "class_3", "AO-20260302-0002")
    client = branch.signed_in("account_operator")
    assert branch.book(client, amount="2000.01", source="cash", reference="1").status_code == 400
    assert branch.book(client, amount="2000", source="cash", reference="1").status_code == 303


@pytest.mark.requirement("R082")
@pytest.mark.parametrize("role", ["relationship_manager", "supervisor", "internal_auditor", "president"])
def test_who_may_see_an_account_books_nothing_in(branch: Branch, role: str) -> None:
    client = branch.signed_in(role)
    assert client.get(f"/accounts/{branch.account.key}").status_code == 200
    assert branch.book(client, amount="1", source="cash", reference="1").status_code == 403
    assert branch.balance() == 0


@pytest.mark.requirement("R082")
@pytest.mark.parametrize("role", ["administrator", "process_analyst", "trainer"])
def test_without_the_right_an_account_is_not_shown(branch: Branch, role: str) -> None:
    assert branch.signed_in(role).get(f"/accounts/{branch.account.key}").status_code == 403


def test_an_account_that_is_not_there_is_not_found(branch: Branch) -> None:
    assert branch.signed_in("supervisor").get("/accounts/999999").status_code == 404


def test_a_transfer_from_the_start_page_to_the_page_of_its_account(branch: Branch) -> None:
    branch.kaihu.engine.deployments.deploy(_holder(branch, "process_owner"), shipped())
    operator = branch.signed_in("account_operator")
    branch.book(operator, amount="5000", source="other_bank", reference="1")
    place = "/start/transfer_authorisation"
    order = ORDER | {"order.account_number": branch.account.number, "order.amount_fen": "600.01"}
    sent = {"csrf_token": token(operator, place), "_idempotency_key": "form 1", **order}
    first, again = (operator.post(place, data=sent) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    branch.kaihu.executor.run_until_idle()
    assert branch.balance() == 500_000 - 60_001
    case = operator.get(first.location).text
    assert "TR-20260302-0001" in case
    assert f"/accounts/{branch.account.key}" in case
    page = operator.get(f"/accounts/{branch.account.key}").text
    assert "TR-20260302-0001" in page
    assert "4,399.99" in page
    assert "600.01" in page


def test_an_approver_sees_the_check_of_the_limits_at_the_task(branch: Branch) -> None:
    branch.kaihu.engine.deployments.deploy(_holder(branch, "process_owner"), shipped())
    operator = branch.signed_in("account_operator")
    branch.book(operator, amount="500000", source="cash", reference="1")
    place = "/start/transfer_authorisation"
    order = ORDER | {"order.account_number": branch.account.number, "order.amount_fen": "60000"}
    operator.post(place, data={"csrf_token": token(operator, place), "_idempotency_key": "form 1", **order})
    branch.kaihu.executor.run_until_idle()
    supervisor = branch.signed_in("supervisor")
    (task,) = branch.kaihu.engine.user_tasks.inbox(_holder(branch, "supervisor"), InboxView.GROUPS, Page(limit=5)).rows
    page = supervisor.get(f"/inbox/tasks/{task.key}").text
    assert "限额检查" in page
    assert "50,000.00" in page
    assert "苏州远航机械有限公司" in page


def _holder(branch: Branch, role: str) -> Actor:
    with branch.kaihu.database.reading() as connection:
        people = branch.kaihu.bank.people
        person = people.holders(connection, role)[0]
        return Actor.staff(person.key, people.logins.of_person(connection, person.key)[0].key)
