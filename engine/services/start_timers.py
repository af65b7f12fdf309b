"""Cases that begin by themselves: start timers, armed by deployment and fired once, however many machines look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from engine.interpreter import CaseEnvironment, Schedule, business_key_at
from engine.model.actor import Actor
from engine.services.calendar_functions import CalendarFunctions
from engine.services.parts import EngineParts
from engine.services.process_instances import open_new_case, start_case
from engine.services.transactions import run_once
from engine.store.definitions import definition_row
from engine.store.start_timers import (
    due_start_timers,
    lock_start_timer,
    move_start_timer,
    replace_start_timers,
    start_timers_of,
)
from persistence.database import DatabaseUnavailable

log = structlog.get_logger()

_PAUSE = dt.timedelta(minutes=5)  # a case that cannot begin is tried again, but not in a tight loop
_ACTOR = Actor.system("timer")
_COMMAND = "start_by_timer"


def case_environment(parts: EngineParts, connection: Connection, now: dt.datetime) -> CaseEnvironment:
    """What expressions of a start timer are given."""
    return CaseEnvironment(now=now, functions=CalendarFunctions(lambda: parts.calendar.at(connection)), zone=parts.zone)


def arm_start_timers(
    parts: EngineParts,
    connection: Connection,
    schedules: Mapping[str, Mapping[str, Schedule]],
    definition_keys: Mapping[str, int],
) -> None:
    """The start timers of new versions take the place of the older ones' (part of a deployment).

    What is past is not made up for, but a moment that the older version has still to begin with stays due.
    """
    now = parts.clock.now()
    for process_id, of_process in schedules.items():
        older = start_timers_of(connection, process_id)
        rows = []
        for element_id, schedule in of_process.items():
            known = older.get(element_id)
            late = known.due_at if known is not None and known.due_at <= now else None
            due = late or schedule.next_after(now, parts.zone)
            if due is not None:
                rows.append(
                    {
                        "process_id": process_id,
                        "element_id": element_id,
                        "definition_key": definition_keys[process_id],
                        "first_at": schedule.first,
                        "interval": schedule.interval,
                        "last_at": schedule.last,
                        "due_at": due,
                        "try_at": due,
                    }
                )
        if rows or older:
            replace_start_timers(connection, process_id, rows)
            parts.bell.work_added()


class StartTimers:
    """Commands about start timers."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    def begin_due(self, limit: int = 100) -> int:
        """Begin the cases whose time has come, each in a transaction of its own; how many began.

        Of several moments that were missed one case begins, for the last of them. Raises DatabaseUnavailable.
        """
        with self._parts.database.reading() as connection:
            due = due_start_timers(connection, self._parts.clock.now(), limit)
        return sum(self._try(process_id, element_id) for process_id, element_id in due)

    def _try(self, process_id: str, element_id: str) -> bool:
        try:
            return bool(
                run_once(
                    self._parts,
                    _COMMAND,
                    _ACTOR,
                    None,
                    lambda connection: self._begin(connection, process_id, element_id),
                )["begun"]
            )
        except DatabaseUnavailable:
            raise
        except Exception as error:  # one process that cannot begin must not stop the others
            log.error("start_timer.put_off", process=process_id, error=type(error).__name__, exc_info=error)
            now = self._parts.clock.now()
            with self._parts.database.transaction() as transaction:
                move_start_timer(transaction.connection, process_id, element_id, try_at=now + _PAUSE)
            return False

    def _begin(self, connection: Connection, process_id: str, element_id: str) -> dict[str, bool]:
        now, zone = self._parts.clock.now(), self._parts.zone
        row = lock_start_timer(connection, process_id, element_id, now)
        if row is None:  # another machine was faster
            return {"begun": False}
        schedule = Schedule(first=row.first_at, interval=row.interval, last=row.last_at)
        due = schedule.last_until(row.due_at, now, zone)
        self._start(connection, row, due, now)
        following = schedule.next_after(now, zone)
        columns: dict[str, Any] = {} if following is None else {"due_at": following, "try_at": following}
        move_start_timer(connection, process_id, element_id, **columns)
        return {"begun": True}

    def _start(self, connection: Connection, row: Row[Any], due: dt.datetime, now: dt.datetime) -> None:
        definition = definition_row(connection, row.definition_key)
        assert definition is not None  # no definition is ever deleted
        timer = self._parts.programs.get(connection, row.definition_key).model.timer_starts[row.element_id]
        environment = case_environment(self._parts, connection, now)
        key = business_key_at(row.process_id, row.element_id, timer, due, environment)
        command = open_new_case(self._parts, connection, _ACTOR, definition, business_key=key, name=_COMMAND)
        command.inputs["due"] = due.isoformat()
        start_case(command, {}, row.element_id)
