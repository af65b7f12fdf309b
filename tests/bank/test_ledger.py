"""The ledger balances whatever is posted, and nothing in it is ever changed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bank.errors import RecordNotFound
from bank.ledger import (
    MOST_FEN,
    AmountOutOfRange,
    BalanceInsufficient,
    BookingText,
    Entry,
    EntryAlreadyReversed,
    EntryUnbalanced,
    InternalAccount,
    Ledger,
    Leg,
    ReferenceUsedOtherwise,
    Side,
    credit,
    debit,
    verify_ledger,
)
from bank.ledger.tables import ledger_account, ledger_entry, posting
from persistence.database import Database
from persistence.schema import metadata
from tests.bank.accounts_of_tests import opened, paid_in
from tests.bank.conftest import in_threads
from tests.conftest import NOON

LEDGER = Ledger()
CASH, SETTLEMENT, SUSPENSE = InternalAccount
WORKERS, ROUNDS = 4, 5


def post(connection: Connection, *legs: Leg, reference: str = "r1", **rest: Any) -> Entry:
    text = BookingText.TRANSFER
    return LEDGER.post(connection, reference=reference, booking_text=text, legs=legs, now=NOON, **rest)


@pytest.mark.requirement("R090")
def test_a_balance_is_what_was_paid_in_less_what_was_paid_out(connection: Connection) -> None:
    account = opened(connection).key
    assert LEDGER.balance(connection, account) == 0
    paid_in(connection, account, 10_000)
    post(connection, debit(account, 2_500), credit(SETTLEMENT, 2_500))
    assert LEDGER.balance(connection, account) == 7_500
    assert LEDGER.balance(connection, CASH) == -10_000
    assert LEDGER.balance(connection, SETTLEMENT) == 2_500


@pytest.mark.parametrize(
    "legs",
    [
        [],
        [debit(CASH, 1)],
        [credit(CASH, 1)],
        [debit(CASH, 2), credit(SETTLEMENT, 1)],
        [debit(CASH, 1), debit(SETTLEMENT, 1)],
        [debit(CASH, 3), credit(SETTLEMENT, 1), credit(SUSPENSE, 1)],
    ],
)
def test_an_entry_that_does_not_balance_is_refused(connection: Connection, legs: list[Leg]) -> None:
    with pytest.raises(EntryUnbalanced):
        post(connection, *legs)
    assert verify_ledger(connection).entries == 0


@pytest.mark.parametrize("amount", [0, -1, MOST_FEN + 1, 2**63, 1.5, True, "1", None])
def test_money_that_is_no_whole_number_of_fen_in_range_is_refused(connection: Connection, amount: Any) -> None:
    with pytest.raises(AmountOutOfRange) as refused:
        post(connection, debit(CASH, amount), credit(SETTLEMENT, amount))
    assert refused.value.fields["field"] == "amount_fen"


def test_the_greatest_amount_can_be_posted(connection: Connection) -> None:
    post(connection, debit(CASH, MOST_FEN), credit(SETTLEMENT, MOST_FEN))
    assert LEDGER.balance(connection, SETTLEMENT) == MOST_FEN


def test_an_account_pays_its_last_fen_and_not_one_more(connection: Connection) -> None:
    account = opened(connection).key
    paid_in(connection, account, 100)
    with pytest.raises(BalanceInsufficient), connection.begin_nested():
        post(connection, debit(account, 101), credit(SETTLEMENT, 101))
    post(connection, debit(account, 100), credit(SETTLEMENT, 100))
    assert LEDGER.balance(connection, account) == 0
    assert verify_ledger(connection).whole


def test_a_refused_entry_leaves_no_trace(database: Database) -> None:
    with database.transaction() as transaction:
        account = opened(transaction.connection).key
    with pytest.raises(BalanceInsufficient), database.transaction() as transaction:
        post(transaction.connection, debit(account, 1), credit(SETTLEMENT, 1))
    with database.reading() as connection:
        assert verify_ledger(connection).entries == 0


def test_the_same_reference_again_is_the_same_entry(connection: Connection) -> None:
    first = post(connection, debit(CASH, 5), credit(SETTLEMENT, 5))
    assert post(connection, debit(CASH, 5), credit(SETTLEMENT, 5)) == first
    assert LEDGER.balance(connection, SETTLEMENT) == 5
    with pytest.raises(ReferenceUsedOtherwise):
        post(connection, debit(CASH, 6), credit(SETTLEMENT, 6))


@pytest.mark.parametrize("table", [ledger_entry, posting])
def test_what_is_posted_is_neither_changed_nor_deleted(connection: Connection, table: Any) -> None:
    post(connection, debit(CASH, 5), credit(SETTLEMENT, 5))
    column = "reference" if table is ledger_entry else "side"
    for statement in (update(table).values({column: "credit"}), delete(table)):
        with pytest.raises(IntegrityError, match="never changed"), connection.begin_nested():
            connection.execute(statement)
    assert verify_ledger(connection).whole


def test_a_correction_is_a_reversal_with_the_sides_exchanged(connection: Connection) -> None:
    account = opened(connection).key
    paid_in(connection, account, 100)
    wrong = post(connection, debit(account, 60), credit(SETTLEMENT, 60), business_key="TR-1")
    reversal = LEDGER.reverse(connection, wrong.key, reference="r2", now=NOON)
    assert (reversal.reversal_of, reversal.booking_text, reversal.business_key) == (wrong.key, "reversal", "TR-1")
    assert LEDGER.legs(connection, reversal.key) == [credit(account, 60), debit(SETTLEMENT, 60)]
    assert LEDGER.balance(connection, account) == 100
    assert LEDGER.legs(connection, wrong.key) == [debit(account, 60), credit(SETTLEMENT, 60)]


def test_an_entry_is_reversed_once_and_a_reversal_never(connection: Connection) -> None:
    entry = post(connection, debit(CASH, 5), credit(SETTLEMENT, 5))
    reversal = LEDGER.reverse(connection, entry.key, reference="r2", now=NOON)
    assert LEDGER.reverse(connection, entry.key, reference="r2", now=NOON) == reversal
    for key in (entry.key, reversal.key):
        with pytest.raises(EntryAlreadyReversed):
            LEDGER.reverse(connection, key, reference="r3", now=NOON)
    with pytest.raises(RecordNotFound):
        LEDGER.reverse(connection, reversal.key + 1, reference="r3", now=NOON)


def test_money_that_has_been_spent_is_not_reversed_away(connection: Connection) -> None:
    account = opened(connection).key
    received = post(connection, debit(SETTLEMENT, 100), credit(account, 100))
    post(connection, debit(account, 1), credit(CASH, 1), reference="spent")
    with pytest.raises(BalanceInsufficient):
        LEDGER.reverse(connection, received.key, reference="r2", now=NOON)


def test_a_statement_shows_each_posting_with_the_balance_after_it(connection: Connection) -> None:
    account = opened(connection).key
    paid_in(connection, account, 100)
    post(connection, debit(account, 30), credit(SETTLEMENT, 30), business_key="TR-1")
    latest, first = LEDGER.statement(connection, account, most=5)
    assert (latest.change_fen, latest.balance_fen, latest.business_key) == (-30, 70, "TR-1")
    assert (first.change_fen, first.balance_fen, first.booking_text) == (100, 100, "cash_deposit")
    assert [line.entry for line in LEDGER.statement(connection, account, most=1)] == [latest.entry]


def test_the_look_at_the_ledger_finds_what_went_around_the_service(connection: Connection) -> None:
    account = opened(connection).key
    paid_in(connection, account, 100)
    assert verify_ledger(connection).whole
    own = ledger_account.c.account == account
    connection.execute(update(ledger_account).where(own).values(balance_fen=99))
    assert verify_ledger(connection).wrong_balances == (account,)
    connection.execute(update(ledger_account).where(own).values(balance_fen=100))
    values = {"reference": "forged", "booking_text": "transfer", "business_key": "", "posted_at": NOON}
    empty = connection.execute(insert(ledger_entry).values(values).returning(ledger_entry.c.key)).scalar_one()
    assert verify_ledger(connection).unbalanced == (empty,)
    place = select(ledger_account.c.key).where(own).scalar_subquery()
    connection.execute(insert(posting).values(entry=empty, ledger_account=place, side="credit", amount_fen=1))
    found = verify_ledger(connection)
    assert (found.unbalanced, found.wrong_balances, found.total_fen) == ((empty,), (account,), 1)


def test_the_database_itself_keeps_amounts_positive_and_accounts_from_overdraft(connection: Connection) -> None:
    account = opened(connection).key
    paid_in(connection, account, 1)
    entry = select(func.max(ledger_entry.c.key)).scalar_subquery()
    place = select(ledger_account.c.key).where(ledger_account.c.account == account).scalar_subquery()
    wrong = [
        update(ledger_account).where(ledger_account.c.account == account).values(balance_fen=-1),
        insert(posting).values(entry=entry, ledger_account=place, side="debit", amount_fen=0),
        insert(posting).values(entry=entry, ledger_account=place, side="left", amount_fen=1),
    ]
    for statement in wrong:
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(statement)


def _deposit(database: Database, *accounts: int, amount_fen: int) -> None:
    with database.transaction() as transaction:
        for account in accounts:
            paid_in(transaction.connection, account, amount_fen)


def _two_accounts(database: Database) -> tuple[int, int]:
    with database.transaction() as transaction:
        return opened(transaction.connection, "AO-1").key, opened(transaction.connection, "AO-2").key


def test_payments_back_and_forth_at_the_same_time_lose_no_fen(database: Database) -> None:
    first, second = _two_accounts(database)
    _deposit(database, first, second, amount_fen=1_000)
    ready = threading.Barrier(WORKERS)

    def pay(worker: int) -> None:
        giver, taker = (first, second) if worker % 2 else (second, first)
        ready.wait()
        for turn in range(ROUNDS):
            with database.transaction() as transaction:
                legs = debit(giver, 10 + worker), credit(taker, 10 + worker)
                post(transaction.connection, *legs, reference=f"{worker}/{turn}")

    in_threads(pay, range(WORKERS))
    with database.reading() as connection:
        assert verify_ledger(connection).whole
        assert verify_ledger(connection).entries == 2 + WORKERS * ROUNDS
        # workers 1 and 3 pay 11 and 13 from the first to the second, workers 0 and 2 pay 10 and 12 back
        assert LEDGER.balance(connection, first) == 1_000 - ROUNDS * (11 + 13) + ROUNDS * (10 + 12)


def test_of_payments_at_the_same_time_only_as_many_pass_as_the_balance_allows(database: Database) -> None:
    account, _ = _two_accounts(database)
    _deposit(database, account, amount_fen=250)
    ready = threading.Barrier(WORKERS)
    passed: list[int] = []

    def pay(worker: int) -> None:
        ready.wait()
        try:
            with database.transaction() as transaction:
                legs = debit(account, 100), credit(SETTLEMENT, 100)
                post(transaction.connection, *legs, reference=str(worker))
        except BalanceInsufficient:
            return
        passed.append(worker)

    in_threads(pay, range(WORKERS))
    assert len(passed) == 2
    with database.reading() as connection:
        assert (LEDGER.balance(connection, account), verify_ledger(connection).whole) == (50, True)


def test_the_same_entry_sent_by_several_at_once_is_posted_once(database: Database) -> None:
    account, _ = _two_accounts(database)
    ready = threading.Barrier(WORKERS)

    def receive(_worker: int) -> None:
        ready.wait()
        with database.transaction() as transaction:
            post(transaction.connection, debit(SETTLEMENT, 100), credit(account, 100))
            post(transaction.connection, debit(CASH, 7), credit(SUSPENSE, 7), reference="inside")

    in_threads(receive, range(WORKERS))
    with database.reading() as connection:
        assert (LEDGER.balance(connection, account), LEDGER.balance(connection, SUSPENSE)) == (100, 7)


def test_an_entry_reversed_by_several_at_once_is_reversed_once(database: Database) -> None:
    account, _ = _two_accounts(database)
    with database.transaction() as transaction:
        entry = post(transaction.connection, debit(SETTLEMENT, 100), credit(account, 100)).key
    ready = threading.Barrier(WORKERS)
    reversed_by: list[int] = []

    def reverse(worker: int) -> None:
        ready.wait()
        try:
            with database.transaction() as transaction:
                LEDGER.reverse(transaction.connection, entry, reference=f"by {worker}", now=NOON)
        except EntryAlreadyReversed:
            return
        reversed_by.append(worker)

    in_threads(reverse, range(WORKERS))
    assert len(reversed_by) == 1
    with database.reading() as connection:
        assert (LEDGER.balance(connection, account), verify_ledger(connection).whole) == (0, True)


ACCOUNTS = st.sampled_from(["a", "b", CASH, SETTLEMENT, SUSPENSE])
AMOUNTS = st.one_of(st.integers(1, 1_000), st.sampled_from([1, MOST_FEN]))
MOVES = st.tuples(ACCOUNTS, ACCOUNTS, AMOUNTS, st.booleans())


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A file of its own: what each example posts is rolled back."""
    folder: Path = tmp_path_factory.mktemp("ledger")
    database = Database(f"sqlite:///{folder / 'kaihu.db'}")
    metadata.create_all(database.engine)
    yield database
    database.close()


class _Undo(Exception):
    """Ends an example."""


@settings(max_examples=60, deadline=None)
@given(moves=st.lists(MOVES, max_size=12))
def test_whatever_is_posted_refused_and_reversed_the_ledger_balances(light: Database, moves: list[Any]) -> None:
    with pytest.raises(_Undo), light.transaction() as transaction:
        connection = transaction.connection
        keys = {name: opened(connection, name).key for name in ("a", "b")}
        expected = {"a": 0, "b": 0}
        for at, (giver, taker, amount, undo) in enumerate(moves):
            legs = [debit(keys.get(giver, giver), amount), credit(keys.get(taker, taker), amount)]
            after = _after(expected, giver, taker, amount)
            try:
                with connection.begin_nested():
                    entry = post(connection, *legs, reference=str(at))
                assert min(after.values()) >= 0
                expected = after
                if undo:
                    with connection.begin_nested():
                        LEDGER.reverse(connection, entry.key, reference=f"{at} back", now=NOON)
                    expected = _after(expected, taker, giver, amount)
            except BalanceInsufficient:
                assert min(after.values()) < 0
            assert verify_ledger(connection).whole
        assert {name: LEDGER.balance(connection, keys[name]) for name in keys} == expected
        raise _Undo


def _after(balances: dict[str, int], giver: str, taker: str, amount: int) -> dict[str, int]:
    after = dict(balances)
    if giver in after:
        after[giver] -= amount
    if taker in after:
        after[taker] += amount
    return after


def test_a_leg_has_two_sides() -> None:
    assert [side.other for side in Side] == [Side.CREDIT, Side.DEBIT]
