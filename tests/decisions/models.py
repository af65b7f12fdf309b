"""DMN files for tests, written as short as they can be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine.decisions import DecisionResult, parse_decisions
from engine.feel import Environment

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def environment() -> Environment:
    return Environment(dt.datetime(2026, 11, 23, 10, 30, tzinfo=dt.UTC))


def definitions(*elements: str, namespace: str = NAMESPACE) -> bytes:
    """A file with the given elements."""
    return f'<definitions xmlns="{namespace}" id="file" name="file">{"".join(elements)}</definitions>'.encode()


def text(value: str) -> str:
    return f"<text>{escape(value)}</text>"


def literal(value: str, type_ref: str = "") -> str:
    return (
        f"<literalExpression{f' typeRef={quoteattr(type_ref)}' if type_ref else ''}>{text(value)}</literalExpression>"
    )


def decision(id_: str, logic: str, *, requires: str = "", name: str = "", type_ref: str = "") -> str:
    """A decision; `requires` is the XML of its requirements."""
    variable = f'<variable name={quoteattr(name or id_)} typeRef="{type_ref}"/>' if type_ref else ""
    return f'<decision id="{id_}" name={quoteattr(name or id_)}>{variable}{requires}{logic}</decision>'


def requires_decision(*ids: str) -> str:
    return "".join(f'<informationRequirement><requiredDecision href="#{id_}"/></informationRequirement>' for id_ in ids)


def requires_input(*ids: str) -> str:
    return "".join(f'<informationRequirement><requiredInput href="#{id_}"/></informationRequirement>' for id_ in ids)


def requires_function(id_: str) -> str:
    return f'<knowledgeRequirement><requiredKnowledge href="#{id_}"/></knowledgeRequirement>'


def table(
    policy: str,
    inputs: Sequence[str],
    outputs: Sequence[str | tuple[str, str, str]],
    *rules: Sequence[str],
    aggregation: str = "",
    notes: bool = False,
) -> str:
    """A table. An output is a name, or name, output values and default; a rule is cells, outputs (and a note)."""
    attribute = f' aggregation="{aggregation}"' if aggregation else ""
    parts = [f'<decisionTable hitPolicy="{policy}"{attribute}>']
    parts += [f"<input><inputExpression>{text(source)}</inputExpression></input>" for source in inputs]
    for output in outputs:
        name, values, default = (output, "", "") if isinstance(output, str) else output
        parts.append(f'<output name="{name}">')
        parts.append(f"<outputValues>{text(values)}</outputValues>" if values else "")
        parts.append(f"<defaultOutputEntry>{text(default)}</defaultOutputEntry>" if default else "")
        parts.append("</output>")
    for index, rule in enumerate(rules, 1):
        cells = list(rule)
        parts.append(f'<rule id="rule{index}">')
        note = cells.pop() if notes else ""
        parts += [f"<inputEntry>{text(cell)}</inputEntry>" for cell in cells[: len(inputs)]]
        parts += [f"<outputEntry>{text(cell)}</outputEntry>" for cell in cells[len(inputs) :]]
        parts.append(f"<annotationEntry>{text(note)}</annotationEntry>" if note else "")
        parts.append("</rule>")
    return "".join([*parts, "</decisionTable>"])


def take(xml: bytes, id_: str, variables: Mapping[str, Any] | None = None) -> DecisionResult:
    """The decision's result and trace."""
    return parse_decisions(xml, "file.dmn").decisions[id_].evaluate(variables or {}, environment())
