"""Answers that hold for the rest of a transaction: who asks again within it need not ask the database again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
_ANSWERS = "kaihu.answers"


def once(connection: Connection, question: Hashable, ask: Callable[[], T]) -> T:
    """The answer to `question` in this transaction or look; `ask` gives it at the first time.

    For what every step of a command asks and no command changes while it asks, such as a person's roles. Whoever
    does change it calls `forget_answers`.
    """
    answers = connection.info.get(_ANSWERS)
    if answers is None:
        answers = connection.info[_ANSWERS] = {}
    if question not in answers:
        answers[question] = ask()
    answer: T = answers[question]
    return answer


def forget_answers(connection: Connection) -> None:
    """Ask anew from now on; every transaction and every look begins with this."""
    connection.info.pop(_ANSWERS, None)
