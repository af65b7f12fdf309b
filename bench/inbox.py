"""Pages and badges of an inbox among a million tasks, on SQLite and on PostgreSQL.

The rows are put in directly, in the shape the services leave: a case has one to four tasks; half of all tasks are
open, the others completed or cancelled; of the open ones four in ten are held by one of the 200 people, the others
wait in one or two of the seven groups, one in a hundred for a person by name; two in three have a due time, of which
a few have passed. Every person holds one or two roles. The pages are those of different people in turn, 50 rows each.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from bank.bank import Bank
from bench.diagrams import CLERK
from bench.kaihu_case import engine_on
from bench.staff import process_owner, staffed_bank
from bench.timing import MILLI, Figure, p99, seconds
from engine.model.actor import Actor
from engine.services.answers import InboxView, Page
from engine.store.states import CandidateKind
from engine.store.tables import process_instance, user_task, user_task_offer
from persistence.database import Database

GROUPS = (
    "relationship_manager",
    "reviewer",
    "supervisor",
    "risk_officer",
    "account_operator",
    "monitoring_officer",
    "team_lead",
)
_PEOPLE = 200
_CHUNK = 20_000
_FIRST_KEY = 1_000_000
_NAMES = ("审核材料", "录入申请", "授权审批", "尽职调查", "账户设置")
_Rows = dict[Table, list[dict[str, Any]]]


class FilledInbox:
    """An engine on a database with so many task rows, and the people who look at them."""

    def __init__(self, database: Database, home: Path, rows: int) -> None:
        self._chance = random.Random(20261123)  # noqa: S311  the same rows in every run
        self.engine = engine_on(database, home)
        bank = staffed_bank(database, home)
        self.people = _hired(database, bank)
        definition = self.engine.deployments.latest(process_owner(database, bank), "bench")
        tasks = _task_rows(self._chance, rows, self.people, definition.key)
        with database.transaction() as transaction:
            while chunk := list(islice(tasks, _CHUNK)):
                _store(transaction.connection, chunk)
            transaction.connection.execute(text("ANALYZE"))
        if not database.is_sqlite:
            _vacuum(database)

    def page_times(self, view: InboxView, count: int) -> list[float]:
        """Seconds for a page of one person after the other; every fifth is a later page."""
        return [self._page(view, number) for number in range(-5, count)][5:]

    def badge_times(self, count: int) -> list[float]:
        """Seconds for the numbers of one person after the other."""
        counts = self.engine.user_tasks.counts
        return [seconds(lambda: counts(self._chance.choice(self.people))) for _ in range(count + 5)][5:]

    def _page(self, view: InboxView, number: int) -> float:
        person, after = self._chance.choice(self.people), None
        if number % 5 == 4:
            after = self.engine.user_tasks.inbox(person, view, Page()).next
        return seconds(lambda: self.engine.user_tasks.inbox(person, view, Page(after=after)))


def inbox_figures(filled: FilledInbox, rows: int, pages: int, database: str) -> tuple[Figure, Figure]:
    """The slowest view's 99th percentile, with each view's own; and the badges'."""
    views = {view: filled.page_times(view, pages) for view in InboxView}
    worst = max(p99(times) for times in views.values()) * MILLI
    each: Figure = {f"{view.value}_p99": p99(times) * MILLI for view, times in views.items()}
    each |= {f"{view.value}_median": statistics.median(times) * MILLI for view, times in views.items()}
    badges = filled.badge_times(pages)
    where = f"{database}, {rows:,} tasks"
    page: Figure = {"kaihu": worst, **each, "unit": f"ms, 99th percentile of the slowest view, {where}"}
    median = statistics.median(badges) * MILLI
    return page, {"kaihu": p99(badges) * MILLI, "median": median, "unit": f"ms, 99th percentile, {where}"}


def _hired(database: Database, bank: Bank) -> list[Actor]:
    """People with one or two roles each; they come after those the bank has."""
    people = []
    with database.transaction() as transaction:
        connection = transaction.connection
        for number in range(_PEOPLE):
            person = bank.people.add(connection, name_zh=f"员工{number}", name_en=f"Employee {number}").key
            for role in {GROUPS[number % len(GROUPS)], GROUPS[number * 3 % len(GROUPS)]}:
                bank.people.grant(connection, person, role, by=1)
            people.append(Actor.staff(person, person))
    return people


def _task_rows(chance: random.Random, rows: int, people: list[Actor], definition: int) -> Iterator[_Rows]:
    """One task with its candidates at a time, and its case when it is the first of it."""
    now = dt.datetime.now(dt.UTC)
    persons = [person.person for person in people]
    case, left, number = 0, 0, 0
    for index in range(rows):
        key, created = _FIRST_KEY + index, now - dt.timedelta(seconds=(rows - index) * 3)
        new: _Rows = {}
        if left == 0:
            case, left, number = key, chance.randint(1, 4), 0
            new[process_instance] = [_case_row(case, definition, created)]
        left, number = left - 1, number + 1
        state = chance.choices(("open", "completed", "cancelled"), (50, 45, 5))[0]
        held = state != "open" or chance.random() < 0.4
        person = chance.choice(persons) if held else None
        due = created + dt.timedelta(seconds=chance.randint(0, rows * 6)) if chance.random() < 2 / 3 else None
        new[user_task] = [_task_row(key, case, number, definition, state, person, created, due)]
        groups = chance.sample(GROUPS, chance.choice((1, 1, 1, 2)))
        candidates = [(CandidateKind.ROLE, group) for group in groups]
        if chance.random() < 0.01:
            candidates.append((CandidateKind.PERSON, str(chance.choice(persons))))
        new[user_task_offer] = [_offer_row(new[user_task][0], kind, candidate) for kind, candidate in candidates]
        yield new


def _offer_row(task: dict[str, Any], kind: CandidateKind, candidate: str) -> dict[str, Any]:
    is_open = task["state"] == "open"
    return {
        "task_key": task["key"],
        "kind": kind.value,
        "candidate": candidate,
        "open": is_open,
        "claimable": is_open and task["assignee"] is None,
        "due_at": task["due_at"],
    }


def _case_row(key: int, definition: int, started: dt.datetime) -> dict[str, Any]:
    return {
        "key": key,
        "definition_key": definition,
        "process_id": "bench",
        "version": 1,
        "business_key": f"AO-{key}",
        "state": "active",
        "incidents": 0,
        "tree": b"",
        "seq": 0,
        "hash": "",
        "starter_kind": "person",
        "starter_person": CLERK,
        "started_at": started,
    }


def _task_row(
    key: int,
    case: int,
    number: int,
    definition: int,
    state: str,
    person: int | None,
    created: dt.datetime,
    due: dt.datetime | None,
) -> dict[str, Any]:
    completed = state == "completed"
    return {
        "key": key,
        "instance_key": case,
        "number": number,
        "definition_key": definition,
        "process_id": "bench",
        "element_id": "review",
        "business_key": f"AO-{case}",
        "name": _NAMES[key % len(_NAMES)],
        "name_en": "Review",
        "process_name": "对公账户开立",
        "process_name_en": "Account opening",
        "state": state,
        "assignee": person,
        "revision": 1,
        "priority": 50,
        "created_at": created,
        "due_at": due,
        "ended_at": None if state == "open" else created + dt.timedelta(hours=1),
        "completed_by": person if completed else None,
        "completed_login": person if completed else None,
    }


def _store(connection: Connection, chunk: list[_Rows]) -> None:
    for table in (process_instance, user_task, user_task_offer):
        rows = [row for new in chunk for row in new.get(table, ())]
        if rows:
            connection.execute(insert(table), rows)


def _vacuum(database: Database) -> None:
    """What autovacuum does by and by to a table in use."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
