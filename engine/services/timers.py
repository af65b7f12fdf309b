"""Timers: those that are due are fired, case by case."""

from __future__ import annotations

import datetime as dt

import structlog
from sqlalchemy import Connection

from engine.model.actor import Actor
from engine.model.errors import StateConflict
from engine.queue.work import TimersDue, Work
from engine.services.command import CaseCommand
from engine.services.parts import EngineParts
from engine.services.settling import settle
from engine.services.transactions import run_once
from engine.store.waits import has_due_timer, instances_with_due_timers, next_timer, postpone_timers
from persistence.database import DatabaseUnavailable

log = structlog.get_logger()

_PAUSE = dt.timedelta(minutes=5)  # a case whose timers cannot fire is tried again, but not in a tight loop
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

    def next_at(self) -> dt.datetime | None:
        """When the next timer wants to fire."""
        with self._parts.database.reading() as connection:
            return next_timer(connection)

    def fire(self, instance_key: int) -> bool:
        """Fire the due timers of the case in one transaction; whether there were any. Raises DatabaseUnavailable."""

        def act(connection: Connection) -> dict[str, bool]:
            command = CaseCommand.on(self._parts, connection, "fire_timers", _ACTOR, instance_key)
            if not has_due_timer(connection, instance_key, command.now):  # another thread was faster
                return {"fired": False}
            command.case.fire_due_timers()
            settle(command)
            command.write()
            return {"fired": True}

        try:
            return bool(run_once(self._parts, "fire_timers", _ACTOR, None, act)["fired"])
        except StateConflict:  # the case ended meanwhile, or somebody moved it on
            return False
        except DatabaseUnavailable:
            raise
        except Exception as error:  # one case that cannot go on must not stop the timers of the others
            log.error("timer.put_off", instance_key=instance_key, error=type(error).__name__, exc_info=error)
            self._postpone(instance_key)
            return False

    def _postpone(self, instance_key: int) -> None:
        now = self._parts.clock.now()
        with self._parts.database.transaction() as transaction:
            postpone_timers(transaction.connection, instance_key, now, now + _PAUSE)
            work = Work(timers=[TimersDue(instance_key, now + _PAUSE)])
            self._parts.queue.hand_over(transaction.connection, work, now)
