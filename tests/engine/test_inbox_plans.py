"""The databases read the inbox's views out of short ranges of their indexes: no scan, no sort of all tasks.

The statements are explained on thousands of tasks, on PostgreSQL both as planned for these very parameters and as
planned for any, which is how a prepared statement is executed from the sixth time on.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Select, select, text

from engine.process_engine import ProcessEngine
from engine.store import inbox
from engine.store.rows import insert_all
from engine.store.tables import user_task, user_task_offer
from persistence.database import Database
from tests.conftest import NOON
from tests.engine.conftest import administrator, clerk
from tests.engine.diagrams import chain, diagram, end, start
from tests.engine.diagrams import user_task as user_task_node

pytestmark = pytest.mark.requirement("R079")

TASKS = 6_000
ROLES = ("clerk", "reviewer", "supervisor", "risk_officer", "account_operator")
PEOPLE = range(40)
HELD, HELD_AND_DUE = "ix_user_task_assignee_open", "ix_user_task_assignee_due"
OFFERED, CLAIMABLE, CLAIMABLE_AND_DUE = (f"ix_user_task_offer_{name}" for name in ("open", "claimable", "due"))
LOOKED_UP = {"pk_user_task", "pk_user_task_offer"}
"""The rows of a page and their candidate roles, one by one."""
RANGES = {
    inbox.MINE: {HELD},
    inbox.CLAIMABLE: {CLAIMABLE},
    inbox.OVERDUE: {HELD_AND_DUE, CLAIMABLE_AND_DUE},
    inbox.EVERY_OPEN: {HELD, OFFERED},
}
COUNTED = (inbox.MINE, inbox.CLAIMABLE, inbox.OVERDUE)
PARAMETERS: dict[str, object] = {
    "person": 7, "by_name": "7", "role_0": ROLES[0], "role_1": ROLES[1], "now": 10**18, "after_key": 1_000_000_300,
    "after_due": 10**15,
}  # fmt: skip


def statements(dialect: str) -> Iterator[tuple[str, Select[Any], set[str]]]:
    """Name, statement, and the indexes whose ranges it may read."""
    for resumed, behind in ((False, ""), (True, " behind a cursor")):
        for view, ranges in RANGES.items():
            yield f"{view}{behind}", inbox.page_query(dialect, view, 2, resumed, 51), ranges
        yield f"completed{behind}", inbox.completed_query(dialect, resumed, 51), {"ix_user_task_completed"}
    yield "counts", inbox.counts_query(dialect, COUNTED, 2, 50), {HELD, HELD_AND_DUE, CLAIMABLE, CLAIMABLE_AND_DUE}


@pytest.fixture
def many_tasks(engine: ProcessEngine, database: Database) -> Database:
    """Every second task is held, every third of these is done; each is offered to two roles or to one and a person."""
    engine.deployments.deploy(administrator, [diagram("one", chain(start(), user_task_node("do", "clerk"), end()))])
    engine.process_instances.start(clerk, "one", business_key="AO-1")
    with database.transaction() as transaction:
        connection = transaction.connection
        pattern = dict(connection.execute(select(user_task)).one()._mapping)
        tasks = [pattern | _task(number) for number in range(TASKS)]
        insert_all(connection, user_task, tasks)
        insert_all(connection, user_task_offer, [offer for task in tasks for offer in _offers(task)])
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))  # as a server does by itself
    return database


def _task(number: int) -> dict[str, Any]:
    holder = number % len(PEOPLE) if number % 2 else None
    done = number % 6 == 1
    return {
        "key": 1_000_000_000 + number,
        "number": number + 100,
        "state": "completed" if done else "open",
        "assignee": holder,
        "completed_by": holder if done else None,
        "due_at": NOON + dt.timedelta(minutes=number) if number % 3 else None,
    }


def _offers(task: dict[str, Any]) -> list[dict[str, Any]]:
    number, is_open = task["number"], task["state"] == "open"
    second = ("person", str(number % len(PEOPLE))) if number % 10 == 0 else ("role", ROLES[(number + 1) % len(ROLES)])
    state = {"open": is_open, "claimable": is_open and task["assignee"] is None, "due_at": task["due_at"]}
    return [
        {"task_key": task["key"], "kind": kind, "candidate": candidate, **state}
        for kind, candidate in (("role", ROLES[number % len(ROLES)]), second)
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_reads_ranges_of_the_inbox_indexes_in_their_order(many_tasks: Database) -> None:
    with many_tasks.reading() as connection:
        for name, statement, ranges in statements(connection.dialect.name):
            plan = _sqlite_plan(connection, statement)
            read = [(parent, line) for _, parent, line in plan if re.match(r"(SEARCH|SCAN) user_task", line)]
            in_ranges = [
                (parent, line) for parent, line in read if not re.search(r"USING (INTEGER )?PRIMARY KEY", line)
            ]
            assert in_ranges, (name, plan)
            for parent, line in in_ranges:
                index = re.fullmatch(r"SEARCH \w+ USING COVERING INDEX (\w+) \((.*)\)", line)
                assert index, (name, line)
                assert not name.endswith("behind a cursor") or re.search("[<>]", index.group(2)), (name, line)
                assert index.group(1) in ranges, (name, line)
                assert (parent, "USE TEMP B-TREE FOR ORDER BY") not in [step[1:] for step in plan], (name, plan)
            assert all(line.startswith("SEARCH") for _, line in read), (name, plan)


def _sqlite_plan(connection: Connection, statement: Select[Any]) -> list[tuple[int, int, str]]:
    compiled = statement.compile(dialect=connection.dialect)
    order = compiled.positiontup or []  # type: ignore[attr-defined]
    values = tuple(PARAMETERS.get(name, compiled.params[name]) for name in order)
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
    return [(row[0], row[1], row[3]) for row in rows]


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("planned_for", ["these", "any"])
def test_postgresql_reads_ranges_of_the_inbox_indexes_up_to_their_limit(many_tasks: Database, planned_for: str) -> None:
    with many_tasks.reading() as connection:
        for name, statement, ranges in statements(connection.dialect.name):
            limited: set[str] = set()
            for parent, node in _nodes(None, _postgresql_plan(connection, statement, generic=planned_for == "any")):
                kind, index = node["Node Type"], node.get("Index Name")
                if "Scan" not in kind or kind == "Subquery Scan":
                    continue
                assert kind in ("Index Scan", "Index Only Scan"), (name, node)
                assert index in ranges | LOOKED_UP, (name, node)
                if index in ranges:
                    assert parent is not None, name
                    assert parent["Node Type"] == "Limit", (name, parent)
                    limited.add(index)
                else:
                    assert "key = " in node.get("Index Cond", ""), (name, node)
            assert limited == ranges, name


def _postgresql_plan(connection: Connection, statement: Select[Any], *, generic: bool) -> dict[str, Any]:
    sql = str(statement.compile(dialect=connection.dialect))
    raw = connection.connection.driver_connection
    assert raw is not None
    if not generic:
        return raw.execute(f"EXPLAIN (FORMAT JSON) {sql}", PARAMETERS).fetchone()[0][0]["Plan"]  # type: ignore[no-any-return]
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
    numbered = re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", sql)
    plan = raw.execute(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {numbered}").fetchone()[0]
    return json.loads(plan)[0]["Plan"] if isinstance(plan, str) else plan[0]["Plan"]  # type: ignore[no-any-return]


def _nodes(
    parent: dict[str, Any] | None, node: dict[str, Any]
) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any]]]:
    """Each step of a plan with the one it hands its rows to."""
    yield parent, node
    for child in node.get("Plans", ()):
        yield from _nodes(node, child)
