"""Incidents: looked at, and resolved once their cause is gone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from engine.model.actor import Action, Actor
from engine.model.errors import NotFound, StateConflict
from engine.model.terms import Condition, Thing
from engine.services.answers import Incident, Right
from engine.services.authorisation import guarded, may, require
from engine.services.command import CaseCommand
from engine.services.parts import EngineParts
from engine.services.settling import settle
from engine.services.transactions import run_once
from engine.store.incidents import find_incident, list_incidents, open_incident
from engine.store.jobs import job_of_element
from engine.store.states import IncidentState, JobState

MAX_PAGE = 200

_TITLES = {
    "job_failed": ("任务多次执行失败", "The job failed on every attempt"),
    "worker_lost": ("任务程序每次执行均中断", "The worker was lost on every attempt"),
    "job_crashed": ("任务程序发生异常", "The worker raised an error"),
    "job_result_unstorable": ("任务结果无法保存", "The worker's result cannot be stored"),
    "error_not_caught": ("业务错误未被流程捕获", "No boundary event catches the error"),
    "no_flow_fits": ("网关没有可走的流向", "No flow of the gateway fits"),
    "unexpected_result": ("表达式结果不符合要求", "An expression gave an unsuitable value"),
    "join_never_completes": ("并行汇聚无法完成", "A join can never complete"),
    "hit_policy_violated": ("决策表命中规则冲突", "More decision rules match than allowed"),
}
_OTHER = ("流程无法继续", "The case cannot go on")


class Incidents:
    """Commands and questions about incidents."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    def list(
        self,
        actor: Actor,
        *,
        instance_key: int | None = None,
        state: IncidentState | None = IncidentState.OPEN,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Incident]:
        """Incidents of cases the actor may see, newest first; `before` is the last key of the page before."""
        with self._parts.database.reading() as connection:
            rows = list_incidents(
                connection,
                instance_key=instance_key,
                state=None if state is None else state.value,
                before=before,
                limit=min(limit, MAX_PAGE),
            )
            return [
                as_incident(row)
                for row in rows
                if may(self._parts, connection, actor, Action.VIEW_CASE, _case_subject(row)) is None
                or may(self._parts, connection, actor, Action.RESOLVE_INCIDENT, _subject(row)) is None
            ]

    def may_resolve(self, actor: Actor, key: int) -> Right:
        """Whether the actor may try again there now. Raises NotFound."""
        with self._parts.database.reading() as connection:
            found = find_incident(connection, key)
            if found is None:
                raise NotFound(what=Thing.INCIDENT, key=key)
            if found.state != IncidentState.OPEN.value:
                return Right.unless(_conflict(found.state))
            return Right.unless(may(self._parts, connection, actor, Action.RESOLVE_INCIDENT, _subject(found)))

    def resolve(self, actor: Actor, key: int) -> None:
        """Try again where the case stopped; a job gets its attempts back.

        Raises NotFound, NotAuthorised, StateConflict when it is no longer open, and of its kind TryingAgainIsNoHelp.
        """
        subject: dict[str, str | int | None] = {}

        def act(connection: Connection) -> None:
            found = find_incident(connection, key)
            if found is None:
                raise NotFound(what=Thing.INCIDENT, key=key)
            subject.update(_subject(found))
            resolver = require(self._parts, connection, actor, Action.RESOLVE_INCIDENT, subject)
            if found.state != IncidentState.OPEN.value:
                raise _conflict(found.state)
            command = CaseCommand.on(self._parts, connection, "resolve_incident", resolver, found.instance_key)
            current = open_incident(connection, found.instance_key, found.number)
            if current is None or current.key != key:
                raise _conflict(IncidentState.RESOLVED.value)
            _resolve(command, found.number)

        with guarded(self._parts, actor, Action.RESOLVE_INCIDENT, subject):
            run_once(self._parts, "resolve_incident", actor, None, act)


def _resolve(command: CaseCommand, number: int) -> None:
    command.inputs["number"] = number
    stored = job_of_element(command.connection, command.facts.key, number)
    if stored is not None:
        row: dict[str, Any] = dict(stored._mapping)
        if row["state"] == JobState.INCIDENT.value:
            row.update(
                state=JobState.AVAILABLE.value,
                retries=row["retries_at_first"],
                attempts=0,
                available_at=command.now,
            )
        command.projection.keep_job(row)
    command.case.resolve_incident(number)
    settle(command)
    command.write()


def _conflict(actual: str) -> StateConflict:
    return StateConflict(what=Thing.INCIDENT, actual=Condition.of(actual), expected=Condition.OPEN)


def _subject(row: Row[Any]) -> dict[str, str | int | None]:
    return {"process_id": row.process_id, "element_id": row.element_id, "instance_key": row.instance_key}


def _case_subject(row: Row[Any]) -> dict[str, str | int | None]:
    return {"process_id": row.case_process_id, "instance_key": row.instance_key, "business_key": row.business_key}


def as_incident(row: Row[Any]) -> Incident:
    """The answer for one row."""
    title, title_en = _TITLES.get(row.code, _OTHER)
    return Incident(
        key=row.key,
        instance_key=row.instance_key,
        business_key=row.business_key,
        process_id=row.process_id,
        element_id=row.element_id,
        code=row.code,
        title=title,
        title_en=title_en,
        message=row.message,
        state=row.state,
        raised_at=row.raised_at,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
    )
