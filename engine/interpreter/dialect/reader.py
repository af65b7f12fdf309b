"""A BPMN file to process models, or every reason why not."""

from __future__ import annotations

from collections.abc import Iterator

from engine.interpreter.definitions import Body, MessageDefinition, Node, SequenceFlow, TimerDefinition
from engine.interpreter.dialect import refusals
from engine.interpreter.dialect.document import BPMN, Xml, child, children, local_name, read_definitions, zeebe
from engine.interpreter.dialect.events import EventReader
from engine.interpreter.dialect.extensions import check_extensions, properties_of
from engine.interpreter.dialect.nodes import DRAWING, NodeReader
from engine.interpreter.dialect.problems import Problems
from engine.interpreter.dialect.structure import check_structure
from engine.interpreter.errors import DiagramRefused
from engine.interpreter.process_model import Diagram, ProcessModel
from engine.model.elements import ElementKind, Flow

_KINDS = frozenset(kind.value for kind in ElementKind) - {"process"}
_SCHEMA_DEFAULT = "http://www.w3.org/1999/XPath"
"""What BPMN's schema says of a file that says nothing; many tools write it into files without any expression."""
_SUB_PROCESS_PARTS = frozenset(
    {
        "documentation", "extensionElements", "incoming", "outgoing", "multiInstanceLoopCharacteristics",
        "sequenceFlow", "laneSet", "property", "dataInputAssociation", "dataOutputAssociation",
    }
)  # fmt: skip


def parse_diagram(xml: bytes, resource_name: str) -> Diagram:
    """Read a BPMN 2.0 file in Camunda 8's dialect. Raises DiagramRefused with all problems found.

    Processes that are not executable are drawing, as are the message flows of a collaboration.
    """
    root = read_definitions(xml, resource_name)
    problems = Problems()
    events = EventReader(root, problems)
    models = {}
    _check_language(root, "expressionLanguage", resource_name, problems)
    for process in children(root, "process"):
        if process.get("isExecutable", "true") == "true":
            model = _ProcessReader(process, events, problems).read()
            models[model.id] = model
            for expression in process.iter(f"{{{BPMN}}}*"):
                if expression.get("language"):
                    _check_language(expression, "language", _drawn(expression), problems)
    for name in ("choreography", "globalScriptTask", "globalTask"):
        for element in children(root, name):
            problems.refuse(element, refusals.unknown_element(name))
    if not models:
        problems.refuse(resource_name, refusals.NOTHING_EXECUTABLE)
    if problems.found:
        raise DiagramRefused(resource_name, problems.found)
    return Diagram(resource_name=resource_name, processes=models)


def _check_language(holder: Xml, attribute: str, element: Xml | str, problems: Problems) -> None:
    """Expressions are FEEL whatever a file says of them, so one that is said to be something else is refused."""
    language = holder.get(attribute, "").strip()
    if language not in ("", _SCHEMA_DEFAULT) and "feel" not in language.lower():
        problems.refuse(element, refusals.foreign_language(language))


def _drawn(expression: Xml) -> Xml:
    """The element or flow an expression belongs to."""
    at = expression
    while local_name(at) not in _KINDS | {"sequenceFlow", "process"}:
        at = at.getparent()  # type: ignore[assignment]  # a process is around every expression
    return at


class _ProcessReader:
    """Reads one process with its sub-processes."""

    def __init__(self, process: Xml, events: EventReader, problems: Problems) -> None:
        self._process = process
        self._id = str(process.get("id"))
        self._problems = problems
        self._lanes, self._lane_names = _lanes(process, problems)
        self._nodes = NodeReader(self._id, self._lanes, events, problems)

    def read(self) -> ProcessModel:
        """The model; with problems noted it is not to be used."""
        process = self._process
        check_extensions(process, self._problems)
        body = self._body(process, self._id)
        nodes = list(_all_nodes(body))
        properties, tag = properties_of(process), zeebe(process, "versionTag")
        starts = [node for node in body.nodes if node.element.kind is ElementKind.START_EVENT]
        calls = {node.call.process_id: node.id for node in nodes if node.call}
        decisions = {node.decision.decision_id: node.id for node in nodes if node.decision}
        return ProcessModel(
            id=self._id,
            name=process.get("name") or "",
            name_en=properties.get("name_en", ""),
            version_tag=tag.get("value", "") if tag is not None else "",
            executable=True,
            elements={node.id: node.element for node in nodes},
            flows={item.flow.id: item.flow for item in _all_flows(body)},
            lanes=self._lane_names,
            called_processes=frozenset(calls),
            called_decisions=frozenset(decisions),
            forms=frozenset(node.element.form_id for node in nodes if node.element.form_id),
            job_types=frozenset(
                node.element.job_type
                for node in nodes
                if node.element.job_type and not node.element.job_type.startswith("=")
            ),
            messages=frozenset(node.event.name for node in nodes if isinstance(node.event, MessageDefinition)),
            start_form=next((node.element.form_id for node in starts if node.event is None), None),
            message_starts={node.event.name: node.id for node in starts if isinstance(node.event, MessageDefinition)},
            timer_starts={node.id: node.event for node in starts if isinstance(node.event, TimerDefinition)},
            callers={**calls, **decisions},
            body=body,
        )

    def _body(self, container: Xml, key: str) -> Body:
        nodes, flows = [], []
        defaults = {str(item.get("default")) for item in children(container) if item.get("default")}
        for item in children(container):
            name = local_name(item)
            if name in _KINDS:
                inside = self._body(item, f"{self._id}#{item.get('id')}") if name == "subProcess" else None
                nodes.append(self._nodes.read(item, inside))
            elif name == "sequenceFlow":
                flows.append(self._flow(item, defaults))
            elif name in refusals.ELEMENTS:
                self._problems.refuse(item, refusals.ELEMENTS[name])
            elif name not in DRAWING | _SUB_PROCESS_PARTS | {"ioSpecification"}:
                self._problems.refuse(item, refusals.unknown_element(name))
        body = Body(id=str(container.get("id")), process_id=self._id, nodes=tuple(nodes), flows=tuple(flows), key=key)
        check_structure(body, self._problems)
        return body

    def _flow(self, xml: Xml, defaults: set[str]) -> SequenceFlow:
        check_extensions(xml, self._problems)
        condition = child(xml, "conditionExpression")
        text = (condition.text or "").strip() if condition is not None else ""
        if condition is not None and not text.startswith("="):
            self._problems.refuse(xml, refusals.CONDITION_NOT_EXPRESSION)
            text = "=null"
        flow = Flow(
            id=str(xml.get("id")),
            process_id=self._id,
            source=str(xml.get("sourceRef")),
            target=str(xml.get("targetRef")),
            name=xml.get("name") or "",
            name_en=properties_of(xml).get("name_en", ""),
        )
        compiled = self._problems.template(xml, text) if text else None
        return SequenceFlow(flow=flow, condition=compiled, is_default=flow.id in defaults)


def _lanes(process: Xml, problems: Problems) -> tuple[dict[str, str], tuple[str, ...]]:
    """Lane name by element id, and the names in drawing order."""
    by_element: dict[str, str] = {}
    names = []
    for lane in (lane for lane_set in children(process, "laneSet") for lane in children(lane_set, "lane")):
        check_extensions(lane, problems)
        if child(lane, "childLaneSet") is not None:
            problems.refuse(lane, refusals.NESTED_LANES)
        name = lane.get("name") or str(lane.get("id"))
        names.append(name)
        for ref in children(lane, "flowNodeRef"):
            element = (ref.text or "").strip()
            if element in by_element:
                problems.refuse(element, refusals.TWO_LANES)
            by_element[element] = name
    return by_element, tuple(names)


def _all_nodes(body: Body) -> Iterator[Node]:
    for node in body.nodes:
        yield node
        if node.body is not None:
            yield from _all_nodes(node.body)


def _all_flows(body: Body) -> Iterator[SequenceFlow]:
    yield from body.flows
    for node in body.nodes:
        if node.body is not None:
            yield from _all_flows(node.body)
