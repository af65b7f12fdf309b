"""Counters: no number twice, none lost, whoever asks at the same time."""

from __future__ import annotations

import threading

import pytest

from bank.counters import next_number
from persistence.database import Database
from tests.bank.conftest import in_threads

WORKERS, ROUNDS = 6, 10


class Crash(Exception):
    """The process dies before its commit."""


def test_several_workers_at_once_get_every_number_once(database: Database) -> None:
    ready = threading.Barrier(WORKERS)
    drawn: list[int] = []

    def draw(_worker: int) -> None:
        ready.wait()
        for _ in range(ROUNDS):
            with database.transaction() as transaction:
                number = next_number(transaction.connection, "account_number")
            drawn.append(number)

    in_threads(draw, range(WORKERS))
    assert sorted(drawn) == list(range(1, WORKERS * ROUNDS + 1))


def test_a_number_whose_transaction_failed_goes_to_the_next_worker(database: Database) -> None:
    ready = threading.Barrier(WORKERS)
    drawn: list[int] = []

    def draw_or_crash(worker: int) -> None:
        ready.wait()
        for _ in range(ROUNDS):
            with database.transaction() as transaction:
                number = next_number(transaction.connection, "account_number")
                if worker % 2:
                    raise Crash
            drawn.append(number)

    def draw(worker: int) -> None:
        if worker % 2 == 0:
            draw_or_crash(worker)
            return
        with pytest.raises(Crash):
            draw_or_crash(worker)

    in_threads(draw, range(WORKERS))
    assert sorted(drawn) == list(range(1, WORKERS // 2 * ROUNDS + 1))


def test_counters_with_different_names_count_apart(database: Database) -> None:
    with database.transaction() as transaction:
        drawn = [next_number(transaction.connection, name) for name in ("a", "b", "a")]
    assert drawn == [1, 1, 2]
