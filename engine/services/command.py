"""One command on one case: load, act, write. The only place that moves a case.

A command locks the case's row, restores the case, does its one thing, then settles: local handlers run and early
messages are delivered until every token waits. What is written is one journal entry and its projections.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row

from engine.interpreter import Case, CaseEnvironment
from engine.journal import Head, append, following
from engine.model.actor import Actor
from engine.model.errors import NotFound, StateConflict
from engine.model.events import Event, VariableWritten
from engine.model.terms import Condition, Thing
from engine.model.values import JsonOnce, Value
from engine.services.calendar_functions import CalendarFunctions
from engine.services.handover import hand_over
from engine.services.parts import ENGINE_VERSION, EngineParts
from engine.services.programs import LinkedDefinition
from engine.services.projection import Projection
from engine.services.projection_rows import CaseFacts
from engine.store.instances import (
    insert_instance,
    load_items,
    load_scope,
    lock_instance,
    save_items,
    save_variables,
    update_instance,
)
from engine.store.states import InstanceState


class CaseCommand:
    """A command while it runs. `inputs` and `steps` go to the journal; `case` is restored on first use."""

    def __init__(
        self,
        parts: EngineParts,
        connection: Connection,
        *,
        name: str,
        actor: Actor,
        facts: CaseFacts,
        head: Head,
        definition: LinkedDefinition,
    ) -> None:
        self.parts, self.connection = parts, connection
        self.name, self.actor, self.facts, self.head, self.definition = name, actor, facts, head, definition
        self.now: dt.datetime = parts.clock.now()
        self.inputs: dict[str, Any] = {} if actor.on_behalf_of is None else {"on_behalf_of": actor.on_behalf_of}
        self.steps: list[dict[str, Any]] = []
        self.events: list[Event] = []
        self.functions = CalendarFunctions(lambda: parts.calendar.at(connection))
        self.projection = Projection(facts, definition, parts.keys, actor, self.now)
        self._case: Case | None = None
        self._tree: bytes = b""
        self._json = JsonOnce()

    @classmethod
    def on(cls, parts: EngineParts, connection: Connection, name: str, actor: Actor, instance_key: int) -> CaseCommand:
        """A command on a case that exists and is active; others on this case wait until the transaction ends.

        Raises NotFound, StateConflict.
        """
        row = lock_instance(connection, instance_key)
        if row is None:
            raise NotFound(what=Thing.CASE, key=instance_key)
        return cls.of_active(parts, connection, name, actor, row)

    @classmethod
    def of_active(
        cls, parts: EngineParts, connection: Connection, name: str, actor: Actor, row: Row[Any]
    ) -> CaseCommand:
        """The same for a row that was read and locked already. Raises StateConflict."""
        if row.state != InstanceState.ACTIVE:
            raise StateConflict(what=Thing.CASE, actual=Condition.of(row.state), expected=Condition.ACTIVE)
        return cls.of_row(parts, connection, name, actor, row)

    @classmethod
    def of_row(cls, parts: EngineParts, connection: Connection, name: str, actor: Actor, row: Row[Any]) -> CaseCommand:
        """The same for a row whose state does not matter."""
        command = cls(
            parts,
            connection,
            name=name,
            actor=actor,
            facts=CaseFacts(
                key=row.key,
                definition_key=row.definition_key,
                business_key=row.business_key,
                is_new=False,
                incidents=row.incidents,
            ),
            head=Head(seq=row.seq, hash=row.hash),
            definition=parts.programs.get(connection, row.definition_key),
        )
        command._tree = row.tree
        return command

    @property
    def environment(self) -> CaseEnvironment:
        """What the interpreter is given: the command's time, the calendar, the bank's zone."""
        return CaseEnvironment(now=self.now, functions=self.functions, zone=self.parts.zone)

    @property
    def case(self) -> Case:
        """The case, restored on first use; its variables are read scope by scope when needed."""
        if self._case is None:
            key = self.facts.key
            self._case = Case.restore(
                self.definition.program,
                self._tree,
                lambda scope: load_scope(self.connection, key, scope),
                self.environment,
                lambda scope, name: load_items(self.connection, key, scope, name),
            )
        return self._case

    def start(self, variables: Mapping[str, Value], start_event: str | None) -> None:
        """Begin the case; `business_key` is a variable of it from its first moment."""
        given = {**variables, "business_key": self.facts.business_key}
        self._case = Case.start(self.definition.program, given, self.environment, start_event=start_event)
        self.absorb()

    def absorb(self) -> None:
        """Take over what the case has done since the last time."""
        events = self.case.take_events()
        self.events += events
        self.projection.apply(events)

    def write(self) -> None:
        """Store the outcome: tree, variables, projections, and the one journal entry. The last that a command does."""
        case, key = self._case, self.facts.key
        if case is not None:
            self.absorb()
        entry = self._entry()
        changes = {"seq": entry["seq"], "hash": entry["hash"]}
        if case is not None:
            changes |= {"tree": case.tree()} | self.projection.case_columns()
        if self.facts.is_new:
            insert_instance(self.connection, self._new_row() | changes)
            changes = {}
        if case is not None:
            changes |= self.projection.write(self.connection)
            hand_over(self.parts, self.connection, self.projection)
            variables = case.take_variable_changes()
            save_variables(self.connection, key, variables.written, variables.closed, self._json)
            save_items(self.connection, key, variables.items, variables.ungathered)
        append(self.connection, entry)
        if changes:
            update_instance(self.connection, key, changes)
        if case is not None:
            case.release()

    def _entry(self) -> dict[str, Any]:
        return following(
            self.head,
            instance_key=self.facts.key,
            time=self.now,
            command=self.name,
            actor=self.actor,
            definition_key=self.facts.definition_key,
            engine_version=ENGINE_VERSION,
            body={
                "inputs": self._with_variables(self.inputs),
                "steps": [self._with_variables(step) for step in self.steps],
                "functions": self.functions.calls,
                "zone": str(self.parts.zone),  # with the entry's time, what now() and today() were
                "events": [
                    self._written(event) if type(event) is VariableWritten else event.to_json() for event in self.events
                ],
            },
        )

    def _with_variables(self, told: Mapping[str, Any]) -> Mapping[str, Any]:
        variables = told.get("variables")
        return told if variables is None else {**told, "variables": self._json.parts(variables)}

    def _written(self, event: VariableWritten) -> Mapping[str, Any]:
        return {**event.to_json(), "value": self._json.part(event.value)}

    def _new_row(self) -> dict[str, Any]:
        """Of a case that begins; what changes from now on is left out."""
        model = self.inputs["definition"]
        return {
            "key": self.facts.key,
            "definition_key": self.facts.definition_key,
            "process_id": model["process_id"],
            "version": model["version"],
            "business_key": self.facts.business_key,
            "incidents": 0,
            "starter_kind": self.actor.kind.value,
            "starter_person": self.actor.person,
            "started_at": self.now,
            "ended_at": None,
        }
