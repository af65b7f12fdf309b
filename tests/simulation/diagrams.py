"""Small diagrams, written as text, for tests that play them."""

from __future__ import annotations

import itertools
from xml.sax.saxutils import escape, quoteattr

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="test">'
)


def diagram(*parts: str, beside: str = "") -> bytes:
    """A file with one executable process `p` of these parts; `beside` stands next to the process."""
    body = f'{beside}<bpmn:process id="p" isExecutable="true">{"".join(parts)}</bpmn:process>'
    return f"{_HEAD}{body}</bpmn:definitions>".encode()


def element(tag: str, id: str, extensions: str = "", body: str = "", **attributes: str) -> str:
    """One BPMN element."""
    extra = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    inner = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
    return f'<bpmn:{tag} id="{id}"{extra}>{inner}{body}</bpmn:{tag}>'


def user_task(id: str) -> str:
    return element("userTask", id, "<zeebe:userTask/>")


def service_task(id: str, job_type: str) -> str:
    return element("serviceTask", id, f'<zeebe:taskDefinition type="{job_type}"/>')


def script_task(id: str, expression: str, variable: str) -> str:
    return element(
        "scriptTask", id, f'<zeebe:script expression={quoteattr("=" + expression)} resultVariable="{variable}"/>'
    )


def timer(tag: str, id: str, duration: str, **attributes: str) -> str:
    definition = f"<bpmn:timeDuration>{duration}</bpmn:timeDuration>"
    return element(tag, id, body=f"<bpmn:timerEventDefinition>{definition}</bpmn:timerEventDefinition>", **attributes)


def flow(source: str, target: str, condition: str = "", id: str = "") -> str:
    text = f"<bpmn:conditionExpression>{escape('=' + condition)}</bpmn:conditionExpression>" if condition else ""
    return element("sequenceFlow", id or f"{source}_{target}", body=text, sourceRef=source, targetRef=target)


def path(*ids: str) -> str:
    return "".join(flow(source, target) for source, target in itertools.pairwise(ids))


START, END = element("startEvent", "start"), element("endEvent", "end")
