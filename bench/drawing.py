"""Small diagrams whose size is the question: a loop of so many rounds, a line of so many steps, one call outside."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bench.diagrams import CLERK, REMOTE_CHECK

_Node = tuple[str, str, str]
"""Tag, id, and what stands inside."""


def loop_diagram() -> bytes:
    """A human task again and again, until `rounds` are done; `count` is written in every round."""
    nodes = [
        ("startEvent", "begin", ""),
        ("exclusiveGateway", "again", ""),
        _human("work"),
        _script("add", "=count + 1", "count"),
        ("exclusiveGateway", "enough", ""),
        ("endEvent", "finish", ""),
    ]
    flows = ["begin again", "again work", "work add", "add enough", "enough again =count &lt; rounds", "enough finish"]
    return _drawn("loop", nodes, flows, default={"enough": "enough_finish"})


def line_diagram(steps: int) -> bytes:
    """So many scripts in a row, and one human task before them."""
    scripts = [_script(f"step_{number}", f"={number}", "last") for number in range(steps)]
    nodes = [("startEvent", "begin", ""), _human("work"), *scripts, ("endEvent", "finish", "")]
    names = [name for _, name, _ in nodes]
    return _drawn(f"line_{steps}", nodes, [" ".join(pair) for pair in pairwise(names)])


def items_diagram() -> bytes:
    """A human task for each of `items` at once, whose results are gathered."""
    gathered = 'inputCollection="=items" inputElement="item" outputCollection="results" outputElement="=item"'
    loop = _extended(f"<zeebe:loopCharacteristics {gathered}/>")
    tag, name, inside = _human("work")
    inside += f"<bpmn:multiInstanceLoopCharacteristics>{loop}</bpmn:multiInstanceLoopCharacteristics>"
    nodes = [("startEvent", "begin", ""), (tag, name, inside), ("endEvent", "finish", "")]
    return _drawn("items", nodes, ["begin work", "work finish"])


def outside_diagram() -> bytes:
    """One remote job."""
    call = ("serviceTask", "call", _extended(f'<zeebe:taskDefinition type="{REMOTE_CHECK}"/>'))
    nodes = [("startEvent", "begin", ""), call, ("endEvent", "finish", "")]
    return _drawn("outside", nodes, ["begin call", "call finish"])


def _human(name: str) -> _Node:
    return "userTask", name, _extended(f'<zeebe:userTask/><zeebe:assignmentDefinition assignee="{CLERK}"/>')


def _script(name: str, expression: str, variable: str) -> _Node:
    return "scriptTask", name, _extended(f'<zeebe:script expression="{expression}" resultVariable="{variable}"/>')


def _extended(content: str) -> str:
    return f"<bpmn:extensionElements>{content}</bpmn:extensionElements>"


def _drawn(process: str, nodes: Sequence[_Node], flows: Sequence[str], default: dict[str, str] | None = None) -> bytes:
    drawn = [_node(node, (default or {}).get(node[1])) for node in nodes] + [_flow(flow) for flow in flows]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
        ' id="bench_definitions" targetNamespace="urn:bench">'
        f'<bpmn:process id="{process}" name="{process}" isExecutable="true">{"".join(drawn)}</bpmn:process>'
        "</bpmn:definitions>"
    ).encode()


def _node(node: _Node, default: str | None) -> str:
    tag, name, inside = node
    attribute = f' default="{default}"' if default else ""
    return f'<bpmn:{tag} id="{name}" name="{name}"{attribute}>{inside}</bpmn:{tag}>'


def _flow(flow: str) -> str:
    source, target, *condition = flow.split(maxsplit=2)
    inner = "".join(
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{each}</bpmn:conditionExpression>'
        for each in condition
    )
    ends = f'id="{source}_{target}" sourceRef="{source}" targetRef="{target}"'
    return f"<bpmn:sequenceFlow {ends}>{inner}</bpmn:sequenceFlow>"
