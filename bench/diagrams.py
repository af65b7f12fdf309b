"""The measured case: 18 nodes, three human tasks, five checks; once for Kaihu, once for stock SpiffWorkflow."""

from __future__ import annotations

from collections.abc import Callable

CLERK = 11

_FLOWS = (
    "begin enter",
    "enter register",
    "register check",
    "check fork",
    "fork screen",
    "fork owners",
    "screen join",
    "owners join",
    "join review",
    "review rate",
    "rate band",
    "band approve",
    "band fast_lane high",
    "approve merge",
    "fast_lane merge",
    "merge limits",
    "limits open",
    "open record",
    "record finish",
)
_USER_TASKS = ("enter", "review", "approve")
CHECKS = ("register", "check", "screen", "owners", "limits", "open")
_SCRIPTS = ("rate", "record", "fast_lane")
NODES = 18
ELEMENTS = 17
"""How many nodes a case passes: the fast lane is drawn, but this applicant's risk does not lead there."""
LOCAL_CHECK, REMOTE_CHECK = "bench-check", "bench-remote-check"
_OUTSIDE = ("check", "screen", "open")
"""The checks that ask somebody outside in the variant with remote jobs."""


def kaihu_diagram(*, remote: bool = False, form_id: str | None = None) -> bytes:
    """In Camunda 8's dialect: tasks assigned to one clerk, checks as local jobs, three of them remote if asked.

    With `form_id`, every task has that form.
    """
    form = f'<zeebe:formDefinition formId="{form_id}"/>' if form_id else ""

    def node(name: str) -> str:
        if name in _USER_TASKS:
            extension = f'<zeebe:userTask/>{form}<zeebe:assignmentDefinition assignee="{CLERK}"/>'
            return _element("userTask", name, _extended(extension))
        if name in CHECKS:
            check = REMOTE_CHECK if remote and name in _OUTSIDE else LOCAL_CHECK
            return _element("serviceTask", name, _extended(f'<zeebe:taskDefinition type="{check}"/>'))
        script = f'<zeebe:script expression="=&quot;done&quot;" resultVariable="{name}"/>'
        return _element("scriptTask", name, _extended(script))

    return _diagram(node, "=risk &gt; 100", ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"')


def stock_diagram(*, each_step: bool = False) -> bytes:
    """The same graph in what the stock library runs: manual tasks, and Python scripts for checks.

    With `each_step` checks are manual tasks, too, so that the state can be stored before and after each.
    """

    def node(name: str) -> str:
        if name in _USER_TASKS or (each_step and name in CHECKS):
            return _element("manualTask", name, "")
        result = "{'owners': len(application['owners']), 'passed': True}" if name in CHECKS else "'done'"
        return _element("scriptTask", name, "", f"<bpmn:script>{name} = {result}</bpmn:script>")

    return _diagram(node, "risk &gt; 100", "")


def engine_diagram() -> bytes:
    """The same graph for bpmn-engine: user tasks, and services of the environment for checks and scripts."""

    def node(name: str) -> str:
        if name in _USER_TASKS:
            return _element("userTask", name, "")
        service = "check" if name in CHECKS else "note"
        return _element("serviceTask", name, "", attributes=f' implementation="${{environment.services.{service}}}"')

    return _diagram(node, "${environment.variables.high}", "")


def _extended(content: str) -> str:
    return f"<bpmn:extensionElements>{content}</bpmn:extensionElements>"


def _element(tag: str, name: str, before: str, after: str = "", attributes: str = "") -> str:
    incoming = "".join(f"<bpmn:incoming>{_id(flow)}</bpmn:incoming>" for flow in _FLOWS if flow.split()[1] == name)
    outgoing = "".join(f"<bpmn:outgoing>{_id(flow)}</bpmn:outgoing>" for flow in _FLOWS if flow.split()[0] == name)
    return f'<bpmn:{tag} id="{name}" name="{name}"{attributes}>{before}{incoming}{outgoing}{after}</bpmn:{tag}>'


def _id(flow: str) -> str:
    return f"{flow.split(maxsplit=1)[0]}_to_{flow.split()[1]}"


def _flow(flow: str, condition: str) -> str:
    source, target, *high = flow.split()
    inner = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
        if high
        else ""
    )
    return f'<bpmn:sequenceFlow id="{_id(flow)}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


def _diagram(node: Callable[[str], str], condition: str, namespaces: str) -> bytes:
    elements = [
        _element("startEvent", "begin", ""),
        *(node(name) for name in (*_USER_TASKS, *CHECKS, *_SCRIPTS)),
        _element("parallelGateway", "fork", ""),
        _element("parallelGateway", "join", ""),
        _element("exclusiveGateway", "band", "", attributes=' default="band_to_approve"'),
        _element("exclusiveGateway", "merge", ""),
        _element("endEvent", "finish", ""),
        *(_flow(flow, condition) for flow in _FLOWS),
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"{namespaces}'
        ' id="bench_definitions" targetNamespace="urn:bench">'
        f'<bpmn:process id="bench" name="bench" isExecutable="true">{"".join(elements)}</bpmn:process>'
        "</bpmn:definitions>"
    ).encode()
