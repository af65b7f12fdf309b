"""The bank's services on both databases, and the people of its tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from bank.delegation import Delegations
from bank.parameters import Parameters
from bank.people import People
from bank.qualifications import Qualifications
from persistence.database import Database
from tests.conftest import TestClock

Given = TypeVar("Given")


def in_threads(work: Callable[[Given], object], given: Iterable[Given]) -> None:
    """Run `work` on each thing at the same time, a thread each, and wait; what one raises is raised here."""
    things = list(given)
    with ThreadPoolExecutor(max_workers=len(things)) as pool:
        for done in [pool.submit(work, thing) for thing in things]:
            done.result()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """One open transaction for the whole test."""
    with database.transaction() as transaction:
        yield transaction.connection


@pytest.fixture
def parameters() -> Parameters:
    return Parameters()


@pytest.fixture
def people(clock: TestClock, parameters: Parameters) -> People:
    return People(clock, parameters)


@pytest.fixture
def delegations(clock: TestClock, people: People, parameters: Parameters) -> Delegations:
    return Delegations(clock, people, parameters)


@pytest.fixture
def qualifications(clock: TestClock, parameters: Parameters) -> Qualifications:
    return Qualifications(clock, parameters)


@pytest.fixture
def administrator(connection: Connection, people: People) -> int:
    """The key of the bank's first administrator."""
    key = people.add(connection, name_zh="管理员", name_en="Administrator").key
    people.grant(connection, key, "administrator", by=None)
    return key
