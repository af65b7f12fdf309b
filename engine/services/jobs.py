"""Jobs: claimed with a lease, then completed, failed or ended by an error, guarded by the lease's token."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, Row
from sqlalchemy.exc import SQLAlchemyError

from engine.model.actor import Actor
from engine.model.errors import NotFound, StateConflict
from engine.model.terms import Condition, Thing
from engine.queue.heartbeat import Held
from engine.queue.work import ClaimedJob, JobDue, Work
from engine.services.command import CaseCommand
from engine.services.job_leases import claimed_job
from engine.services.parts import EngineParts
from engine.services.settling import (
    Attempt,
    finish_attempt,
    not_taken,
    run_local_job,
    settle,
)
from engine.services.transactions import run_once
from engine.store.instances import find_instance
from engine.store.jobs import (
    claimable_jobs,
    due_jobs,
    find_job,
    leased_under,
    locked_job,
    lost_jobs,
    renew_leases,
    update_job,
)
from engine.store.states import JobState
from engine.worker_api import Failed, Handler, Mode
from persistence.database import DatabaseUnavailable

log = structlog.get_logger()

_PAUSE = dt.timedelta(minutes=5)  # before a job is looked at again whose case cannot be read
_FROM = {JobState.AVAILABLE.value: "available_at", JobState.LEASED.value: "lease_until"}
_LOST = Attempt(result=Failed("the worker was lost", retry_in=dt.timedelta(0)), version="", code="worker_lost")


@dataclass(frozen=True, kw_only=True)
class JobStanding:
    """A job that waits: available from `at`, or leased until then (UTC)."""

    type: str
    state: JobState
    at: dt.datetime


class Jobs:
    """Commands and questions about jobs."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    def take_batch(self, worker: str, types: Collection[str], limit: int, lease: dt.timedelta) -> list[ClaimedJob]:
        """Up to `limit` remote jobs of these types, leased to `worker` for that long; no two workers get one job."""
        now = self._parts.clock.now()
        with self._parts.database.transaction() as transaction:
            connection = transaction.connection
            rows = claimable_jobs(connection, types, now, limit)
            leased = (self._try_lease(connection, row, worker, _token(), now + lease) for row in rows)
            return [claimed for claimed in leased if claimed is not None]

    def claim(self, key: int, worker: str, token: str, leases: Mapping[str, dt.timedelta]) -> ClaimedJob | None:
        """One job, leased to `worker` under `token` for as long as `leases` has for its type.

        None when it is not to be had now, or is of another type. Asked again with the same token, because the answer
        got lost, it gives the same lease.
        """
        now = self._parts.clock.now()
        with self._parts.database.transaction() as transaction:
            connection = transaction.connection
            row = locked_job(connection, key)
            if row is None:
                return None
            if row.state == JobState.LEASED.value and row.lease_token == token:
                return self._claimed(connection, row._asdict())
            if row.state != JobState.AVAILABLE.value or row.available_at > now or row.type not in leases:
                return None
            return self._try_lease(connection, row, worker, token, now + leases[row.type])

    def renew(self, held: Collection[Held], lease: dt.timedelta) -> list[Held]:
        """Let leases last that long from now; those that are not held any more.

        One that is another's by now stays so, whether it had run out or not. One whose row is locked is neither
        renewed nor given up: its job is just being ended, or looked at.
        """
        with self._parts.database.transaction() as transaction:
            until = self._parts.clock.now() + lease
            keys, tokens = [one.key for one in held], [one.token for one in held]
            renewed = renew_leases(transaction.connection, keys, tokens, until)
            if len(renewed) == len(held):
                return []
            still = leased_under(transaction.connection, keys, tokens)
        return [one for one in held if one.token not in still]

    def standing(self, key: int) -> JobStanding | None:
        """What may be done with the job and from when; None if it waits for nobody, or there is no such job."""
        with self._parts.database.reading() as connection:
            row = find_job(connection, key)
        if row is None or row.state not in _FROM:
            return None
        return JobStanding(type=row.type, state=JobState(row.state), at=getattr(row, _FROM[row.state]))

    def expire_lost(self, types: Collection[str], limit: int) -> None:
        """End the attempts whose lease has run out, at most so many."""
        with self._parts.database.reading() as connection:
            lost = lost_jobs(connection, types, self._parts.clock.now(), limit) if types else []
        for key in lost:
            self.expire(key)

    def expire(self, key: int) -> None:
        """End an attempt whose worker was killed, or forgot the job; nothing if the lease still lasts."""

        def act(connection: Connection) -> None:
            command, row = self._open(connection, key, "expire_lease")
            if row["state"] != JobState.LEASED.value or row["lease_until"] > command.now:
                return  # another process was faster
            finish_attempt(command, row, _LOST)
            settle(command)
            command.write()

        try:
            run_once(self._parts, "expire_lease", Actor.system("jobs"), None, act)
        except StateConflict:  # the case ended, or somebody moved it on
            return
        except DatabaseUnavailable:
            raise
        except Exception as error:  # its case cannot be read; the others must not suffer
            log.error("job.not_expired", job=key, error=type(error).__name__, exc_info=error)
            self.postpone(key, _PAUSE)

    def _try_lease(
        self, connection: Connection, row: Row[Any], worker: str, token: str, until: dt.datetime
    ) -> ClaimedJob | None:
        lease = {"state": JobState.LEASED.value, "lease_token": token, "lease_until": until, "worker": worker}
        changes = lease | {"attempts": row.attempts + 1}
        try:
            claimed = self._claimed(connection, row._asdict() | changes)
        except SQLAlchemyError:  # nothing more can be done in this transaction
            raise
        except Exception as error:  # its case cannot be read; the others of the batch must not suffer
            log.error("job.not_leased", job=row.key, error=type(error).__name__, exc_info=error)
            self._put_off(connection, row, until)
            return None
        update_job(connection, row.key, changes)
        return claimed

    def _claimed(self, connection: Connection, row: dict[str, Any]) -> ClaimedJob:
        instance = find_instance(connection, row["instance_key"])
        assert instance is not None  # the job refers to it
        command = CaseCommand.of_row(self._parts, connection, "look", Actor.worker(row["type"]), instance)
        return claimed_job(command, row)

    def finish(self, claimed: ClaimedJob, attempt: Attempt) -> None:
        """Tell the case how the attempt under this lease ended.

        Raises NotFound, StateConflict when the lease is another's by now.
        """

        def act(connection: Connection) -> None:
            command, row = self._open(connection, claimed.key, "finish_job", claimed)
            if row["state"] != JobState.LEASED.value or row["lease_token"] != claimed.token:
                raise StateConflict(
                    what=Thing.JOB, actual=Condition.of(row["state"]), expected=Condition.LEASED_TO_THIS_WORKER
                )
            finish_attempt(command, row, attempt)
            settle(command)
            command.write()

        run_once(self._parts, "finish_job", Actor.system("jobs"), None, act)

    def run_local(self, key: int) -> bool:
        """One more attempt at a local job that waits for its time; False when another thread was faster.

        An attempt whose result the case cannot go on with is a failed one, and after the last an incident.
        """
        try:
            return self._run_local(key, run_local_job)
        except (StateConflict, DatabaseUnavailable):
            raise
        except Exception as error:
            log.warning("job.answer_not_taken", job=key, error=type(error).__name__, exc_info=error)
            cause = error

        def fail(command: CaseCommand, row: dict[str, Any], handler: Handler[Any]) -> None:
            row["attempts"] += 1
            finish_attempt(command, row, not_taken(handler.version, cause))

        return self._run_local(key, fail)

    def _run_local(self, key: int, run: Callable[[CaseCommand, dict[str, Any], Handler[Any]], None]) -> bool:
        def act(connection: Connection) -> dict[str, Any]:
            command, row = self._open(connection, key, "run_job")
            if row["state"] != JobState.AVAILABLE.value or row["available_at"] > command.now:
                return {"ran": False}
            run(command, row, self._parts.handlers[row["type"]])
            settle(command)
            command.write()
            return {"ran": True}

        return bool(run_once(self._parts, "run_job", Actor.system("jobs"), None, act)["ran"])

    def due_local(self, limit: int) -> list[int]:
        """Keys of local jobs whose time has come."""
        types = [type_ for type_, handler in self._parts.handlers.items() if handler.mode is Mode.LOCAL]
        with self._parts.database.reading() as connection:
            return due_jobs(connection, types, self._parts.clock.now(), limit)

    def postpone(self, key: int, pause: dt.timedelta, *, token: str | None = None) -> bool:
        """Leave a job alone for a while: running it failed outside its handler. Whether it was done.

        It is not when the job has ended, or is somebody else's: with a token it must be leased under this token,
        without one it must be available or its lease have run out.
        """
        now = self._parts.clock.now()
        with self._parts.database.transaction() as transaction:
            row = locked_job(transaction.connection, key)
            if row is None or not _may_put_off(row, token, now):
                return False
            self._put_off(transaction.connection, row, now + pause)
            return True

    def _put_off(self, connection: Connection, row: Row[Any], until: dt.datetime) -> None:
        available = {"state": JobState.AVAILABLE.value, "available_at": until}
        update_job(connection, row.key, available | {"lease_token": None, "lease_until": None, "worker": None})
        work = Work(jobs=[JobDue(row.key, row.type, until)])
        self._parts.queue.hand_over(connection, work, self._parts.clock.now())

    def _open(
        self, connection: Connection, key: int, name: str, known: ClaimedJob | None = None
    ) -> tuple[CaseCommand, dict[str, Any]]:
        """A command on the job's case, and the job as it is now that the case is locked."""
        of = known or _there(find_job(connection, key), key)
        command = CaseCommand.on(self._parts, connection, name, Actor.worker(of.type), of.instance_key)
        row = _there(locked_job(connection, key), key)._asdict()  # leases are renewed without the case
        if row["instance_key"] != command.facts.key:
            raise NotFound(what=Thing.JOB, key=key)
        command.projection.keep_job(row)
        command.inputs |= {"number": row["number"], "type": row["type"]}
        return command, row


def _there(row: Row[Any] | None, key: int) -> Row[Any]:
    if row is None:
        raise NotFound(what=Thing.JOB, key=key)
    return row


def _may_put_off(row: Row[Any], token: str | None, now: dt.datetime) -> bool:
    if row.state != JobState.LEASED.value:
        return token is None and row.state == JobState.AVAILABLE.value
    return bool(row.lease_until <= now if token is None else row.lease_token == token)


def _token() -> str:
    return secrets.token_urlsafe(24)
