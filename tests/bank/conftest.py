"""The bank's services on both databases, and the people of its tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from bank.parameters import Parameters
from bank.people import People
from persistence.database import Database
from tests.conftest import TestClock


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """One open transaction for the whole test."""
    with database.transaction() as transaction:
        yield transaction.connection


@pytest.fixture
def parameters() -> Parameters:
    return Parameters.shipped()


@pytest.fixture
def people(clock: TestClock, parameters: Parameters) -> People:
    return People(clock, parameters)


@pytest.fixture
def administrator(connection: Connection, people: People) -> int:
    """The key of the bank's first administrator."""
    key = people.add(connection, name_zh="管理员", name_en="Administrator").key
    people.grant(connection, key, "administrator", by=None)
    return key
