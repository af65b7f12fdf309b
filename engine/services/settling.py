"""After a command has done its one thing: local handlers run and early messages are delivered, until all wait."""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from engine.model.events import Wait
from engine.model.record import record
from engine.model.values import UnstorableValue, Value, loads, normalise, storable_text
from engine.services.command import CaseCommand
from engine.services.job_leases import job_for_handler, lease_at_once
from engine.store.rows import lock_name
from engine.store.states import IncidentState, JobState
from engine.store.waits import mark_delivered, waiting_message
from engine.worker_api import BpmnError, Completed, Failed, Handler, Job, Mode, Result
from persistence.errors import ErrorKind, KaihuError
from persistence.prepared import run_savepoint

log = structlog.get_logger()

MAX_STEPS = 1_000
"""Local jobs and messages in one command; more is a loop without an end."""

_FIRST_BACK_OFF = dt.timedelta(seconds=10)
_LONGEST_BACK_OFF = dt.timedelta(hours=1)
_LONGEST_PAUSE_TOLD = dt.timedelta(days=3_650)  # the calendar ends
_LONGEST_NAME = 250  # of a variable; it is in an index, whose entries PostgreSQL bounds


class StepsSpent(KaihuError):
    """One command runs more local jobs than it may."""

    code = "steps_spent"
    kind = ErrorKind.TOO_LARGE
    en = "The case runs more than {limit} jobs without waiting; look for a loop without an end."
    zh = "案件在一次命令中执行了超过 {limit} 个任务而未进入等待，请检查是否存在死循环。"


@record
class Attempt:
    """How one attempt at a job ended, with the storable form of its variables; `code` names the kind of failure."""

    result: Result
    version: str
    variables: dict[str, Value] = field(default_factory=dict)
    code: str = "job_failed"

    @classmethod
    def of(cls, result: Result, version: str) -> Attempt:
        """The attempt that ended with `result`, which is foreign: whatever is in it can be written afterwards.

        A message is mended where it cannot be (`storable_text`). Raises UnstorableValue for everything else.
        """
        match result:
            case Completed():
                return cls(result=result, version=version, variables=_storable(result.variables))
            case BpmnError():
                if storable_text(result.code) != result.code:  # mended, it would be another code
                    raise UnstorableValue(path="code", type="text")
                told = BpmnError(result.code, storable_text(result.message))
                return cls(result=told, version=version, variables=_storable(result.variables))
            case Failed():
                told_failure = Failed(storable_text(result.message), _pause_told(result.retry_in))
                return cls(result=told_failure, version=version)
        raise UnstorableValue(path="result", type=type(result).__name__)  # foreign code


def settle(command: CaseCommand) -> None:
    """Go on until nothing is left to do in this transaction. Raises StepsSpent."""
    command.absorb()
    tried: set[int] = set()
    for _ in range(MAX_STEPS):
        if not (_run_next_local_job(command, tried) or _deliver_next_message(command)):
            lease_at_once(command)
            return
    raise StepsSpent(limit=MAX_STEPS)


def back_off(attempts: int) -> dt.timedelta:
    """The pause after so many attempts: 10 s, doubled each time, at most an hour."""
    doublings = min(max(attempts - 1, 0), 10)  # beyond that it is longer than the longest anyway
    return min(_FIRST_BACK_OFF * (1 << doublings), _LONGEST_BACK_OFF)


def _run_next_local_job(command: CaseCommand, tried: set[int]) -> bool:
    for number, row in command.projection.jobs.items():
        if row["key"] in tried or number in command.projection.ended:
            continue
        handler = command.parts.handlers.get(row["type"])
        waits = row["state"] == JobState.AVAILABLE and row["available_at"] <= command.now
        if handler is None or handler.mode is not Mode.LOCAL or not waits:
            continue
        tried.add(row["key"])
        run_local_job(command, row, handler)
        return True
    return False


def run_local_job(command: CaseCommand, row: dict[str, Any], handler: Handler[Any]) -> None:
    """One attempt at a local job inside the command's transaction."""
    row["attempts"] += 1
    writes = _Writes(command.connection)
    job = job_for_handler(command, row, writes.begin)
    finish_attempt(command, row, _attempt(writes, job, handler, command.parts.resources))


class _Writes:
    """What a local handler writes: taken back when it fails. The savepoint is set when it first asks for the
    transaction, for most only read their variables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.begun = False

    def begin(self) -> Connection:
        """The open transaction."""
        if not self.begun:
            run_savepoint(self._connection, "SAVEPOINT handler")
            self.begun = True
        return self._connection

    def end(self, *, keep: bool) -> None:
        """The handler has ended."""
        if not self.begun:
            return
        if not keep:
            run_savepoint(self._connection, "ROLLBACK TO SAVEPOINT handler")
        run_savepoint(self._connection, "RELEASE SAVEPOINT handler")


def _attempt(writes: _Writes, job: Job, handler: Handler[Any], resources: object) -> Attempt:
    """Run the handler; what it wrote before failing is taken back.

    Raises SQLAlchemyError when the database fails as the handler reads its variables: the command fails with it.
    """
    try:
        attempt = Attempt.of(handler.attempt(job, resources), handler.version)
    except SQLAlchemyError as error:
        if not writes.begun:  # no word of the handler's own, and no savepoint to go back to
            raise
        attempt = crashed(handler, error)
    except Exception as error:  # a handler is foreign code: whatever it raises is a failed attempt
        attempt = crashed(handler, error)
    writes.end(keep=not isinstance(attempt.result, Failed))
    return attempt


def crashed(handler: Handler[Any], error: Exception) -> Attempt:
    """A failed attempt without the handler's own words; no stack trace and no data leave the log."""
    log.warning("job.crashed", type=handler.type, error=type(error).__name__, exc_info=error)
    code = "job_result_unstorable" if isinstance(error, UnstorableValue) else "job_crashed"
    return Attempt(result=Failed(_words_of(error)), version=handler.version, code=code)


def not_taken(version: str, error: Exception) -> Attempt:
    """A failed attempt whose result the case could not take: it leads beyond a bound, or cannot be written."""
    code = error.code if isinstance(error, KaihuError) else "job_result_unstorable"
    return Attempt(result=Failed(_words_of(error)), version=version, code=code)


def _words_of(error: Exception) -> str:
    return storable_text(error.message("en") if isinstance(error, KaihuError) else type(error).__name__)


def finish_attempt(command: CaseCommand, row: dict[str, Any], attempt: Attempt) -> None:
    """Tell the case how the attempt ended, and note it as a step of this command."""
    number, result = row["number"], attempt.result
    step = {"kind": "job", "number": number, "type": row["type"], "version": attempt.version}
    step["attempt"] = row["attempts"]
    row.update(lease_token=None, lease_until=None, worker=None)
    match result:
        case Completed():
            command.steps.append(step | {"result": "completed", "variables": attempt.variables})
            row["state"] = JobState.COMPLETED.value
            command.case.complete_job(number, attempt.variables)
        case BpmnError():
            thrown = {"result": "error", "code": result.code, "message": result.message}
            command.steps.append(step | thrown | {"variables": attempt.variables})
            row["state"] = JobState.COMPLETED.value
            command.case.throw_error(number, result.code, result.message, attempt.variables)
        case Failed():
            command.steps.append(step | {"result": "failed", "code": attempt.code, "message": result.message})
            _fail(command, row, result, attempt.code)
    command.absorb()
    _hold_for_incident(command, row)


def _fail(command: CaseCommand, row: dict[str, Any], failed: Failed, code: str) -> None:
    row["retries"] -= 1
    if row["retries"] > 0:
        pause = back_off(row["attempts"]) if failed.retry_in is None else failed.retry_in
        row.update(state=JobState.AVAILABLE.value, available_at=command.now + pause)
        return
    command.case.raise_incident(row["number"], code, failed.message)
    command.absorb()
    row["state"] = JobState.INCIDENT.value


def _hold_for_incident(command: CaseCommand, row: dict[str, Any]) -> None:
    """An error that nothing catches leaves the job waiting: it runs again once the incident is resolved."""
    incident = command.projection.incidents.get(row["number"])
    waits = (row["number"], Wait.JOB) not in command.projection.waits_ended
    if waits and incident is not None and incident["state"] == IncidentState.OPEN.value:
        row["state"] = JobState.INCIDENT.value


def _storable(variables: object) -> dict[str, Value]:
    value = normalise(variables, "variables")
    if not isinstance(value, dict):
        raise UnstorableValue(path="variables", type=type(variables).__name__)
    if any(len(name) > _LONGEST_NAME for name in value):
        raise UnstorableValue(path="variables", type="name")
    return value


def _pause_told(pause: object) -> dt.timedelta | None:
    if pause is not None and not isinstance(pause, dt.timedelta):
        raise UnstorableValue(path="retry_in", type=type(pause).__name__)
    return None if pause is None else min(max(pause, dt.timedelta(0)), _LONGEST_PAUSE_TOLD)


def _deliver_next_message(command: CaseCommand) -> bool:
    for (number, arm), row in command.projection.subscriptions.items():
        name, key = row["message"], row["correlation_key"]
        lock_name(command.connection, correlation_lock(name, key))
        message = waiting_message(command.connection, name, key, command.now)
        if message is None:
            continue
        variables = loads(message.variables)
        mark_delivered(command.connection, message.key, command.facts.key)
        command.steps.append({"kind": "message", "number": number, "arm": arm, "name": name, "variables": variables})
        command.case.correlate(number, arm, variables)
        command.absorb()
        return True
    return False


def correlation_lock(name: str, correlation_key: str) -> str:
    """The name under which a message and its subscription are kept from passing each other unseen."""
    return f"message:{name}:{correlation_key}"
