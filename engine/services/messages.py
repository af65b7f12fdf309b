"""Messages: delivered to the case that waits, kept for the case that will, or starting a new one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row

from engine.model.actor import Action, Actor
from engine.model.errors import StateConflict
from engine.model.values import Value, dumps, normalise
from engine.services.answers import Correlated, CorrelationResult
from engine.services.authorisation import guarded, require
from engine.services.command import CaseCommand
from engine.services.parts import EngineParts
from engine.services.process_instances import open_new_case, start_case
from engine.services.settling import correlation_lock, settle
from engine.services.transactions import run_once
from engine.store.definitions import latest_definitions
from engine.store.rows import lock_name
from engine.store.states import MessageState
from engine.store.waits import find_message, find_subscription, insert_message

DEFAULT_TIME_TO_LIVE = dt.timedelta(hours=1)
"""How long an early message waits unless its sender says otherwise: longer than any restart or slow worker."""


class Messages:
    """Commands about messages."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    def correlate(
        self,
        actor: Actor,
        name: str,
        correlation_key: str,
        variables: Mapping[str, object] | None = None,
        *,
        message_id: str | None = None,
        time_to_live: dt.timedelta | None = None,
    ) -> CorrelationResult:
        """Deliver a message. With a `message_id`, a repetition does nothing, whatever became of the first one.

        A message nobody waits for starts a process that begins with it, or is kept for `time_to_live` (an hour
        unless given; zero drops it). Raises NotAuthorised.
        """
        given = normalise(variables or {})
        subject: dict[str, str | int | None] = {"business_key": correlation_key}
        incoming = _Incoming(self._parts, actor, name, correlation_key, given, message_id, time_to_live)
        with guarded(self._parts, actor, Action.CORRELATE, subject):
            while True:
                answer = run_once(
                    self._parts, "correlate", actor, None, lambda connection: incoming.deliver(connection, subject)
                )
                if answer is not None:
                    return CorrelationResult(status=Correlated(answer["status"]), instance_key=answer["instance_key"])


class _Incoming:
    """One message on its way."""

    def __init__(
        self,
        parts: EngineParts,
        actor: Actor,
        name: str,
        correlation_key: str,
        variables: Value,
        message_id: str | None,
        time_to_live: dt.timedelta | None,
    ) -> None:
        self.parts, self.actor, self.name, self.correlation_key = parts, actor, name, correlation_key
        self.variables: dict[str, Value] = variables if isinstance(variables, dict) else {}
        self.message_id = message_id
        self.time_to_live = DEFAULT_TIME_TO_LIVE if time_to_live is None else time_to_live

    def deliver(self, connection: Connection, subject: dict[str, str | int | None]) -> dict[str, Any] | None:
        """One try; None when a subscription opened meanwhile, so that another try is needed."""
        if self.message_id is not None:
            known = find_message(connection, self.name, self.correlation_key, self.message_id)
            if known is not None:
                return _answer(Correlated.DUPLICATE, known.instance_key)
        subscription = find_subscription(connection, self.name, self.correlation_key)
        if subscription is not None:
            subject |= {
                "instance_key": subscription.instance_key,
                "process_id": subscription.process_id,
                "element_id": subscription.element_id,
            }
            sender = require(self.parts, connection, self.actor, Action.CORRELATE, subject)
            return self._to_case(connection, sender, subscription)
        begun = self._begun_process(connection)
        if begun is not None:
            subject["process_id"] = begun.process_id
        sender = require(self.parts, connection, self.actor, Action.CORRELATE, subject)
        lock_name(connection, correlation_lock(self.name, self.correlation_key))
        if find_subscription(connection, self.name, self.correlation_key) is not None:
            return None
        return self._to_inbox(connection) if begun is None else self._to_new_case(connection, sender, begun)

    def _to_case(self, connection: Connection, sender: Actor, found: Row[Any]) -> dict[str, Any] | None:
        try:
            command = CaseCommand.on(self.parts, connection, "correlate_message", sender, found.instance_key)
        except StateConflict:  # the case ended between the look and the lock
            return None
        again = find_subscription(connection, self.name, self.correlation_key)
        if again is None or again.instance_key != found.instance_key:
            return None
        command.inputs |= self._inputs() | {"number": again.number, "arm": again.arm}
        command.case.correlate(again.number, again.arm, self.variables)
        settle(command)
        command.write()
        if self.message_id is not None:
            self._remember(connection, MessageState.DELIVERED, command.facts.key)
        return _answer(Correlated.DELIVERED, command.facts.key)

    def _begun_process(self, connection: Connection) -> Row[Any] | None:
        """The definition whose cases begin with this message."""
        return next(
            (
                row
                for row in latest_definitions(connection)
                if row.executable and self.name in json.loads(row.message_starts)
            ),
            None,
        )

    def _to_new_case(self, connection: Connection, sender: Actor, row: Row[Any]) -> dict[str, Any]:
        command = open_new_case(
            self.parts, connection, sender, row, business_key=self.correlation_key, name="start_by_message"
        )
        command.inputs |= self._inputs()
        start_case(command, self.variables, json.loads(row.message_starts)[self.name])
        if self.message_id is not None:
            self._remember(connection, MessageState.DELIVERED, command.facts.key)
        return _answer(Correlated.STARTED, command.facts.key)

    def _to_inbox(self, connection: Connection) -> dict[str, Any]:
        if self.time_to_live <= dt.timedelta(0):
            return _answer(Correlated.DROPPED, None)
        self._remember(connection, MessageState.WAITING, None)
        return _answer(Correlated.WAITING, None)

    def _inputs(self) -> dict[str, Any]:
        return {"message": self.name, "correlation_key": self.correlation_key, "variables": self.variables}

    def _remember(self, connection: Connection, state: MessageState, instance_key: int | None) -> None:
        now = self.parts.clock.now()
        insert_message(
            connection,
            {
                "key": self.parts.keys.next(),
                "name": self.name,
                "correlation_key": self.correlation_key,
                "message_id": self.message_id,
                "state": state.value,
                "variables": dumps(self.variables),
                "received_at": now,
                "expires_at": now + self.time_to_live,
                "instance_key": instance_key,
            },
        )


def _answer(status: Correlated, instance_key: int | None) -> dict[str, Any]:
    return {"status": status.value, "instance_key": instance_key}
