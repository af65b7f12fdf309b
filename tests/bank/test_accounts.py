"""Accounts, their limits, their activation and their service file."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bank.accounts import (
    Account,
    Accounts,
    AccountStatus,
    ActivationOverdue,
    ActivationSpent,
    LimitPeriod,
    LimitsNotInOrder,
)
from bank.accounts.numbers import check_digit
from bank.accounts.tables import account_activation
from bank.errors import IllegalTransition, RecordNotFound
from bank.parameters import Parameters
from persistence.errors import ErrorKind
from tests.conftest import NOON

LIMITS: dict[str, object] = {"single_fen": 5_000_000, "daily_fen": 20_000_000}
LAST_MOMENT = NOON + dt.timedelta(days=30)


@pytest.fixture
def accounts(parameters: Parameters) -> Accounts:
    return Accounts(parameters)


def _open(connection: Connection, accounts: Accounts, case: str = "AO-20260302-0001", **limits: Any) -> Account:
    application = {"account_type": "basic"}
    return accounts.open(connection, business_key=case, application=application, limits=LIMITS | limits, now=NOON)


@pytest.mark.requirement("R025")
def test_a_case_opens_one_account_however_often_it_asks(connection: Connection, accounts: Accounts) -> None:
    first, again, other = (_open(connection, accounts, case) for case in ("AO-1", "AO-1", "AO-2"))
    assert first == again
    assert (first.status, first.account_type) == ("pending_activation", "basic")
    assert first.key != other.key
    assert [first.number[:15], other.number[:15]] == ["999001000000001", "999001000000002"]


@pytest.mark.parametrize(("body", "digit"), [("7992739871", "3"), ("411111111111111", "1"), ("0", "0")])
def test_the_check_digit_is_the_one_of_luhn(body: str, digit: str) -> None:
    assert check_digit(body) == digit


@pytest.mark.requirement("R090")
@pytest.mark.control("CP3")
def test_limits_are_kept_in_fen_and_a_yearly_one_only_when_given(connection: Connection, accounts: Accounts) -> None:
    plain, yearly = _open(connection, accounts, "AO-1"), _open(connection, accounts, "AO-2", yearly_fen=10**12)
    two = {LimitPeriod.SINGLE: 5_000_000, LimitPeriod.DAILY: 20_000_000}
    assert accounts.limits(connection, plain.key) == two
    assert accounts.limits(connection, yearly.key) == two | {LimitPeriod.YEARLY: 10**12}


@pytest.mark.requirement("R090")
@pytest.mark.control("CP3")
def test_limits_out_of_order_open_no_account(connection: Connection, accounts: Accounts) -> None:
    with pytest.raises(LimitsNotInOrder, match="daily_fen"):
        _open(connection, accounts, daily_fen=1)
    assert accounts.of_case(connection, "AO-20260302-0001") is None


@pytest.mark.requirement("R026")
def test_a_token_leads_to_its_account_until_the_last_moment(connection: Connection, accounts: Accounts) -> None:
    opened = _open(connection, accounts)
    issued = accounts.issue_activation(connection, opened.key, token="secret", now=NOON)
    assert issued.expires_at == LAST_MOMENT
    assert accounts.by_token(connection, "secret", LAST_MOMENT - dt.timedelta(microseconds=1)) == opened
    with pytest.raises(ActivationOverdue) as late:
        accounts.by_token(connection, "secret", LAST_MOMENT)
    assert late.value.kind is ErrorKind.CONFLICT
    with pytest.raises(RecordNotFound):
        accounts.by_token(connection, "guessed", NOON)


@pytest.mark.requirement("R026")
def test_the_token_itself_is_not_kept(connection: Connection, accounts: Accounts) -> None:
    accounts.issue_activation(connection, _open(connection, accounts).key, token="secret", now=NOON)
    kept = connection.execute(select(account_activation.c.token_sha256)).scalar_one()
    assert kept == "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"


@pytest.mark.requirement("R026")
def test_a_newer_token_replaces_the_older_one(connection: Connection, accounts: Accounts) -> None:
    opened = _open(connection, accounts)
    accounts.issue_activation(connection, opened.key, token="old", now=NOON)
    new = accounts.issue_activation(connection, opened.key, token="new", now=NOON)
    assert accounts.issue_activation(connection, opened.key, token="new", now=LAST_MOMENT) == new
    with pytest.raises(ActivationSpent):
        accounts.by_token(connection, "old", NOON)
    assert accounts.by_token(connection, "new", NOON) == opened


@pytest.mark.requirement("R026")
def test_a_used_token_is_refused(connection: Connection, accounts: Accounts) -> None:
    opened = _open(connection, accounts)
    accounts.issue_activation(connection, opened.key, token="secret", now=NOON)
    assert accounts.activate(connection, opened.key, now=NOON).status is AccountStatus.ACTIVE
    with pytest.raises(ActivationSpent):
        accounts.by_token(connection, "secret", NOON)


@pytest.mark.requirement("R026")
def test_after_expiry_the_token_is_late_and_the_account_stays_unusable(
    connection: Connection, accounts: Accounts
) -> None:
    opened = _open(connection, accounts)
    accounts.issue_activation(connection, opened.key, token="secret", now=NOON)
    assert accounts.expire_activation(connection, opened.key, now=LAST_MOMENT).status is AccountStatus.EXPIRED
    with pytest.raises(ActivationOverdue):
        accounts.by_token(connection, "secret", NOON)
    for step in (accounts.activate, accounts.expire_activation):
        with pytest.raises(IllegalTransition) as refused:
            step(connection, opened.key, now=LAST_MOMENT)
        assert refused.value.kind is ErrorKind.CONFLICT
    with pytest.raises(IllegalTransition):
        accounts.issue_activation(connection, opened.key, token="more", now=LAST_MOMENT)


def test_a_closed_account_stays_closed(connection: Connection, accounts: Accounts) -> None:
    opened = _open(connection, accounts)
    accounts.close(connection, opened.key, now=NOON)
    for step in (accounts.activate, accounts.expire_activation, accounts.close):
        with pytest.raises(IllegalTransition):
            step(connection, opened.key, now=NOON)
    with pytest.raises(RecordNotFound):
        accounts.close(connection, opened.key + 1, now=NOON)


@pytest.mark.requirement("R027")
def test_an_account_has_one_service_file(connection: Connection, accounts: Accounts) -> None:
    keys = {
        accounts.open_service_file(connection, opened.key, next_review_on=dt.date(2027, 3, 2), now=NOON)
        for opened in (_open(connection, accounts, case) for case in ("AO-1", "AO-1", "AO-2"))
    }
    assert len(keys) == 2
