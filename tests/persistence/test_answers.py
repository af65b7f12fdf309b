"""What is asked again within a transaction, and what is asked anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import Connection

from persistence.answers import forget_answers, once
from persistence.database import Database

Look = Callable[[], AbstractContextManager[Connection]]


@pytest.fixture(params=["transaction", "look"])
def look(request: pytest.FixtureRequest, database: Database) -> Look:
    @contextmanager
    def writing() -> Iterator[Connection]:
        with database.transaction() as transaction:
            yield transaction.connection

    return writing if request.param == "transaction" else database.reading


def asked(connection: Connection, times: list[str], question: str) -> int:
    def ask() -> int:
        times.append(question)
        return len(times)

    return once(connection, question, ask)


def test_a_question_is_asked_once_within_a_transaction_or_look(look: Look) -> None:
    times: list[str] = []
    with look() as connection:
        assert [asked(connection, times, question) for question in ("a", "b", "a", "b")] == [1, 2, 1, 2]
    assert times == ["a", "b"]


def test_the_next_one_asks_anew(look: Look) -> None:
    times: list[str] = []
    for _ in range(3):
        with look() as connection:
            asked(connection, times, "a")
    assert times == ["a", "a", "a"]


def test_whoever_changes_what_was_answered_has_it_asked_anew(look: Look) -> None:
    times: list[str] = []
    with look() as connection:
        asked(connection, times, "a")
        forget_answers(connection)
        assert asked(connection, times, "a") == 2
