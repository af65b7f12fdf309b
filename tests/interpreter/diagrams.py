"""A small writer of BPMN, so that a test shows only what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' targetNamespace="https://example.org/bpmn">'
)
Pairs = Iterable[tuple[str, str]]


def document(*parts: str) -> bytes:
    """A file of processes, messages and errors."""
    return (HEAD + "".join(parts) + "</bpmn:definitions>").encode()


def process(id_: str, *parts: str) -> str:
    return f'<bpmn:process id="{id_}" isExecutable="true">{"".join(parts)}</bpmn:process>'


def element(tag: str, id_: str, extensions: str = "", body: str = "", **attributes: str) -> str:
    written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    holder = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
    return f'<bpmn:{tag} id="{id_}"{written}>{holder}{body}</bpmn:{tag}>'


def io(inputs: Pairs = (), outputs: Pairs = ()) -> str:
    written = "".join(f"<zeebe:input source={quoteattr(a)} target={quoteattr(b)}/>" for a, b in inputs)
    written += "".join(f"<zeebe:output source={quoteattr(a)} target={quoteattr(b)}/>" for a, b in outputs)
    return f"<zeebe:ioMapping>{written}</zeebe:ioMapping>" if written else ""


def start(id_: str = "s") -> str:
    return element("startEvent", id_)


def end(id_: str = "e", body: str = "") -> str:
    return element("endEvent", id_, body=body)


def job(id_: str, inputs: Pairs = (), outputs: Pairs = (), body: str = "", type_: str = "work") -> str:
    return element("serviceTask", id_, f'<zeebe:taskDefinition type="{type_}"/>' + io(inputs, outputs), body)


def user(id_: str, inputs: Pairs = (), outputs: Pairs = (), body: str = "", further: str = "") -> str:
    extensions = '<zeebe:userTask/><zeebe:formDefinition formId="f"/>'
    extensions += '<zeebe:assignmentDefinition candidateGroups="reviewer, supervisor"/>'
    return element("userTask", id_, extensions + further + io(inputs, outputs), body)


def script(id_: str, expression: str, result: str) -> str:
    return element(
        "scriptTask", id_, f"<zeebe:script expression={quoteattr(expression)} resultVariable={quoteattr(result)}/>"
    )


def rule(id_: str, decision: str, result: str) -> str:
    return element(
        "businessRuleTask", id_, f'<zeebe:calledDecision decisionId="{decision}" resultVariable="{result}"/>'
    )


def sub(id_: str, *parts: str, inputs: Pairs = (), outputs: Pairs = (), loop: str = "") -> str:
    return element("subProcess", id_, io(inputs, outputs), loop + "".join(parts))


def call(
    id_: str,
    called: str,
    inputs: Pairs = (),
    outputs: Pairs = (),
    *,
    parent: bool = True,
    child: bool = True,
    loop: str = "",
) -> str:
    propagation = (
        f'propagateAllParentVariables="{str(parent).lower()}" propagateAllChildVariables="{str(child).lower()}"'
    )
    return element(
        "callActivity", id_, f'<zeebe:calledElement processId="{called}" {propagation}/>' + io(inputs, outputs), loop
    )


def each(
    collection: str, item: str = "", output: str = "", value: str = "", *, sequential: bool = False, until: str = ""
) -> str:
    attributes = f"inputCollection={quoteattr(collection)}"
    attributes += f' inputElement="{item}"' if item else ""
    attributes += f' outputCollection="{output}" outputElement={quoteattr(value)}' if output else ""
    condition = f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><bpmn:extensionElements>'
        f"<zeebe:loopCharacteristics {attributes}/></bpmn:extensionElements>{condition}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def timer(value: str, kind: str = "timeDuration") -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(value)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def awaited(message_id: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="{message_id}"/>'


def thrown(error_id: str = "") -> str:
    return f'<bpmn:errorEventDefinition errorRef="{error_id}"/>' if error_id else "<bpmn:errorEventDefinition/>"


def boundary(id_: str, host: str, definition: str, *, interrupting: bool = True) -> str:
    return element("boundaryEvent", id_, "", definition, attachedToRef=host, cancelActivity=str(interrupting).lower())


def catch(id_: str, definition: str) -> str:
    return element("intermediateCatchEvent", id_, "", definition)


def gateway(kind: str, id_: str, default: str = "") -> str:
    return element(f"{kind}Gateway", id_, **({"default": default} if default else {}))


def flow(source: str, target: str, condition: str = "", id_: str = "") -> str:
    written = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
    name = id_ or f"{source}-{target}"
    return f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{written}</bpmn:sequenceFlow>'


def path(*ids: str) -> str:
    return "".join(flow(source, target) for source, target in pairwise(ids))


def message(id_: str, name: str, key: str = "=business_key") -> str:
    extension = f"<zeebe:subscription correlationKey={quoteattr(key)}/>"
    holder = f"<bpmn:extensionElements>{extension}</bpmn:extensionElements>"
    return f'<bpmn:message id="{id_}" name="{name}">{holder}</bpmn:message>'


def error(id_: str, code: str) -> str:
    return f'<bpmn:error id="{id_}" name="{id_}" errorCode="{code}"/>'


def straight(*elements: str, beside: str = "") -> bytes:
    """A file whose process `p` does these elements one after the other; `beside` stands next to the process."""
    return document(beside, process("p", start(), *elements, end(), path("s", *map(_id, elements), "e")))


def guarded(host: str, event: str, *then: str, beside: str = "") -> bytes:
    """Like `straight` with one element, `host`; its boundary event leads over the elements of `then` to the end."""
    ways = path("s", _id(host), "e") + path(_id(event), *map(_id, then), "e")
    return document(beside, process("p", start(), host, event, *then, end(), ways))


def choosing(condition: str) -> bytes:
    """A file whose process `p` does the job `a` when the condition of the gateway `g` holds, else ends."""
    ways = path("s", "g") + flow("g", "a", condition) + flow("g", "e", id_="d") + path("a", "e")
    return document(process("p", start(), gateway("exclusive", "g", "d"), job("a"), end(), ways))


def _id(element_: str) -> str:
    found = re.search(r'\bid="([^"]*)"', element_)
    assert found, "an element has an id"
    return found[1]
