"""Zeebe's extension elements of flow nodes."""

from __future__ import annotations

import re

from lxml import etree

from engine.interpreter.definitions import (
    CallDefinition,
    DecisionReference,
    JobDefinition,
    LoopDefinition,
    ScriptDefinition,
    UserTaskDefinition,
    VariableMapping,
)
from engine.interpreter.dialect import refusals
from engine.interpreter.dialect.document import (
    BPMN,
    CAMUNDA_7,
    ZEEBE,
    Xml,
    child,
    extensions,
    local_name,
    text_of,
    zeebe,
)
from engine.interpreter.dialect.problems import Problems

DEFAULT_RETRIES = "3"
"""Zeebe's."""

_JOB = frozenset({"taskDefinition", "taskHeaders"})
_VARIABLES = frozenset({"ioMapping", "properties"})
_ALLOWED: dict[str, frozenset[str]] = {
    "process": frozenset({"properties", "versionTag"}),
    "startEvent": _VARIABLES | {"formDefinition"},
    "endEvent": _VARIABLES | _JOB,
    "intermediateThrowEvent": _VARIABLES | _JOB,
    "userTask": _VARIABLES
    | {
        "userTask", "formDefinition", "assignmentDefinition", "taskSchedule", "priorityDefinition", "taskHeaders"
    },
    "serviceTask": _VARIABLES | _JOB,
    "sendTask": _VARIABLES | _JOB,
    "scriptTask": _VARIABLES | _JOB | {"script"},
    "businessRuleTask": _VARIABLES | _JOB | {"calledDecision"},
    "callActivity": _VARIABLES | {"calledElement"},
    "exclusiveGateway": frozenset({"properties"}),
    "inclusiveGateway": frozenset({"properties"}),
    "parallelGateway": frozenset({"properties"}),
    "eventBasedGateway": frozenset({"properties"}),
    "multiInstanceLoopCharacteristics": frozenset({"loopCharacteristics"}),
    "message": frozenset({"subscription"}),
    "sequenceFlow": frozenset({"properties"}),
    "lane": frozenset({"properties"}),
}  # fmt: skip
_TARGET = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def check_extensions(element: Xml, problems: Problems) -> None:
    """Refuse what would have no effect here: unknown Zeebe extensions, anything of Camunda 7."""
    allowed = _ALLOWED.get(local_name(element), _VARIABLES)
    for extension in extensions(element):
        qualified = etree.QName(extension)
        if qualified.namespace == ZEEBE and qualified.localname not in allowed:
            problems.refuse(element, refusals.unknown_extension(qualified.localname))
        if qualified.namespace == CAMUNDA_7:
            problems.refuse(element, refusals.CAMUNDA_SEVEN)
    if any(str(name).startswith(f"{{{CAMUNDA_7}}}") for name in element.attrib):
        problems.refuse(element, refusals.CAMUNDA_SEVEN)


def properties_of(element: Xml) -> dict[str, str]:
    """`zeebe:properties` by name."""
    holder = zeebe(element, "properties")
    if holder is None:
        return {}
    return {item.get("name", ""): item.get("value", "") for item in holder if isinstance(item.tag, str)}


def mappings(element: Xml, kind: str, problems: Problems) -> tuple[VariableMapping, ...]:
    """Input or output mappings (`kind` is input or output), in order."""
    holder = zeebe(element, "ioMapping")
    found = []
    for item in holder.iterchildren(f"{{{ZEEBE}}}{kind}") if holder is not None else ():
        target = item.get("target", "")
        if not _TARGET.fullmatch(target):
            problems.refuse(element, refusals.MAPPING_TARGET)
        found.append(VariableMapping(source=problems.template(element, item.get("source", "")), target=target))
    return tuple(found)


def job_of(element: Xml, problems: Problems) -> JobDefinition | None:
    """The job of the element, if it has a type."""
    holder = zeebe(element, "taskDefinition")
    if holder is None:
        return None
    if not holder.get("type", "").strip():
        problems.refuse(element, refusals.NO_JOB_TYPE)
    headers = zeebe(element, "taskHeaders")
    return JobDefinition(
        type=problems.template(element, holder.get("type", "")),
        retries=problems.template(element, holder.get("retries", DEFAULT_RETRIES)),
        headers={item.get("key", ""): item.get("value", "") for item in headers} if headers is not None else {},
    )


def form_of(element: Xml, problems: Problems) -> str | None:
    """The form's id."""
    holder = zeebe(element, "formDefinition")
    if holder is None:
        return None
    if holder.get("bindingType") == "versionTag":
        problems.refuse(element, refusals.VERSION_BINDING)
    if not holder.get("formId"):
        problems.refuse(element, refusals.FORM_KEY)
    return holder.get("formId")


def user_task_of(element: Xml, problems: Problems) -> UserTaskDefinition:
    """Form, assignment, schedule and priority."""
    assignment, schedule = zeebe(element, "assignmentDefinition"), zeebe(element, "taskSchedule")
    return UserTaskDefinition(
        form_id=form_of(element, problems),
        assignee=problems.optional(assignment, "assignee", element),
        candidate_groups=problems.optional(assignment, "candidateGroups", element),
        candidate_users=problems.optional(assignment, "candidateUsers", element),
        due=problems.optional(schedule, "dueDate", element),
        follow_up=problems.optional(schedule, "followUpDate", element),
        priority=problems.optional(zeebe(element, "priorityDefinition"), "priority", element),
    )


def script_of(element: Xml, problems: Problems) -> ScriptDefinition | None:
    """The FEEL script."""
    holder = zeebe(element, "script")
    if holder is None or not _TARGET.fullmatch(holder.get("resultVariable", "")):
        problems.refuse(element, refusals.NO_SCRIPT)
        return None
    return ScriptDefinition(
        expression=problems.expression(element, holder.get("expression", "")), result=holder.get("resultVariable", "")
    )


def decision_of(element: Xml, problems: Problems) -> DecisionReference | None:
    """The decision called."""
    holder = zeebe(element, "calledDecision")
    decision = holder.get("decisionId", "").strip() if holder is not None else ""
    result = holder.get("resultVariable", "") if holder is not None else ""
    if not decision or decision.startswith("=") or not _TARGET.fullmatch(result):
        problems.refuse(element, refusals.NO_DECISION)
        return None
    if holder is not None and holder.get("bindingType") == "versionTag":
        problems.refuse(element, refusals.VERSION_BINDING)
    return DecisionReference(decision_id=decision, result=result)


def call_of(element: Xml, problems: Problems) -> CallDefinition | None:
    """The process called."""
    holder = zeebe(element, "calledElement")
    called = holder.get("processId", "").strip() if holder is not None else ""
    if holder is None or not called or called.startswith("="):
        problems.refuse(element, refusals.NO_CALLEE)
        return None
    if holder.get("bindingType") == "versionTag":
        problems.refuse(element, refusals.VERSION_BINDING)
    return CallDefinition(
        process_id=called,
        all_parent_variables=holder.get("propagateAllParentVariables", "true") != "false",
        all_child_variables=holder.get("propagateAllChildVariables", "true") != "false",
    )


def loop_of(element: Xml, problems: Problems) -> LoopDefinition | None:
    """The multi-instance marker."""
    marker = child(element, "multiInstanceLoopCharacteristics")
    if marker is None:
        return None
    check_extensions(marker, problems)
    if marker.get("behavior", "All") != "All":
        problems.refuse(element, refusals.MULTI_INSTANCE_BEHAVIOUR)
    for part in marker.iterchildren(etree.Element):
        if part.tag not in {
            f"{{{BPMN}}}{name}" for name in ("extensionElements", "completionCondition", "documentation")
        }:
            problems.refuse(element, refusals.CARDINALITY)
    holder = zeebe(marker, "loopCharacteristics")
    if holder is None or not holder.get("inputCollection", "").strip():
        problems.refuse(element, refusals.NO_COLLECTION)
        return None
    if bool(holder.get("outputCollection")) != bool(holder.get("outputElement")):
        problems.refuse(element, refusals.OUTPUT_PAIR)
    output, until = holder.get("outputElement"), text_of(child(marker, "completionCondition"))
    return LoopDefinition(
        sequential=marker.get("isSequential") == "true",
        collection=problems.template(element, holder.get("inputCollection", "")),
        item=holder.get("inputElement") or None,
        output_collection=holder.get("outputCollection") or None,
        output_element=problems.expression(element, output) if output else None,
        until=problems.expression(element, until) if until else None,
    )
