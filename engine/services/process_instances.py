"""Cases: started, cancelled, looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from engine.journal import Head
from engine.model.actor import Action, Actor, ActorKind
from engine.model.errors import NotFound, StateConflict
from engine.model.terms import Condition, Thing
from engine.model.values import Value, normalise
from engine.services.answers import InstanceFilter, InstancePage, Page, ProcessInstance, Right, StartedCase
from engine.services.authorisation import case_subject, guarded, may, require
from engine.services.command import CaseCommand
from engine.services.errors import BusinessKeyMissing, FormExpected, NoStartEvent
from engine.services.form_data import accepted_variables
from engine.services.parts import EngineParts
from engine.services.projection_rows import CaseFacts
from engine.services.settling import settle
from engine.services.standings import standings
from engine.services.transactions import run_once
from engine.store.definitions import latest_definition
from engine.store.instances import lock_instance
from engine.store.states import InstanceState
from engine.store.tables import process_definition, process_instance
from persistence.keys import key_in

MAX_PAGE = 200


class ProcessInstances:
    """Commands and questions about cases."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    def start(
        self,
        actor: Actor,
        process_id: str,
        *,
        business_key: str,
        variables: Mapping[str, object] | None = None,
        form_data: Mapping[str, object] | None = None,
        idempotency_key: str | None = None,
    ) -> StartedCase:
        """Start the newest version of a process.

        `form_data` is validated by the start form; `variables` are the caller's own, taken as they are. The same
        `idempotency_key` of the same actor gives the same case. Raises NotFound, NotAuthorised, FormInvalid.
        """
        subject = {"process_id": process_id, "business_key": business_key}

        def act(connection: Connection) -> dict[str, Any]:
            starter = require(self._parts, connection, actor, Action.START, subject)
            row = latest_definition(connection, process_id)
            if row is None:
                raise NotFound(what=Thing.PROCESS, key=process_id)
            command = open_new_case(self._parts, connection, starter, row, business_key=business_key, name="start")
            accepted = self._accepted(command, variables, form_data)
            start_case(command, accepted, None)
            return {"key": command.facts.key, "business_key": business_key, "version": row.version}

        with guarded(self._parts, actor, Action.START, subject):
            return StartedCase(**run_once(self._parts, "start", actor, idempotency_key, act))

    def _accepted(
        self,
        command: CaseCommand,
        variables: Mapping[str, object] | None,
        form_data: Mapping[str, object] | None,
    ) -> dict[str, Value]:
        given = normalise(variables or {})
        if not isinstance(given, dict):
            raise FormExpected(element=command.definition.process_id)
        if form_data is None:
            return given
        form = command.definition.forms.get(command.definition.model.start_form or "")
        if form is None:
            raise FormExpected(element=command.definition.process_id)
        scope = {**given, "business_key": command.facts.business_key}
        return {**given, **accepted_variables(command, form[1], form_data, scope)}

    def cancel(self, actor: Actor, instance_key: int, reason: str) -> None:
        """End the case now; the reason goes to the journal, and to whoever keeps records of it.

        Raises NotFound, NotAuthorised, StateConflict, or what the keepers of records object.
        """
        subject: dict[str, str | int | None] = {"instance_key": instance_key}

        def act(connection: Connection) -> None:
            row = lock_instance(connection, instance_key)
            if row is None:
                raise NotFound(what=Thing.CASE, key=instance_key)
            definition = self._parts.programs.get(connection, row.definition_key)
            subject["process_id"] = definition.process_id
            canceller = require(self._parts, connection, actor, Action.CANCEL, subject)
            command = CaseCommand.of_active(self._parts, connection, "cancel", canceller, row)
            command.inputs["reason"] = reason
            command.case.cancel()
            command.absorb()
            command.write()
            self._parts.records.cancelled(
                connection, command.facts.business_key, reason=reason, now=self._parts.clock.now()
            )

        with guarded(self._parts, actor, Action.CANCEL, subject):
            run_once(self._parts, "cancel", actor, None, act)

    def may_cancel(self, actor: Actor, key: int) -> Right:
        """Whether the actor may end the case now. Raises NotFound, also for a case this person may not see."""
        instance = self.get(actor, key)
        if instance.ended_at is not None:
            actual = Condition.of(instance.state)
            return Right.unless(StateConflict(what=Thing.CASE, actual=actual, expected=Condition.ACTIVE))
        subject: dict[str, str | int | None] = {"process_id": instance.process_id, "instance_key": key}
        with self._parts.database.reading() as connection:
            return Right.unless(may(self._parts, connection, actor, Action.CANCEL, subject))

    def get(self, actor: Actor, key: int) -> ProcessInstance:
        """One case. Raises NotFound, also for a case this person may not see."""
        with self._parts.database.reading() as connection:
            row = connection.execute(_cases().where(process_instance.c.key == key)).first()
            return self._visible(connection, actor, row, key)

    def find(self, actor: Actor, business_key: str) -> ProcessInstance:
        """The newest case with this business key. Raises NotFound."""
        query = _cases().where(process_instance.c.business_key == business_key)
        with self._parts.database.reading() as connection:
            row = connection.execute(query.order_by(process_instance.c.key.desc()).limit(1)).first()
            return self._visible(connection, actor, row, business_key)

    def list(
        self,
        actor: Actor,
        filter: InstanceFilter | None = None,
        page: Page | None = None,
        *,
        showing: str | None = None,
    ) -> InstancePage:
        """Cases the actor may see, newest first; `showing` names a variable to tell with where each case stands."""
        filter, page = filter or InstanceFilter(), page or Page()
        limit = max(1, min(page.limit, MAX_PAGE))
        query = _filtered(_cases(), filter).order_by(process_instance.c.key.desc()).limit(limit + 1)
        after = key_in(page.after)
        if after is not None:
            query = query.where(process_instance.c.key < after)
        with self._parts.database.reading() as connection:
            rows = list(connection.execute(query))
            visible = tuple(as_instance(row) for row in rows[:limit] if _may_see(self._parts, connection, actor, row))
            standing = standings(self._parts, connection, visible, showing) if showing else {}
        return InstancePage(
            rows=visible, next=str(rows[limit - 1].key) if len(rows) > limit else None, standings=standing
        )

    def _visible(self, connection: Connection, actor: Actor, row: Row[Any] | None, key: int | str) -> ProcessInstance:
        if row is None or not _may_see(self._parts, connection, actor, row):
            raise NotFound(what=Thing.CASE, key=key)
        return as_instance(row)


def _may_see(parts: EngineParts, connection: Connection, actor: Actor, row: Row[Any]) -> bool:
    return may(parts, connection, actor, Action.VIEW_CASE, case_subject(row)) is None


def open_new_case(
    parts: EngineParts, connection: Connection, actor: Actor, definition: Row[Any], *, business_key: str, name: str
) -> CaseCommand:
    """The command that starts a case. Raises BusinessKeyMissing, NoStartEvent."""
    if not business_key.strip():
        raise BusinessKeyMissing()
    if not definition.executable:
        raise NoStartEvent(process=definition.process_id)
    facts = CaseFacts(key=parts.keys.next(), definition_key=definition.key, business_key=business_key, is_new=True)
    command = CaseCommand(
        parts,
        connection,
        name=name,
        actor=actor,
        facts=facts,
        head=Head(),
        definition=parts.programs.get(connection, definition.key),
    )
    command.inputs["definition"] = {"process_id": definition.process_id, "version": definition.version}
    return command


def start_case(command: CaseCommand, variables: dict[str, Value], start_event: str | None) -> None:
    """Run the new case to its waits and write it."""
    command.inputs |= {
        "business_key": command.facts.business_key,
        "variables": variables,
        "start_event": start_event,
    }
    command.start(variables, start_event)
    settle(command)
    command.write()


def _cases() -> Select[Any]:
    return select(process_instance, process_definition.c.name.label("process_name"), process_definition.c.name_en).join(
        process_definition, process_definition.c.key == process_instance.c.definition_key
    )


def _filtered(query: Select[Any], filter: InstanceFilter) -> Select[Any]:
    if filter.process_id is not None:
        query = query.where(process_instance.c.process_id == filter.process_id)
    if filter.state is not None:
        query = query.where(process_instance.c.state == filter.state.value)
    if filter.business_key:
        query = query.where(process_instance.c.business_key.startswith(filter.business_key, autoescape=True))
    if filter.with_incidents:
        query = query.where(process_instance.c.incidents > 0)
    return query


def as_instance(row: Row[Any]) -> ProcessInstance:
    """The answer for one row."""
    return ProcessInstance(
        key=row.key,
        definition_key=row.definition_key,
        process_id=row.process_id,
        process_name=row.process_name,
        process_name_en=row.name_en,
        version=row.version,
        business_key=row.business_key,
        state=InstanceState(row.state),
        incidents=row.incidents,
        started_at=row.started_at,
        starter_person=row.starter_person if row.starter_kind == ActorKind.PERSON.value else None,
        ended_at=row.ended_at,
    )
