"""Timers: those that are due are fired, case by case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import structlog
from sqlalchemy import Connection

from engine.model.actor import Actor
from engine.model.errors import StateConflict
from engine.queue.work import TimersDue, Work
from engine.services.command import CaseCommand
from engine.services.parts import EngineParts
from engine.services.settling import settle
from engine.services.transactions import run_once
from engine.store.waits import has_due_timer, instances_with_due_timers, postpone_timers
from persistence.database import DatabaseUnavailable
from persistence.errors import KaihuError

log = structlog.get_logger()

_PAUSE = dt.timedelta(minutes=5)  # a case whose timers cannot fire is tried again, but not in a tight loop
_AT_ONCE = 100
_ACTOR = Actor.system("timer")


class Timers:
    """Commands and questions about timers."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    def fire_due(self, limit: int = 100) -> int:
        """Fire the due timers of up to `limit` cases, each case in a transaction of its own; how many cases moved."""
        with self._parts.database.reading() as connection:
            cases = instances_with_due_timers(connection, self._parts.clock.now(), limit)
        return sum(self.fire(key) for key in cases)

    def fire(self, instance_key: int) -> bool:
        """Fire the due timers of the case in one transaction; whether there were any. Raises DatabaseUnavailable.

        When what they lead to is beyond a bound, they are fired one by one, and those that cannot be are incidents.
        """
        try:
            try:
                return self._fire(instance_key)
            except (StateConflict, DatabaseUnavailable):
                raise
            except KaihuError:
                return self._fire_one_by_one(instance_key)
        except StateConflict:  # the case ended meanwhile, or somebody moved it on
            return False
        except DatabaseUnavailable:
            raise
        except Exception as error:  # one case that cannot go on must not stop the timers of the others
            log.error("timer.put_off", instance_key=instance_key, error=type(error).__name__, exc_info=error)
            self._postpone(instance_key)
            return False

    def _fire_one_by_one(self, instance_key: int) -> bool:
        for done in range(_AT_ONCE):  # what is left after so many is due still
            try:
                more = self._fire(instance_key, only_first=True)
            except (StateConflict, DatabaseUnavailable):
                raise
            except KaihuError as error:
                log.warning("timer.held", instance_key=instance_key, error=error.code)
                more = self._hold_first(instance_key, error)
            if not more:
                return done > 0
        return True

    def _fire(self, instance_key: int, *, only_first: bool = False) -> bool:
        def act(command: CaseCommand) -> None:
            if only_first:
                command.inputs["only_first"] = True
            command.case.fire_due_timers(only_first=only_first)
            settle(command)

        return self._run(instance_key, act)

    def _hold_first(self, instance_key: int, error: KaihuError) -> bool:
        """An incident at the timer that is due first."""

        def act(command: CaseCommand) -> None:
            message = error.message("en")
            number = command.case.hold_due_timer(error.code, message)
            step = {"kind": "timer", "number": number, "result": "held"}
            command.steps.append(step | {"code": error.code, "message": message})
            command.absorb()

        return self._run(instance_key, act)

    def _run(self, instance_key: int, act: Callable[[CaseCommand], None]) -> bool:
        """A command on a case with a timer due; whether there was one."""

        def run(connection: Connection) -> dict[str, bool]:
            command = CaseCommand.on(self._parts, connection, "fire_timers", _ACTOR, instance_key)
            if not has_due_timer(connection, instance_key, command.now):  # another thread was faster
                return {"fired": False}
            act(command)
            command.write()
            return {"fired": True}

        return bool(run_once(self._parts, "fire_timers", _ACTOR, None, run)["fired"])

    def _postpone(self, instance_key: int) -> None:
        now = self._parts.clock.now()
        with self._parts.database.transaction() as transaction:
            postpone_timers(transaction.connection, instance_key, now, now + _PAUSE)
            work = Work(timers=[TimersDue(instance_key, now + _PAUSE)])
            self._parts.queue.hand_over(transaction.connection, work, now)
