"""Monitoring reads refused attempts by time and by person, by an index of their own."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from engine.model.errors import NotAuthorised, NotFound
from engine.process_engine import ProcessEngine
from persistence.database import Database
from tests.conftest import NOON, TestClock
from tests.engine.conftest import OUTSIDER, SECOND_CLERK, clerk, outsider, second_clerk

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def watched(engine: ProcessEngine, clock: TestClock) -> ProcessEngine:
    """At each full hour of four, the outsider and the second clerk are refused, and something is done."""
    for hour in range(4):
        clock.time = NOON + hour * HOUR
        for actor in (outsider, second_clerk):
            with pytest.raises((NotAuthorised, NotFound)):
                engine.deployments.deploy(actor, [])
        engine.history.record(clerk, "sign_in")
    return engine


@pytest.mark.control("CP4")
@pytest.mark.requirement("R082")
def test_refused_attempts_are_read_by_time_and_by_person(watched: ProcessEngine) -> None:
    both = watched.history.refused_attempts(clerk, since=NOON + HOUR, until=NOON + 3 * HOUR)
    assert [(line.time - NOON, line.actor.person) for line in both] == [
        (hour * HOUR, person) for hour in (1, 2) for person in (OUTSIDER, SECOND_CLERK)
    ]
    one = watched.history.refused_attempts(clerk, since=NOON, until=NOON + 4 * HOUR, person=OUTSIDER)
    assert [line.time - NOON for line in one] == [hour * HOUR for hour in range(4)]
    assert len(watched.history.refused_attempts(clerk, since=NOON, until=NOON + 4 * HOUR, limit=3)) == 3
    with pytest.raises(NotAuthorised):
        watched.history.refused_attempts(outsider, since=NOON, until=NOON + HOUR)


@pytest.mark.parametrize("condition", ["", " AND actor_person = 31"])
def test_the_database_finds_them_by_an_index_of_their_own(database: Database, condition: str) -> None:
    query = f"SELECT * FROM operations_log WHERE outcome = 'refused' AND time >= 1 AND time < 2{condition}"
    with database.reading() as connection:
        if connection.dialect.name == "sqlite":
            plan = str(connection.execute(text(f"EXPLAIN QUERY PLAN {query}")).all())
        else:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = str(connection.execute(text(f"EXPLAIN {query}")).all())
    assert "ix_operations_log_refused_" in plan
