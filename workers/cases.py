"""Cases begun by work: a remote handler begins another case, or tells one something, as the system."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from engine.model.actor import Actor
from engine.services.answers import InstanceFilter, Page

if TYPE_CHECKING:
    from engine.process_engine import ProcessEngine

_ACTOR = Actor.system("worker")
_PAGE = Page(limit=200)


class SystemCases:
    """Implements `workers.context.Cases`; `engine` gives the engine once it is wired."""

    def __init__(self, engine: Callable[[], ProcessEngine]) -> None:
        self._engine = engine

    def start(self, process_id: str, business_key: str, variables: Mapping[str, object], idempotency_key: str) -> int:
        """Begin a case of the newest version; its key. Raises NotFound, NestedTransaction in a local handler.

        A case of this process with this business key that is there already is the answer: an attempt repeated after
        weeks, when its idempotency key is forgotten, must not begin a second one.
        """
        known = self._find(process_id, business_key)
        if known is not None:
            return known
        return (
            self._engine()
            .process_instances.start(
                _ACTOR,
                process_id,
                business_key=business_key,
                variables=variables,
                idempotency_key=idempotency_key,
            )
            .key
        )

    def correlate(self, name: str, key: str, variables: Mapping[str, object], message_id: str) -> None:
        """Send a message; the same `message_id` again does nothing. Raises NestedTransaction in a local handler."""
        self._engine().messages.correlate(_ACTOR, name, key, variables, message_id=message_id)

    def _find(self, process_id: str, business_key: str) -> int | None:
        alike = InstanceFilter(process_id=process_id, business_key=business_key)
        rows = self._engine().process_instances.list(_ACTOR, alike, _PAGE).rows
        return next((row.key for row in rows if row.business_key == business_key), None)
