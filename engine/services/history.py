"""What happened: the journal, the passages through elements, the variables, the operations log."""

from __future__ import annotations

import builtins
import datetime as dt
from collections.abc import Mapping

from sqlalchemy import Connection

from engine.journal import (
    ChainVerdict,
    JournalEntry,
    Operation,
    Outcome,
    read_entries,
    read_operations,
    record_operation,
    refused_attempts,
    verify_chain,
)
from engine.model.actor import Action, Actor, ActorKind
from engine.model.errors import NotFound
from engine.model.terms import Thing
from engine.model.values import Value
from engine.services.answers import Activity, CaseVariables
from engine.services.authorisation import Subject, case_subject, may, require
from engine.services.command import CaseCommand
from engine.services.parts import EngineParts
from engine.services.standings import as_activity
from engine.store.activities import activities_of
from engine.store.instances import find_instance, load_scopes


class History:
    """Questions about the past. Those about a case raise NotFound for a case the actor may not see."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    def journal(self, actor: Actor, instance_key: int) -> builtins.list[JournalEntry]:
        """The case's entries in order, decoded; not for the customer, who must not learn of suspicions."""
        with self._parts.database.reading() as connection:
            if actor.kind is ActorKind.CUSTOMER:
                raise NotFound(what=Thing.CASE, key=instance_key)
            self._visible(connection, actor, instance_key)
            return read_entries(connection, instance_key)

    def activities(self, actor: Actor, instance_key: int) -> builtins.list[Activity]:
        """Every passage through an element, in order."""
        with self._parts.database.reading() as connection:
            definition_key = self._visible(connection, actor, instance_key)
            rows = activities_of(connection, instance_key)
            return [as_activity(self._parts, connection, definition_key, row) for row in rows]

    def variables(self, actor: Actor, instance_key: int) -> CaseVariables:
        """The variables as they are now; of an ended case, the last ones of the case itself."""
        with self._parts.database.reading() as connection:
            self._visible(connection, actor, instance_key)
            return CaseVariables(scopes=load_scopes(connection, instance_key))

    def variables_at(self, actor: Actor, instance_key: int, number: int) -> Mapping[str, Value]:
        """What the open activity `number` sees: its own variables and those around it, inner ones first.

        Raises NotFound, StateConflict when the activity is over.
        """
        with self._parts.database.reading(one_view=True) as connection:
            self._visible(connection, actor, instance_key)
            row = find_instance(connection, instance_key)
            assert row is not None  # it was visible just now
            return dict(CaseCommand.of_row(self._parts, connection, "look", actor, row).case.job_variables(number))

    def operations(
        self,
        actor: Actor,
        *,
        instance_key: int | None = None,
        person: int | None = None,
        outcome: Outcome | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> builtins.list[Operation]:
        """Lines of the operations log, newest first. Raises NotAuthorised."""
        with self._parts.database.reading() as connection:
            case = None if instance_key is None else find_instance(connection, instance_key)
            subject: Subject = {"instance_key": instance_key} if case is None else case_subject(case)
            refusal = may(self._parts, connection, actor, Action.VIEW_CASE, subject)
            if refusal is not None:
                raise refusal
            return read_operations(
                connection,
                instance_key=instance_key,
                person=person,
                outcome=outcome,
                before=before,
                limit=limit,
            )

    def refused_attempts(
        self,
        actor: Actor,
        *,
        since: dt.datetime,
        until: dt.datetime,
        person: int | None = None,
        limit: int = 100,
    ) -> builtins.list[Operation]:
        """Refused attempts from `since` to before `until`, of one person or of all, oldest first.

        Raises NotAuthorised.
        """
        with self._parts.database.reading() as connection:
            require(self._parts, connection, actor, Action.VIEW_CASE, {})
            return refused_attempts(connection, since=since, until=until, person=person, limit=limit)

    def record(
        self,
        actor: Actor,
        action: str,
        *,
        outcome: Outcome = Outcome.DONE,
        code: str = "",
        subject: Subject | None = None,
        detail: str = "",
    ) -> None:
        """Add a line to the operations log in a transaction of its own (a sign-in, a look, an export).

        `detail` never holds personal data.
        """
        operation = Operation(
            key=self._parts.keys.next(),
            time=self._parts.clock.now(),
            actor=actor,
            action=action,
            outcome=outcome,
            code=code,
            subject=subject or {},
            detail=detail,
        )
        with self._parts.database.transaction() as transaction:
            record_operation(transaction.connection, operation)

    def verify_chain(self, instance_key: int) -> ChainVerdict:
        """Whether the case's journal is whole. Raises NotFound."""
        with self._parts.database.reading(one_view=True) as connection:
            if find_instance(connection, instance_key) is None:
                raise NotFound(what=Thing.CASE, key=instance_key)
            return verify_chain(connection, instance_key)

    def _visible(self, connection: Connection, actor: Actor, instance_key: int) -> int:
        row = find_instance(connection, instance_key)
        if row is not None and may(self._parts, connection, actor, Action.VIEW_CASE, case_subject(row)) is None:
            return int(row.definition_key)
        raise NotFound(what=Thing.CASE, key=instance_key)
