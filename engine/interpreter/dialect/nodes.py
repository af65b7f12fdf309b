"""Flow nodes: one BPMN element with its extensions to one node."""

from __future__ import annotations

from collections.abc import Mapping

from engine.interpreter.definitions import (
    Body,
    ErrorDefinition,
    EventDefinition,
    MessageDefinition,
    Node,
    TimerDefinition,
)
from engine.interpreter.dialect import refusals
from engine.interpreter.dialect.document import Xml, child, children, local_name, text_of, zeebe
from engine.interpreter.dialect.events import EventReader
from engine.interpreter.dialect.extensions import (
    call_of,
    check_extensions,
    decision_of,
    form_of,
    job_of,
    loop_of,
    mappings,
    properties_of,
    script_of,
    user_task_of,
)
from engine.interpreter.dialect.problems import Problems
from engine.model.elements import Element, ElementKind

ACTIVITIES = frozenset(
    {
        ElementKind.TASK, ElementKind.MANUAL_TASK, ElementKind.USER_TASK, ElementKind.SERVICE_TASK,
        ElementKind.SEND_TASK, ElementKind.RECEIVE_TASK, ElementKind.SCRIPT_TASK, ElementKind.BUSINESS_RULE_TASK,
        ElementKind.SUB_PROCESS, ElementKind.CALL_ACTIVITY,
    }
)  # fmt: skip
_PARTS = frozenset(
    {"documentation", "extensionElements", "incoming", "outgoing", "multiInstanceLoopCharacteristics", "property"}
)
_ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")
DRAWING = frozenset(
    {"textAnnotation", "association", "group", "dataObject", "dataObjectReference", "dataStoreReference"}
)
"""Pictures without effect, as in Camunda 8."""


class NodeReader:
    """Reads the flow nodes of one process."""

    def __init__(self, process_id: str, lanes: Mapping[str, str], events: EventReader, problems: Problems) -> None:
        self._process_id = process_id
        self._lanes = lanes
        self._events = events
        self._problems = problems

    def read(self, xml: Xml, body: Body | None) -> Node:
        """The node; `body` is the inside of a sub-process. What cannot be carried out is noted as a problem."""
        kind = ElementKind(local_name(xml))
        problems = self._problems
        self._check_parts(xml, kind)
        self._check_attributes(xml, kind)
        check_extensions(xml, problems)
        event = self._event(xml, kind)
        job = job_of(xml, problems)
        is_script = kind is ElementKind.SCRIPT_TASK and job is None
        is_decision = kind is ElementKind.BUSINESS_RULE_TASK and job is None
        node = Node(
            element=self._element(xml, kind),
            inputs=mappings(xml, "input", problems),
            outputs=mappings(xml, "output", problems),
            job=job,
            user_task=user_task_of(xml, problems) if kind is ElementKind.USER_TASK else None,
            script=script_of(xml, problems) if is_script else None,
            decision=decision_of(xml, problems) if is_decision else None,
            call=call_of(xml, problems) if kind is ElementKind.CALL_ACTIVITY else None,
            loop=loop_of(xml, problems) if kind in ACTIVITIES else None,
            event=event,
            attached_to=xml.get("attachedToRef"),
            interrupting=xml.get("cancelActivity", "true") != "false",
            body=body,
        )
        self._check_event(xml, node)
        return node

    def _element(self, xml: Xml, kind: ElementKind) -> Element:
        properties = properties_of(xml)
        job = zeebe(xml, "taskDefinition")
        forms = kind in (ElementKind.USER_TASK, ElementKind.START_EVENT)
        return Element(
            id=str(xml.get("id")),
            kind=kind,
            process_id=self._process_id,
            name=(xml.get("name") or "").strip(),
            name_en=properties.get("name_en", ""),
            documentation=text_of(child(xml, "documentation")),
            documentation_en=properties.get("documentation_en", ""),
            lane=self._lane(xml),
            form_id=form_of(xml, self._problems) if forms else None,
            job_type=job.get("type") if job is not None else None,
            properties=properties,
        )

    def _lane(self, xml: Xml) -> str:
        """The lane's name; what is inside a sub-process is in the sub-process's lane."""
        for around in (xml, *xml.iterancestors()):
            if around.get("id") in self._lanes:
                return self._lanes[str(around.get("id"))]
        return ""

    def _event(self, xml: Xml, kind: ElementKind) -> EventDefinition | None:
        if kind is ElementKind.RECEIVE_TASK:
            return self._events.message(xml, xml.get("messageRef"), awaited=True)
        return self._events.read(xml)

    def _check_parts(self, xml: Xml, kind: ElementKind) -> None:
        if kind is ElementKind.SUB_PROCESS:
            return  # its content is read as a body
        for part in children(xml):
            name = local_name(part)
            if name in refusals.ELEMENTS:
                self._problems.refuse(xml, refusals.ELEMENTS[name])
            elif name in _ASSOCIATIONS:
                if child(part, "transformation", "assignment") is not None:
                    self._problems.refuse(xml, refusals.DATA_ASSOCIATION)
            elif name == "eventDefinitionRef":
                self._problems.refuse(xml, refusals.EVENTS[name])
            elif name not in _PARTS and "EventDefinition" not in name:
                self._problems.refuse(xml, refusals.unknown_element(name))

    def _check_attributes(self, xml: Xml, kind: ElementKind) -> None:
        problems = self._problems
        if xml.get("isForCompensation") == "true":
            problems.refuse(xml, refusals.COMPENSATION)
        if xml.get("triggeredByEvent") == "true":
            problems.refuse(xml, refusals.EVENT_SUBPROCESS)
        if {xml.get("startQuantity", "1"), xml.get("completionQuantity", "1")} != {"1"}:
            problems.refuse(xml, refusals.QUANTITIES)
        if xml.get("instantiate") == "true":
            problems.refuse(xml, refusals.INSTANTIATE)
        if xml.get("eventGatewayType") == "Parallel":
            problems.refuse(xml, refusals.EVENT_GATEWAY_PARALLEL)
        if xml.get("default") and kind not in (ElementKind.EXCLUSIVE_GATEWAY, ElementKind.INCLUSIVE_GATEWAY):
            problems.refuse(xml, refusals.DEFAULT_ON_ACTIVITY)

    def _check_event(self, xml: Xml, node: Node) -> None:
        kind, event, problems = node.element.kind, node.event, self._problems
        match kind:
            case ElementKind.SERVICE_TASK | ElementKind.SEND_TASK if node.job is None:
                problems.refuse(xml, refusals.NO_JOB_TYPE)
            case ElementKind.START_EVENT if event is not None and not isinstance(
                event, MessageDefinition | TimerDefinition
            ):
                problems.refuse(xml, refusals.START_EVENT)
            case ElementKind.INTERMEDIATE_CATCH_EVENT if not isinstance(event, MessageDefinition | TimerDefinition):
                problems.refuse(xml, refusals.CATCH_EVENT)
            case ElementKind.BOUNDARY_EVENT if not isinstance(
                event, MessageDefinition | TimerDefinition | ErrorDefinition
            ):
                problems.refuse(xml, refusals.BOUNDARY_EVENT)
            case ElementKind.BOUNDARY_EVENT if isinstance(event, ErrorDefinition) and not node.interrupting:
                problems.refuse(xml, refusals.ERROR_INTERRUPTS)
            case ElementKind.INTERMEDIATE_THROW_EVENT if event is not None and node.job is None:
                problems.refuse(xml, refusals.THROW_EVENT)
            case ElementKind.END_EVENT if isinstance(event, MessageDefinition | TimerDefinition) and node.job is None:
                problems.refuse(xml, refusals.THROW_EVENT)
