"""What forbids a payment whatever its amount, and what a payee may receive (CP3)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete

from bank.accounts import Account, AccountStatus, StatusReason
from bank.accounts.tables import account_limit, account_profile
from bank.errors import IllegalTransition
from bank.ledger import (
    AmountOutOfRange,
    BookingText,
    InternalAccount,
    ReferenceUsedOtherwise,
    credit,
    debit,
    verify_ledger,
)
from bank.transfers import IncomingRefused, IncomingSource, OrderRefused, TransferRefused, TransferStatus
from tests.bank.accounts_of_tests import RULES, Paying, individual, opened, paid_in, refusals
from tests.conftest import NOON

pytestmark = [pytest.mark.requirement("R090"), pytest.mark.control("CP3")]
DAY = dt.timedelta(days=1)
YUAN = 100


@pytest.fixture
def paying(tmp_path: Path) -> Paying:
    return Paying(tmp_path)


def with_money(connection: Connection, account: Account, fen: int = 10**9) -> Account:
    paid_in(connection, account.key, fen)
    return account


def held(connection: Connection, paying: Paying, account: Account, status: AccountStatus) -> None:
    reason = StatusReason.RISK_CONTROL
    paying.bank.accounts.hold(connection, account.key, status, reason=reason, reference="AL-1", by=None, now=NOON)


# Opened on Monday 2 March; the third business day is Thursday 5 March.
@pytest.mark.parametrize("holder", ["public_body", "foreign", ""])
@pytest.mark.parametrize(("days", "refused"), [(0, ["too_early"]), (3, ["too_early"]), (4, [])])
def test_an_organisation_that_is_no_enterprise_pays_only_after_three_working_days(
    connection: Connection, paying: Paying, holder: str, days: int, refused: list[str]
) -> None:
    account = with_money(connection, opened(connection, enterprise={"entity_type": holder}))
    assert refusals(paying.check(connection, account, 1, now=NOON + days * DAY)) == refused


def test_the_three_days_are_working_days_of_the_banks_calendar(connection: Connection, paying: Paying) -> None:
    friday = NOON + 4 * DAY
    account = with_money(connection, opened(connection, now=friday, enterprise={"entity_type": "public_body"}))
    wednesday = friday + 5 * DAY  # Monday, Tuesday, Wednesday
    assert refusals(paying.check(connection, account, 1, now=wednesday)) == ["too_early"]
    assert refusals(paying.check(connection, account, 1, now=wednesday + DAY)) == []


@pytest.mark.parametrize("holder", ["company", "sole_trader"])
def test_an_enterprise_pays_on_the_day_of_opening(connection: Connection, paying: Paying, holder: str) -> None:
    account = with_money(connection, opened(connection, enterprise={"entity_type": holder}))
    assert refusals(paying.check(connection, account, 1)) == []


def test_a_person_pays_on_the_day_of_opening(connection: Connection, paying: Paying) -> None:
    account = with_money(connection, individual(connection, "class_1"))
    assert refusals(paying.check(connection, account, 1)) == []


def test_an_account_of_which_nothing_is_known_waits_as_that_of_no_enterprise(
    connection: Connection, paying: Paying
) -> None:
    account = with_money(connection, opened(connection))
    connection.execute(delete(account_profile))
    assert refusals(paying.check(connection, account, 1)) == ["too_early"]
    assert refusals(paying.check(connection, account, 1, now=NOON + 4 * DAY)) == []


def test_a_general_account_pays_no_cash(connection: Connection, paying: Paying) -> None:
    account = with_money(connection, opened(connection, account_type="general"))
    assert refusals(paying.check(connection, account, 1, kind="cash_withdrawal")) == ["no_cash"]
    assert refusals(paying.check(connection, account, 1)) == []
    basic = with_money(connection, opened(connection, "AO-2"))
    assert refusals(paying.check(connection, basic, 1, kind="cash_withdrawal")) == []


@pytest.mark.parametrize(("days", "refused"), [(0, []), (1, ["account_ended"])])
def test_a_temporary_account_pays_on_its_last_day_and_not_after_it(
    connection: Connection, paying: Paying, days: int, refused: list[str]
) -> None:
    account = with_money(connection, opened(connection, account_type="temporary"))
    last = dt.datetime(2028, 3, 2, 15, 59, tzinfo=dt.UTC)  # two years after its opening, before midnight in Shanghai
    assert refusals(paying.check(connection, account, 1, now=last + days * DAY)) == refused


@pytest.mark.parametrize("status", [AccountStatus.RESTRICTED, AccountStatus.FROZEN])
def test_a_restricted_or_frozen_account_pays_nothing_until_it_is_released(
    connection: Connection, paying: Paying, status: AccountStatus
) -> None:
    account = with_money(connection, opened(connection))
    held(connection, paying, account, status)
    assert refusals(paying.check(connection, account, 1)) == ["account_not_payable"]
    reason = StatusReason.CLEARED
    paying.bank.accounts.release(connection, account.key, reason=reason, reference="AL-1", by=None, now=NOON)
    assert refusals(paying.check(connection, account, 1)) == []


def test_an_account_that_is_not_activated_or_closed_pays_nothing(connection: Connection, paying: Paying) -> None:
    account = opened(connection)
    paying.bank.accounts.close(connection, account.key, now=NOON)
    assert "account_not_payable" in refusals(paying.check(connection, account, 1))


def test_an_account_frozen_between_reservation_and_posting_is_not_paid_from(
    connection: Connection, paying: Paying
) -> None:
    account = with_money(connection, opened(connection))
    asked = paying.ask(connection, account, 100)
    assert paying.bank.transfers.reserve(connection, asked.key, rules=RULES, now=NOON).within
    held(connection, paying, account, AccountStatus.FROZEN)
    with pytest.raises(TransferRefused, match="account_not_payable"):
        paying.bank.transfers.post(connection, asked.key, rules=RULES, over_limit_approved=True, now=NOON)
    assert verify_ledger(connection).entries == 1


def test_an_account_without_limits_pays_nothing(connection: Connection, paying: Paying) -> None:
    account = with_money(connection, opened(connection))
    connection.execute(delete(account_limit))
    assert refusals(paying.check(connection, account, 1)) == ["no_limit"]


def test_the_balance_is_paid_to_the_last_fen_and_what_others_hold_is_not_there(
    connection: Connection, paying: Paying
) -> None:
    account = with_money(connection, opened(connection), 1_000)
    assert refusals(paying.check(connection, account, 1_001)) == ["balance"]
    assert refusals(paying.check(connection, account, 600)) == []
    assert refusals(paying.check(connection, account, 401)) == ["balance"]
    assert refusals(paying.check(connection, account, 400)) == []


def test_what_forbids_a_payment_is_said_all_at_once_with_field_and_reason(
    connection: Connection, paying: Paying
) -> None:
    public = {"entity_type": "public_body"}
    account = opened(connection, account_type="general", enterprise=public)
    check = paying.check(connection, account, 1, kind="cash_withdrawal")
    assert [(finding.field, finding.code) for finding in check.refusals] == [
        ("kind", "no_cash"),
        ("account_number", "too_early"),
        ("amount_fen", "balance"),
    ]
    assert all(finding.zh and finding.en for finding in check.refusals)
    assert "2026-03-06" in check.refusals[1].zh


def test_money_to_another_account_of_the_bank_arrives_there(connection: Connection, paying: Paying) -> None:
    payer = with_money(connection, opened(connection, "AO-1", enterprise={"entity_type": "company", "name": "甲公司"}))
    payee = individual(connection, "class_1", "AO-2")
    to = {"counter_number": payee.number, "counter_name": "李 想", "counter_bank": "本行"}
    posted = paying.pay(connection, payer, 500, **to)
    assert posted.status is TransferStatus.POSTED
    assert paying.bank.ledger.balance(connection, payee.key) == 500
    received = paying.bank.incoming.find(connection, f"transfer {posted.business_key}")
    assert received is not None
    assert (received.account, received.source, received.payer_name) == (payee.key, "this_bank", "甲公司")
    assert verify_ledger(connection).whole


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"counter_name": "王五"}, ["payee_name"]),
        ({"counter_number": "9990010000099998"}, ["account_unknown"]),
    ],
)
def test_a_payee_of_this_bank_must_exist_and_bear_the_name_given(
    connection: Connection, paying: Paying, changed: dict[str, str], refused: list[str]
) -> None:
    payer = with_money(connection, opened(connection))
    payee = individual(connection, "class_1", "AO-2")
    to = {"counter_number": payee.number, "counter_name": "李想"} | changed
    assert refusals(paying.check(connection, payer, 500, **to)) == refused


def test_payer_and_payee_are_two_accounts(connection: Connection, paying: Paying) -> None:
    account = with_money(connection, opened(connection))
    assert refusals(paying.check(connection, account, 1, counter_number=account.number)) == ["same_account"]


def test_a_frozen_payee_receives_nothing_and_a_restricted_one_does(connection: Connection, paying: Paying) -> None:
    payer = with_money(connection, opened(connection))
    payee = individual(connection, "class_1", "AO-2")
    to = {"counter_number": payee.number, "counter_name": "李想"}
    held(connection, paying, payee, AccountStatus.RESTRICTED)
    assert refusals(paying.check(connection, payer, 1, **to)) == []
    held(connection, paying, payee, AccountStatus.FROZEN)
    assert refusals(paying.check(connection, payer, 1, **to)) == ["payee_not_receiving"]


@pytest.mark.parametrize(("amount", "refused"), [(2_000 * YUAN, []), (2_000 * YUAN + 1, ["payee_balance"])])
def test_the_balance_of_class_iii_reaches_two_thousand_and_not_a_fen_more(
    connection: Connection, paying: Paying, amount: int, refused: list[str]
) -> None:
    payer = with_money(connection, opened(connection))
    payee = individual(connection, "class_3", "AO-2")
    to = {"counter_number": payee.number, "counter_name": "李想"}
    assert refusals(paying.check(connection, payer, amount, **to)) == refused


def receive(connection: Connection, paying: Paying, account: Account, fen: int, at: dt.datetime = NOON) -> None:
    received = f"RC-{paying.bank.ledger.balance(connection, account.key)}-{at.isoformat()}"
    source = IncomingSource.OTHER_BANK
    paying.bank.incoming.receive(connection, account.key, fen, source=source, reference=received, now=at)


def draw(connection: Connection, paying: Paying, account: Account, fen: int, at: dt.datetime) -> None:
    paying.pay(connection, account, fen, now=at)


def test_class_iii_receives_five_thousand_a_day_and_not_a_fen_more(connection: Connection, paying: Paying) -> None:
    account = individual(connection, "class_3")
    receive(connection, paying, account, 2_000 * YUAN)
    draw(connection, paying, account, 2_000 * YUAN, NOON)
    receive(connection, paying, account, 1_999 * YUAN, NOON + dt.timedelta(minutes=1))
    _emptied(connection, paying, account)
    with pytest.raises(IncomingRefused, match="payee_daily"):
        receive(connection, paying, account, 1_001 * YUAN + 1, NOON + dt.timedelta(minutes=2))
    receive(connection, paying, account, 1_001 * YUAN, NOON + dt.timedelta(minutes=2))


def _emptied(connection: Connection, paying: Paying, account: Account) -> None:
    """Take everything off the account, as a correction would."""
    balance = paying.bank.ledger.balance(connection, account.key)
    paying.bank.ledger.post(
        connection,
        reference=f"emptied {account.key} {balance}",
        booking_text=BookingText.TRANSFER,
        legs=[debit(account.key, balance), credit(InternalAccount.SUSPENSE, balance)],
        now=NOON,
    )


def test_class_iii_receives_a_hundred_thousand_a_year_and_not_a_fen_more(
    connection: Connection, paying: Paying
) -> None:
    account = individual(connection, "class_3")
    for day in range(50):
        receive(connection, paying, account, 2_000 * YUAN - day, NOON + day * DAY)
        _emptied(connection, paying, account)
    left = sum(range(50))
    with pytest.raises(IncomingRefused, match="payee_yearly"):
        receive(connection, paying, account, left + 1, NOON + 60 * DAY)
    receive(connection, paying, account, left, NOON + 60 * DAY)
    _emptied(connection, paying, account)
    receive(connection, paying, account, 1, dt.datetime(2026, 12, 31, 16, 0, tzinfo=dt.UTC))  # New Year in Shanghai


def test_a_payment_in_is_booked_once_by_its_reference(connection: Connection, paying: Paying) -> None:
    account, incoming = opened(connection), paying.bank.incoming
    cash = {"source": IncomingSource.CASH, "reference": "slip 1", "now": NOON}
    first = incoming.receive(connection, account.key, 100, **cash)
    assert incoming.receive(connection, account.key, 100, **cash) == first
    assert paying.bank.ledger.balance(connection, account.key) == 100
    with pytest.raises(ReferenceUsedOtherwise):
        incoming.receive(connection, account.key, 101, **cash)


@pytest.mark.parametrize("amount", [0, -1, 10**15 + 1])
def test_a_payment_in_of_no_such_amount_is_refused(connection: Connection, paying: Paying, amount: int) -> None:
    account, source = opened(connection), IncomingSource.CASH
    with pytest.raises(AmountOutOfRange):
        paying.bank.incoming.receive(connection, account.key, amount, source=source, reference="1", now=NOON)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("amount_fen", 0, "amount_positive"),
        ("amount_fen", -1, "amount_positive"),
        ("amount_fen", 10**15 + 1, "amount_enormous"),
        ("amount_fen", 2**64, "amount_enormous"),
        ("amount_fen", 1.5, "amount"),
        ("amount_fen", "100", "amount"),
        ("amount_fen", True, "amount"),
        ("amount_fen", None, "amount"),
        ("account_number", "12a!", "number"),
        ("account_number", "9990010000000018", "account_unknown"),
        ("counter_number", "", "number"),
        ("counter_number", "1" * 35, "number"),
        ("counter_name", "  ", "missing"),
        ("counter_name", "名" * 201, "too_long"),
        ("counter_bank", "", "missing"),
        ("purpose", "a\x00b", "characters"),
        ("kind", "cheque", "choice"),
        ("channel", "fax", "choice"),
    ],
)
def test_a_bad_order_is_refused_with_the_field_and_the_reason(
    connection: Connection, paying: Paying, field: str, value: object, code: str
) -> None:
    account = opened(connection)
    order = {"amount_fen": 1} | {field: value}
    with pytest.raises(OrderRefused) as refused:
        paying.ask(connection, account, order.pop("amount_fen"), **order)
    assert [(finding.field, finding.code) for finding in refused.value.findings] == [(field, code)]


def test_a_transfer_is_registered_and_posted_once_however_often_it_is_asked(
    connection: Connection, paying: Paying
) -> None:
    account, transfers = with_money(connection, opened(connection), 1_000), paying.bank.transfers
    asked = paying.ask(connection, account, 100, case="TR-7")
    assert paying.ask(connection, account, 999, case="TR-7") == asked
    with pytest.raises(IllegalTransition):
        transfers.post(connection, asked.key, rules=RULES, over_limit_approved=False, now=NOON)
    for _ in range(2):
        transfers.reserve(connection, asked.key, rules=RULES, now=NOON)
    posted = transfers.post(connection, asked.key, rules=RULES, over_limit_approved=False, now=NOON)
    assert transfers.post(connection, asked.key, rules=RULES, over_limit_approved=False, now=NOON) == posted
    assert paying.bank.ledger.balance(connection, account.key) == 900
    assert transfers.of_account(connection, account.key, most=5) == [posted]


@pytest.mark.parametrize("outcome", [TransferStatus.REFUSED, TransferStatus.LAPSED, TransferStatus.CANCELLED])
def test_a_transfer_that_ends_unpaid_gives_everything_back_and_is_never_paid(
    connection: Connection, paying: Paying, outcome: TransferStatus
) -> None:
    account, transfers = with_money(connection, opened(connection), 1_000), paying.bank.transfers
    asked = paying.ask(connection, account, 700)
    transfers.reserve(connection, asked.key, rules=RULES, now=NOON)
    ended = transfers.end(connection, asked.key, outcome, reason="approval", now=NOON)
    assert transfers.end(connection, asked.key, outcome, reason="approval", now=NOON) == ended
    usage = transfers.usage(connection, account.key, now=NOON)
    assert (ended.reason, usage.today_fen, usage.held_fen, usage.today_count) == ("approval", 0, 0, 0)
    with pytest.raises(IllegalTransition):
        transfers.reserve(connection, asked.key, rules=RULES, now=NOON)
    with pytest.raises(IllegalTransition):
        transfers.post(connection, asked.key, rules=RULES, over_limit_approved=True, now=NOON)


def test_a_posted_transfer_is_not_ended_afterwards(connection: Connection, paying: Paying) -> None:
    account = with_money(connection, opened(connection), 1_000)
    posted = paying.pay(connection, account, 100)
    for outcome in (TransferStatus.REFUSED, TransferStatus.RESERVED, TransferStatus.POSTED):
        with pytest.raises(IllegalTransition):
            paying.bank.transfers.end(connection, posted.key, outcome, reason="", now=NOON)


def test_a_reservation_moves_to_the_day_on_which_it_is_posted(connection: Connection, paying: Paying) -> None:
    account, transfers = with_money(connection, opened(connection), 1_000), paying.bank.transfers
    asked = paying.ask(connection, account, 700)
    transfers.reserve(connection, asked.key, rules=RULES, now=NOON)
    transfers.reserve(connection, asked.key, rules=RULES, now=NOON + DAY)
    assert transfers.usage(connection, account.key, now=NOON).today_fen == 0
    assert transfers.usage(connection, account.key, now=NOON + DAY).today_fen == 700


def test_a_change_of_limits_between_reservation_and_posting_is_noticed(connection: Connection, paying: Paying) -> None:
    account, transfers = with_money(connection, opened(connection), 1_000), paying.bank.transfers
    asked = paying.ask(connection, account, 700)
    assert transfers.reserve(connection, asked.key, rules=RULES, now=NOON).within
    lower = {"single_fen": 699, "daily_fen": 2_000}
    paying.bank.accounts.change_limits(connection, account.key, lower, risk_band="high")
    assert not transfers.reserve(connection, asked.key, rules=RULES, now=NOON).within
