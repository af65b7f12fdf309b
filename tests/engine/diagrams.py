"""Small processes for the engine's tests."""

from __future__ import annotations

from engine.services.answers import Resource

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="http://kaihu.example"'
    ' modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.6.0">'
)


def diagram(process_id: str, body: str, *, name: str = "流程", roots: str = "") -> Resource:
    """A file with one process; `body` has its flow nodes and flows, `roots` messages and errors."""
    xml = f'{_HEAD}{roots}<bpmn:process id="{process_id}" name="{name}" isExecutable="true">{body}</bpmn:process>'
    return Resource(f"{process_id}.bpmn", f"{xml}</bpmn:definitions>".encode())


def chain(*nodes: tuple[str, str]) -> str:
    """Nodes one after the other: (id, XML with a hole {flows} for incoming and outgoing)."""
    parts = []
    for index, (_, xml) in enumerate(nodes):
        flows = "" if index == 0 else f"<bpmn:incoming>f{index}</bpmn:incoming>"
        flows += "" if index == len(nodes) - 1 else f"<bpmn:outgoing>f{index + 1}</bpmn:outgoing>"
        parts.append(xml.replace("{flows}", flows))
    parts.extend(
        f'<bpmn:sequenceFlow id="f{index}" sourceRef="{nodes[index - 1][0]}" targetRef="{nodes[index][0]}"/>'
        for index in range(1, len(nodes))
    )
    return "".join(parts)


def start(id_: str = "begin", form_id: str = "") -> tuple[str, str]:
    form = f'<zeebe:formDefinition formId="{form_id}"/>' if form_id else ""
    extension = f"<bpmn:extensionElements>{form}</bpmn:extensionElements>" if form else ""
    return id_, f'<bpmn:startEvent id="{id_}">{extension}{{flows}}</bpmn:startEvent>'


def end(id_: str = "finish") -> tuple[str, str]:
    return id_, f'<bpmn:endEvent id="{id_}">{{flows}}</bpmn:endEvent>'


def user_task(
    id_: str, group: str, *, form_id: str = "", excludes: str = "", due: str = "", **properties: str
) -> tuple[str, str]:
    """`properties` are ours by name, such as excludesCase."""
    form = f'<zeebe:formDefinition formId="{form_id}"/>' if form_id else ""
    schedule = f'<zeebe:taskSchedule dueDate="{due}"/>' if due else ""
    written = properties | ({"excludes": excludes} if excludes else {})
    each = "".join(f'<zeebe:property name="{name}" value="{value}"/>' for name, value in written.items())
    facts = f"<zeebe:properties>{each}</zeebe:properties>" if each else ""
    return id_, (
        f'<bpmn:userTask id="{id_}" name="{id_}"><bpmn:extensionElements><zeebe:userTask/>{form}{schedule}'
        f'<zeebe:assignmentDefinition candidateGroups="{group}"/>{facts}'
        "</bpmn:extensionElements>{flows}</bpmn:userTask>"
    )


def service_task(id_: str, job_type: str, retries: int = 3) -> tuple[str, str]:
    return id_, (
        f'<bpmn:serviceTask id="{id_}" name="{id_}"><bpmn:extensionElements>'
        f'<zeebe:taskDefinition type="{job_type}" retries="{retries}"/>'
        "</bpmn:extensionElements>{flows}</bpmn:serviceTask>"
    )


def message_catch(id_: str, message: str) -> tuple[str, str]:
    return id_, (
        f'<bpmn:intermediateCatchEvent id="{id_}">{{flows}}'
        f'<bpmn:messageEventDefinition id="{id_}_definition" messageRef="{message}"/></bpmn:intermediateCatchEvent>'
    )


def message(id_: str) -> str:
    return (
        f'<bpmn:message id="{id_}" name="{id_}"><bpmn:extensionElements>'
        '<zeebe:subscription correlationKey="=business_key"/></bpmn:extensionElements></bpmn:message>'
    )


def timer_catch(id_: str, duration: str) -> tuple[str, str]:
    return id_, (
        f'<bpmn:intermediateCatchEvent id="{id_}">{{flows}}<bpmn:timerEventDefinition id="{id_}_definition">'
        f'<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">{duration}</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )


def form(form_id: str, key: str) -> Resource:
    """A form with one required text field."""
    text = (
        f'{{"id": "{form_id}", "type": "default", "schemaVersion": 16, "components": [{{"id": "Field_1",'
        f' "type": "textfield", "key": "{key}", "label": "意见", "validate": {{"required": true}},'
        ' "properties": {"label_en": "Opinion"}}]}'
    )
    return Resource(f"{form_id}.form", text.encode())


def call(id_: str, process_id: str) -> tuple[str, str]:
    return id_, (
        f'<bpmn:callActivity id="{id_}"><bpmn:extensionElements>'
        f'<zeebe:calledElement processId="{process_id}" propagateAllChildVariables="true"/>'
        "</bpmn:extensionElements>{flows}</bpmn:callActivity>"
    )


def message_start(id_: str, message: str) -> tuple[str, str]:
    return id_, (
        f'<bpmn:startEvent id="{id_}">{{flows}}'
        f'<bpmn:messageEventDefinition id="{id_}_definition" messageRef="{message}"/></bpmn:startEvent>'
    )


def timer_start(id_: str, time: str, kind: str = "timeCycle", business_key: str = "") -> tuple[str, str]:
    facts = f'<zeebe:properties><zeebe:property name="businessKey" value="{business_key}"/></zeebe:properties>'
    extension = f"<bpmn:extensionElements>{facts}</bpmn:extensionElements>" if business_key else ""
    return id_, (
        f'<bpmn:startEvent id="{id_}">{extension}{{flows}}<bpmn:timerEventDefinition id="{id_}_definition">'
        f'<bpmn:{kind} xsi:type="bpmn:tFormalExpression">{time}</bpmn:{kind}>'
        "</bpmn:timerEventDefinition></bpmn:startEvent>"
    )
