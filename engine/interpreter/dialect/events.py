"""Event definitions, and the messages and errors they refer to."""

from __future__ import annotations

from engine.interpreter.definitions import (
    ErrorDefinition,
    EventDefinition,
    MessageDefinition,
    TerminateDefinition,
    TimerDefinition,
    TimerKind,
)
from engine.interpreter.dialect import refusals
from engine.interpreter.dialect.document import Xml, children, local_name, reference, text_of, zeebe
from engine.interpreter.dialect.extensions import check_extensions, properties_of
from engine.interpreter.dialect.problems import Problems


class EventReader:
    """Reads the event definitions of one file."""

    def __init__(self, root: Xml, problems: Problems) -> None:
        self._problems = problems
        self._messages = {str(item.get("id")): item for item in children(root, "message")}
        self._errors = {str(item.get("id")): item for item in children(root, "error")}
        for message in self._messages.values():
            check_extensions(message, problems)

    def read(self, element: Xml) -> EventDefinition | None:
        """The event's one definition; None when it has none, or one that is refused."""
        found = [item for item in children(element) if "EventDefinition" in local_name(item)]
        if len(found) > 1:
            self._problems.refuse(element, refusals.SEVERAL_EVENTS)
        if not found:
            return None
        name = local_name(found[0])
        if name in refusals.EVENTS:
            self._problems.refuse(element, refusals.EVENTS[name])
            return None
        if name == "timerEventDefinition":
            return self._timer(element, found[0])
        if name == "messageEventDefinition":
            return self.message(element, found[0].get("messageRef"), awaited=_awaits(element))
        if name == "errorEventDefinition":
            return self._error(element, found[0])
        if name == "terminateEventDefinition" and local_name(element) == "endEvent":
            return TerminateDefinition()
        self._problems.refuse(element, refusals.unknown_element(name))
        return None

    def message(self, element: Xml, ref: str | None, *, awaited: bool) -> MessageDefinition | None:
        """The message an event or receive task refers to."""
        message = self._messages.get(reference(ref))
        if message is None or not (message.get("name") or "").strip():
            self._problems.refuse(element, refusals.MESSAGE_MISSING)
            return None
        name = str(message.get("name")).strip()
        if name.startswith("="):
            self._problems.refuse(element, refusals.MESSAGE_MISSING)
        if not awaited:
            return MessageDefinition(name=name, correlation_key=None)
        subscription = zeebe(message, "subscription")
        key = subscription.get("correlationKey", "") if subscription is not None else ""
        if not key.strip():
            self._problems.refuse(element, refusals.CORRELATION_KEY)
        return MessageDefinition(name=name, correlation_key=self._problems.template(element, key))

    def _timer(self, element: Xml, definition: Xml) -> TimerDefinition | None:
        given = [item for item in children(definition) if local_name(item) in {kind.value for kind in TimerKind}]
        if len(given) != 1 or not text_of(given[0]):
            self._problems.refuse(element, refusals.TIMER_KIND)
            return None
        kind = TimerKind(local_name(given[0]))
        beside = local_name(element) == "boundaryEvent" and element.get("cancelActivity") == "false"
        begins = local_name(element) == "startEvent"
        if begins and kind is TimerKind.DURATION:
            self._problems.refuse(element, refusals.TIMER_START)
        if kind is TimerKind.CYCLE and not beside and not begins:
            self._problems.refuse(element, refusals.TIMER_CYCLE)
        key = properties_of(element).get("businessKey", "").strip() if begins else ""
        return TimerDefinition(
            kind=kind,
            expression=self._problems.template(element, text_of(given[0])),
            business_key=self._problems.expression(element, key) if key else None,
        )

    def _error(self, element: Xml, definition: Xml) -> ErrorDefinition | None:
        ref = definition.get("errorRef")
        if not ref and local_name(element) == "boundaryEvent":
            return ErrorDefinition(code=None)
        error = self._errors.get(reference(ref))
        code = (error.get("errorCode") or "").strip() if error is not None else ""
        if not code or code.startswith("="):
            self._problems.refuse(element, refusals.ERROR_CODE)
            return None
        return ErrorDefinition(code=code)


def _awaits(element: Xml) -> bool:
    return local_name(element) in {"intermediateCatchEvent", "boundaryEvent"}
