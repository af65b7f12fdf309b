"""Restricting, freezing and releasing accounts, their profile, and a change of their limits."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import Connection, delete, update
from sqlalchemy.exc import IntegrityError

from bank.accounts import Accounts, AccountStatus, LimitPeriod, LimitsNotInOrder, Profile, StatusReason
from bank.accounts.tables import account_profile, account_status_change
from bank.errors import IllegalTransition, RecordNotFound
from bank.parameters import Parameters
from tests.bank.accounts_of_tests import LIMITS, opened
from tests.conftest import NOON

ACCOUNTS = Accounts(Parameters())
ACTIVE, RESTRICTED, FROZEN = AccountStatus.ACTIVE, AccountStatus.RESTRICTED, AccountStatus.FROZEN


def hold(connection: Connection, key: int, wanted: AccountStatus, reason: StatusReason = StatusReason.SUSPICION) -> Any:
    return ACCOUNTS.hold(connection, key, wanted, reason=reason, reference="AL-1", by=7, now=NOON)


def release(connection: Connection, key: int) -> Any:
    return ACCOUNTS.release(connection, key, reason=StatusReason.CLEARED, reference="AL-1", by=8, now=NOON)


def test_an_account_is_restricted_then_frozen_then_released_and_every_step_is_kept(connection: Connection) -> None:
    key = opened(connection).key
    assert hold(connection, key, RESTRICTED).status is RESTRICTED
    assert hold(connection, key, FROZEN, StatusReason.COURT_ORDER).status is FROZEN
    assert release(connection, key).status is ACTIVE
    steps = ACCOUNTS.status_changes(connection, key)
    assert [(step.before, step.after, step.reason, step.person) for step in steps] == [
        (ACTIVE, RESTRICTED, "suspicion", 7),
        (RESTRICTED, FROZEN, "court_order", 7),
        (FROZEN, ACTIVE, "cleared", 8),
    ]
    assert {step.reference for step in steps} == {"AL-1"}


def test_the_record_of_a_freeze_cannot_be_changed(connection: Connection) -> None:
    hold(connection, opened(connection).key, FROZEN)
    for statement in (update(account_status_change).values(reason="cleared"), delete(account_status_change)):
        with pytest.raises(IntegrityError, match="never changed"), connection.begin_nested():
            connection.execute(statement)


def test_activation_lifts_no_restriction(connection: Connection) -> None:
    key = opened(connection).key
    for status in (RESTRICTED, FROZEN):
        hold(connection, key, status)
        with pytest.raises(IllegalTransition):
            ACCOUNTS.activate(connection, key, now=NOON)


def test_what_is_restricted_or_frozen_cannot_be_closed(connection: Connection) -> None:
    key = opened(connection).key
    for status in (RESTRICTED, FROZEN):
        hold(connection, key, status)
        with pytest.raises(IllegalTransition):
            ACCOUNTS.close(connection, key, now=NOON)


def test_only_an_account_in_use_is_held_and_only_a_held_one_released(connection: Connection) -> None:
    made = ACCOUNTS.open(
        connection, business_key="AO-9", application={"account_type": "basic"}, limits=LIMITS, now=NOON
    )
    for status in (RESTRICTED, FROZEN):
        with pytest.raises(IllegalTransition):
            hold(connection, made.key, status)
    with pytest.raises(IllegalTransition):
        release(connection, made.key)
    with pytest.raises(IllegalTransition):
        release(connection, opened(connection).key)
    with pytest.raises(RecordNotFound):
        hold(connection, made.key + 99, FROZEN)
    with pytest.raises(ValueError, match="closed"):
        hold(connection, made.key, AccountStatus.CLOSED)
    assert ACCOUNTS.status_changes(connection, made.key) == []


def test_the_profile_holds_what_the_rules_of_payments_ask(connection: Connection) -> None:
    organisation = {
        "kind": "enterprise",
        "account_type": "temporary",
        "enterprise": {"name": "测试协会", "entity_type": "public_body"},
        "contact": {"email": "contact@example.cn"},
        "language": "en",
    }
    profile = ACCOUNTS.profile(connection, opened(connection, **organisation).key)
    assert (profile.holder, profile.holder_name, profile.minor) == ("public_body", "测试协会", False)
    assert (profile.ends_on, profile.email, profile.language) == (dt.date(2028, 3, 2), "contact@example.cn", "en")


@pytest.mark.parametrize(("born", "minor"), [("2008-03-02", False), ("2008-03-03", True)])
def test_whoever_turns_eighteen_on_the_day_of_opening_is_no_minor(
    connection: Connection, born: str, minor: bool
) -> None:
    person = {"name": "小明", "date_of_birth": born, "bound_account": "6222020200112233445"}
    key = opened(connection, kind="individual", account_type="class_2", individual=person).key
    profile = ACCOUNTS.profile(connection, key)
    assert (profile.minor, profile.bound_account) == (minor, "6222020200112233445")


def test_of_an_account_without_profile_nothing_is_known(connection: Connection) -> None:
    key = opened(connection).key
    connection.execute(delete(account_profile))
    assert ACCOUNTS.profile(connection, key) == Profile()


@pytest.mark.requirement("R089", "R090")
@pytest.mark.parametrize("known", [True, False])
def test_limits_and_band_change_together(connection: Connection, known: bool) -> None:
    key = opened(connection).key
    if not known:
        connection.execute(delete(account_profile))
    lower = {"single_fen": 1, "daily_fen": 2, "yearly_fen": 3}
    after = ACCOUNTS.change_limits(connection, key, lower, risk_band="high")
    assert after == {LimitPeriod.SINGLE: 1, LimitPeriod.DAILY: 2, LimitPeriod.YEARLY: 3}
    assert ACCOUNTS.profile(connection, key).risk_band == "high"
    with pytest.raises(LimitsNotInOrder):
        ACCOUNTS.change_limits(connection, key, {"single_fen": 2, "daily_fen": 1}, risk_band="low")
    with pytest.raises(RecordNotFound):
        ACCOUNTS.change_limits(connection, key + 99, lower, risk_band="low")
