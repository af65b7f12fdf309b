"""Limits of payments: each exactly at its limit and one fen over it, each window at its boundary (CP3)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from bank.accounts.tables import account as account_table
from bank.transfers import OverLimit, TransferRefused, TransferRules, TransferStatus
from tests.bank.accounts_of_tests import RULES, Paying, exceeded, individual, opened, paid_in, refusals
from tests.conftest import NOON

pytestmark = [pytest.mark.requirement("R090"), pytest.mark.control("CP3")]
SMALL = {"single_fen": 1_000, "daily_fen": 2_500}
YUAN = 100
LAST_MOMENT = dt.datetime(2026, 3, 2, 15, 59, 59, 999_999, tzinfo=dt.UTC)  # of 2 March in Shanghai
MIDNIGHT = LAST_MOMENT + dt.timedelta(microseconds=1)
LAST_OF_YEAR = dt.datetime(2026, 12, 31, 15, 59, 59, 999_999, tzinfo=dt.UTC)
NEW_YEAR = LAST_OF_YEAR + dt.timedelta(microseconds=1)


@pytest.fixture
def paying(tmp_path: Path) -> Paying:
    return Paying(tmp_path)


@pytest.mark.parametrize(("amount", "over"), [(1_000, []), (1_001, ["single"])])
def test_exactly_at_the_single_limit_passes_and_one_fen_over_does_not(
    connection: Connection, paying: Paying, amount: int, over: list[str]
) -> None:
    account = opened(connection, limits=SMALL)
    paid_in(connection, account.key, 10_000)
    check = paying.check(connection, account, amount)
    assert (exceeded(check), refusals(check), check.within) == (over, [], not over)


@pytest.mark.parametrize(("last", "over"), [(500, []), (501, ["daily"])])
def test_exactly_at_the_daily_limit_passes_and_one_fen_over_does_not(
    connection: Connection, paying: Paying, last: int, over: list[str]
) -> None:
    account = opened(connection, limits=SMALL)
    paid_in(connection, account.key, 10_000)
    for number in ("11111", "22222"):
        paying.pay(connection, account, 1_000, counter_number=number, counter_name=f"供应商{number}")
    assert exceeded(paying.check(connection, account, last)) == over


@pytest.mark.parametrize(("last", "over"), [(500, []), (501, ["yearly"])])
def test_exactly_at_the_yearly_limit_passes_and_one_fen_over_does_not(
    connection: Connection, paying: Paying, last: int, over: list[str]
) -> None:
    account = opened(connection, limits=SMALL | {"yearly_fen": 2_500})
    paid_in(connection, account.key, 10_000)
    for days in (1, 2):
        paying.pay(connection, account, 1_000, now=NOON + dt.timedelta(days=days))
    assert exceeded(paying.check(connection, account, last, now=NOON + dt.timedelta(days=3))) == over


@pytest.mark.parametrize(("payments", "over"), [(2, []), (3, ["daily_count"])])
def test_exactly_at_the_number_of_payments_of_a_day_passes_and_one_more_does_not(
    connection: Connection, paying: Paying, payments: int, over: list[str]
) -> None:
    account = opened(connection)
    paid_in(connection, account.key, 10_000)
    rules = TransferRules(limits_apply=True, daily_count=3)
    for _ in range(payments):
        paying.pay(connection, account, 1, rules=rules)
    assert exceeded(paying.check(connection, account, 1, rules=rules)) == over


def test_a_payment_exceeds_every_limit_it_is_over_and_the_greatest_multiple_is_the_worst(
    connection: Connection, paying: Paying
) -> None:
    account = opened(connection, limits=SMALL | {"yearly_fen": 2_600})
    paid_in(connection, account.key, 10_000)
    check = paying.check(connection, account, 3_000)
    assert exceeded(check) == ["single", "daily", "yearly"]
    assert check.worst is not None
    assert (check.worst.code, check.worst.total, check.worst.limit) == ("single", 3_000, 1_000)


def test_split_payments_to_one_counterparty_are_summed_before_the_check(connection: Connection, paying: Paying) -> None:
    account = opened(connection, limits=SMALL)
    paid_in(connection, account.key, 10_000)
    paying.pay(connection, account, 600)
    assert exceeded(paying.check(connection, account, 400)) == []
    assert exceeded(paying.check(connection, account, 1)) == ["single"]


@pytest.mark.parametrize(
    "counterparty",
    [
        {"counter_number": "6222-0202-0011", "counter_name": "另一户名"},
        {"counter_number": "６２２２０２０２００１１", "counter_name": "另一户名"},
        {"counter_number": "99999", "counter_name": "苏州 远航机械有限公司"},
        {"counter_number": "99999", "counter_name": "苏州远航机械有限公司（）"},
    ],
)
def test_a_counterparty_is_the_same_by_number_or_by_name_however_it_is_written(
    connection: Connection, paying: Paying, counterparty: dict[str, str]
) -> None:
    account = opened(connection, limits=SMALL)
    paid_in(connection, account.key, 10_000)
    paying.pay(connection, account, 600)
    assert exceeded(paying.check(connection, account, 401, **counterparty)) == ["single"]
    other = {"counter_number": "88888", "counter_name": "无锡某公司"}
    assert exceeded(paying.check(connection, account, 401, **other)) == []


def test_cash_drawn_in_parts_is_summed_too(connection: Connection, paying: Paying) -> None:
    account = opened(connection, limits=SMALL)
    paid_in(connection, account.key, 10_000)
    paying.pay(connection, account, 600, kind="cash_withdrawal")
    assert exceeded(paying.check(connection, account, 401, kind="cash_withdrawal")) == ["single"]
    assert exceeded(paying.check(connection, account, 401)) == []


def test_a_day_ends_at_midnight_in_the_banks_zone(connection: Connection, paying: Paying) -> None:
    account = opened(connection, limits=SMALL)
    paid_in(connection, account.key, 10_000)
    paying.pay(connection, account, 1_000, now=LAST_MOMENT)
    assert exceeded(paying.check(connection, account, 1, now=LAST_MOMENT)) == ["single"]
    assert exceeded(paying.check(connection, account, 1_000, now=MIDNIGHT)) == []


def test_a_year_ends_at_midnight_in_the_banks_zone(connection: Connection, paying: Paying) -> None:
    account = opened(connection, limits=SMALL | {"yearly_fen": 2_500})
    paid_in(connection, account.key, 10_000)
    for days in (1, 2):
        paying.pay(connection, account, 1_000, now=NOON + dt.timedelta(days=days))
    assert exceeded(paying.check(connection, account, 501, now=LAST_OF_YEAR)) == ["yearly"]
    assert exceeded(paying.check(connection, account, 501, now=NEW_YEAR)) == []


def test_what_was_approved_for_one_transfer_counts_for_the_next(connection: Connection, paying: Paying) -> None:
    account = opened(connection, limits=SMALL)
    paid_in(connection, account.key, 10_000)
    paying.pay(connection, account, 5_000, approved=True)
    elsewhere = {"counter_number": "88888", "counter_name": "无锡某公司"}
    assert exceeded(paying.check(connection, account, 1, **elsewhere)) == ["daily"]


def test_over_the_limit_nothing_is_posted_without_special_approval(connection: Connection, paying: Paying) -> None:
    account = opened(connection, limits=SMALL)
    paid_in(connection, account.key, 10_000)
    with pytest.raises(OverLimit, match="single"):
        paying.pay(connection, account, 1_001)
    assert paying.bank.ledger.balance(connection, account.key) == 10_000
    assert paying.pay(connection, account, 1_001, approved=True).status is TransferStatus.POSTED


@pytest.mark.parametrize(("amount", "refused"), [(10_000 * YUAN, []), (10_000 * YUAN + 1, ["statutory_daily"])])
def test_class_ii_pays_ten_thousand_a_day_and_no_approval_goes_beyond(
    connection: Connection, paying: Paying, amount: int, refused: list[str]
) -> None:
    account = individual(connection, "class_2")
    paid_in(connection, account.key, 10**9)
    assert refusals(paying.check(connection, account, amount)) == refused
    if refused:
        with pytest.raises(TransferRefused, match="statutory_daily"):
            _post_reserved_small_then_lower(connection, paying)


def _post_reserved_small_then_lower(connection: Connection, paying: Paying) -> None:
    """A payment reserved on a Class I account that has become Class II meanwhile, approved by everybody."""
    account = individual(connection, "class_1", "AO-2")
    paid_in(connection, account.key, 10**9)
    asked = paying.ask(connection, account, 10_000 * YUAN + 1)
    assert paying.bank.transfers.reserve(connection, asked.key, rules=RULES, now=NOON).within
    connection.execute(update(account_table).where(account_table.c.key == account.key).values(account_type="class_2"))
    paying.bank.transfers.post(connection, asked.key, rules=RULES, over_limit_approved=True, now=NOON)


@pytest.mark.parametrize(("last", "refused"), [(10_000 * YUAN, []), (10_000 * YUAN + 1, ["statutory_yearly"])])
def test_class_ii_pays_two_hundred_thousand_a_year(
    connection: Connection, paying: Paying, last: int, refused: list[str]
) -> None:
    account = individual(connection, "class_2")
    paid_in(connection, account.key, 10**9)
    for day in range(1, 20):
        paying.pay(connection, account, 10_000 * YUAN, now=NOON + dt.timedelta(days=day))
    check = paying.check(connection, account, last, now=NOON + dt.timedelta(days=30))
    assert [code for code in refusals(check) if code != "statutory_daily"] == refused


def test_class_ii_payments_to_the_bound_account_do_not_count(connection: Connection, paying: Paying) -> None:
    account = individual(connection, "class_2", bound_account="6222 0202 0011")
    paid_in(connection, account.key, 10**9)
    paying.pay(connection, account, 50_000 * YUAN)
    other = {"counter_number": "88888", "counter_name": "某某"}
    assert refusals(paying.check(connection, account, 10_000 * YUAN, **other)) == []
    assert refusals(paying.check(connection, account, 1, **other)) == ["statutory_daily"]


def test_a_minors_payments_count_to_the_bound_account_too(connection: Connection, paying: Paying) -> None:
    limits = {"single_fen": 1_000 * YUAN, "daily_fen": 5_000 * YUAN}
    minor = {"date_of_birth": "2012-01-01", "bound_account": "622202020011"}
    account = individual(connection, "class_2", limits=limits, **minor)
    paid_in(connection, account.key, 10**9)
    assert exceeded(paying.check(connection, account, 1_000 * YUAN)) == []
    assert exceeded(paying.check(connection, account, 1)) == ["single"]


def test_a_minors_limits_hold_at_the_counter_too(connection: Connection, paying: Paying) -> None:
    limits = {"single_fen": 1_000 * YUAN, "daily_fen": 5_000 * YUAN}
    account = individual(connection, "class_1", limits=limits, date_of_birth="2012-01-01")
    paid_in(connection, account.key, 10**9)
    at_the_counter = TransferRules(limits_apply=False, daily_count=None)
    check = paying.check(connection, account, 1_000 * YUAN + 1, channel="counter", rules=at_the_counter)
    assert exceeded(check) == ["single"]


def test_at_the_counter_a_class_i_account_is_not_held_to_its_limits_away_from_it(
    connection: Connection, paying: Paying
) -> None:
    account = individual(connection, "class_1")
    paid_in(connection, account.key, 10**10)
    at_the_counter = TransferRules(limits_apply=False, daily_count=None)
    paying.pay(connection, account, 10**9, channel="counter", rules=at_the_counter)
    assert exceeded(paying.check(connection, account, 5_000_000)) == []
    assert exceeded(paying.check(connection, account, 1)) == ["single"]


@pytest.mark.parametrize(("amount", "refused"), [(2_000 * YUAN, []), (2_000 * YUAN + 1, ["statutory_daily"])])
def test_class_iii_pays_two_thousand_a_day(
    connection: Connection, paying: Paying, amount: int, refused: list[str]
) -> None:
    account = individual(connection, "class_3")
    paid_in(connection, account.key, 10**9)
    assert refusals(paying.check(connection, account, amount)) == refused


@pytest.mark.parametrize(("last", "refused"), [(2_000 * YUAN, []), (2_000 * YUAN + 1, ["statutory_yearly"])])
def test_class_iii_pays_fifty_thousand_a_year(
    connection: Connection, paying: Paying, last: int, refused: list[str]
) -> None:
    account = individual(connection, "class_3")
    paid_in(connection, account.key, 10**9)
    for day in range(1, 25):
        paying.pay(connection, account, 2_000 * YUAN, now=NOON + dt.timedelta(days=day))
    check = paying.check(connection, account, last, now=NOON + dt.timedelta(days=30))
    assert [code for code in refusals(check) if code != "statutory_daily"] == refused


def test_an_account_whose_limit_is_nothing_pays_nothing_whoever_approves(
    connection: Connection, paying: Paying
) -> None:
    account = opened(connection, limits={"single_fen": 0, "daily_fen": 0})
    paid_in(connection, account.key, 100)
    assert refusals(paying.check(connection, account, 1)) == ["no_limit"]


def test_usage_shows_what_is_used_held_and_available(connection: Connection, paying: Paying) -> None:
    account = opened(connection, now=NOON - dt.timedelta(days=1))
    paid_in(connection, account.key, 10_000)
    paying.pay(connection, account, 1_000, now=NOON - dt.timedelta(days=1))
    paying.pay(connection, account, 2_000)
    paying.check(connection, account, 3_000)
    usage = paying.bank.transfers.usage(connection, account.key, now=NOON)
    assert (usage.today_fen, usage.this_year_fen, usage.today_count) == (5_000, 6_000, 2)
    assert (usage.balance_fen, usage.held_fen, usage.available_fen) == (7_000, 3_000, 4_000)
