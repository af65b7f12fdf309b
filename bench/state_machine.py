"""The same case as a state machine written by hand for this one procedure, on SQLAlchemy Core.

What it does: one row per case with its state, the 10 KB application and the checks' results as JSON (orjson); one row
per human task with an index on the open ones; one row per step that was carried out; the state and the assignee are
checked when a task is completed, and a second completion is refused. Four commits a case: the start and each human
task. SQLite in WAL with synchronous=FULL; statements are built once and SQLAlchemy keeps their compiled form; the
application is read only by the commands whose checks need it.
What it does not do: no diagram and no expressions, no journal of inputs and results, no hash chain, no roles, no
candidates, no segregation of duties, no idempotency, no timers, jobs or incidents. `history=False` leaves out the rows
of the steps as well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    create_engine,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.pool import StaticPool

from bench.application import application
from bench.diagrams import CLERK

_metadata = MetaData()
_case = Table(
    "account_case",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("application", LargeBinary, nullable=False),
    Column("results", LargeBinary, nullable=False),
    Column("started_by", Integer, nullable=False),
    Column("started_at", Integer, nullable=False),
    Column("ended_at", Integer),
)
_task = Table(
    "task",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("account_case.id"), nullable=False, index=True),
    Column("step", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("assignee", Integer, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("ended_at", Integer),
)
Index("ix_task_open", _task.c.assignee, _task.c.id, sqlite_where=text("state = 'open'"))
_step = Table(
    "step",
    _metadata,
    Column("case_id", Integer, ForeignKey("account_case.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("at", Integer, nullable=False),
)

_NEW_CASE, _NEW_TASK, _NEW_STEP = insert(_case), insert(_task), insert(_step)
_MINE = (
    select(_task).where(text("state = 'open'"), _task.c.assignee == bindparam("person")).order_by(_task.c.id).limit(2)
)
_TASK_WITH_CASE = (
    select(_task.c.case_id, _task.c.step, _task.c.state, _task.c.assignee, _case.c.state.label("at"), _case.c.results)
    .join(_case, _case.c.id == _task.c.case_id)
    .where(_task.c.id == bindparam("task"))
)
_APPLICATION = select(_case.c.application).where(_case.c.id == bindparam("case"))
_END_TASK = (
    update(_task)
    .where(_task.c.id == bindparam("task"), _task.c.state == "open")
    .values(state="completed", ended_at=bindparam("now"))
)
_MOVE = (
    update(_case)
    .where(_case.c.id == bindparam("case"), _case.c.state == bindparam("from"))
    .values(state=bindparam("to"), results=bindparam("results"), ended_at=bindparam("ended"))
)

_CHECKS = frozenset({"register", "check", "screen", "owners", "limits", "open"})
_SCRIPTS = frozenset({"rate", "fast_lane", "record"})
_HIGH_RISK = 100
_END = "ended"


class Refused(Exception):
    """The task is not the person's, or not open any longer."""


class StateMachine:
    """Cases in a SQLite file of their own."""

    def __init__(self, folder: Path, *, history: bool = True) -> None:
        self.engine = _sqlite(folder / f"state-machine-{'with' if history else 'without'}-history.db")
        self._history = history
        _metadata.create_all(self.engine)

    def run_case(self, number: int) -> None:
        """One case from start to end, its tasks found in the clerk's list."""
        self.start(number, CLERK, application())
        for _ in range(3):
            with self.engine.connect() as connection:
                (task,) = connection.execute(_MINE, {"person": CLERK}).all()
            self.complete(task.id, CLERK)

    def start(self, number: int, person: int, data: Mapping[str, Any]) -> None:
        """A new case, waiting at its first task: one commit."""
        now = _now()
        case = {"id": number, "state": "enter", "application": orjson.dumps(data), "results": b"{}"}
        with self.engine.begin() as connection:
            connection.execute(_NEW_CASE, case | {"started_by": person, "started_at": now, "ended_at": None})
            self._carried_out(connection, number, 0, ["begin"], now)
            _open_task(connection, number, "enter", now)

    def complete(self, task_id: int, person: int) -> None:
        """Complete a task and go on to the next one or the end: one commit. Raises Refused."""
        now = _now()
        with self.engine.begin() as connection:
            task = connection.execute(_TASK_WITH_CASE, {"task": task_id}).one()
            if task.assignee != person or task.state != "open" or task.at != task.step:
                raise Refused
            if connection.execute(_END_TASK, {"task": task_id, "now": now}).rowcount != 1:
                raise Refused
            steps, position, waits_at = _way(connection, task.case_id, task.step)
            results = _results(connection, task.case_id, task.results, steps)
            self._carried_out(connection, task.case_id, position, [task.step, *steps], now)
            if waits_at != _END:
                _open_task(connection, task.case_id, waits_at, now)
            moved = {"case": task.case_id, "from": task.step, "to": waits_at, "results": results}
            connection.execute(_MOVE, moved | {"ended": now if waits_at == _END else None})

    def _carried_out(self, connection: Connection, case: int, position: int, steps: list[str], now: int) -> None:
        if self._history:
            rows = [
                {"case_id": case, "position": position + i, "name": step, "at": now} for i, step in enumerate(steps)
            ]
            connection.execute(_NEW_STEP, rows)


def _way(connection: Connection, case: int, done: str) -> tuple[list[str], int, str]:
    """The steps after a human task, the position of the task itself in the history, and where the case waits then."""
    if done == "enter":
        return ["register", "check", "fork", "screen", "owners", "join"], 1, "review"
    if done == "review":
        if _application(connection, case)["risk"] > _HIGH_RISK:
            return ["rate", "band", "fast_lane", "merge", "limits", "open", "record", "finish"], 8, _END
        return ["rate", "band"], 8, "approve"
    return ["merge", "limits", "open", "record", "finish"], 11, _END


def _results(connection: Connection, case: int, before: bytes, steps: list[str]) -> bytes:
    results = orjson.loads(before)
    checks = [step for step in steps if step in _CHECKS]
    if checks:
        owners = _application(connection, case)["application"]["owners"]
        results.update({check: {"owners": len(owners), "passed": True} for check in checks})
    results.update({step: "done" for step in steps if step in _SCRIPTS})
    return orjson.dumps(results)


def _application(connection: Connection, case: int) -> dict[str, Any]:
    data: dict[str, Any] = orjson.loads(connection.execute(_APPLICATION, {"case": case}).scalar_one())
    return data


def _open_task(connection: Connection, case: int, step: str, now: int) -> None:
    task = {"case_id": case, "step": step, "state": "open", "assignee": CLERK, "created_at": now, "ended_at": None}
    connection.execute(_NEW_TASK, task)


def _now() -> int:
    return int(dt.datetime.now(dt.UTC).timestamp() * 1e6)


def _sqlite(file: Path) -> Engine:
    """One connection, as durable as ours: WAL, synchronous=FULL, transactions that write from their beginning."""
    engine = create_engine(f"sqlite:///{file}", poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine
