"""Tables with declared types and values, for the tests of their checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from engine.decisions import DecisionModel, parse_decisions
from engine.decisions.table_checks import Finding, check_tables
from tests.decisions.models import decision, definitions, text


@dataclass(frozen=True)
class Column:
    """An input or output column; for an output `expression` is its name."""

    expression: str
    type: str = ""
    values: str = ""
    default: str = ""
    label: str = ""


def checked(
    policy: str,
    inputs: Sequence[str | Column],
    outputs: Sequence[str | Column],
    *rules: Sequence[str],
    types: str = "",
    aggregation: str = "",
) -> list[Finding]:
    """What is found in a table; a rule is its cells and outputs."""
    return check_tables(model_of(policy, inputs, outputs, *rules, types=types, aggregation=aggregation))


def model_of(
    policy: str,
    inputs: Sequence[str | Column],
    outputs: Sequence[str | Column],
    *rules: Sequence[str],
    types: str = "",
    aggregation: str = "",
) -> DecisionModel:
    """A model with one decision `d` that is a table."""
    aggregated = f' aggregation="{aggregation}"' if aggregation else ""
    parts = [f'<decisionTable id="t" hitPolicy="{policy}"{aggregated}>']
    for index, column in enumerate(map(_column, inputs), 1):
        label = f" label={quoteattr(column.label)}" if column.label else ""
        parts.append(f'<input id="i{index}"{label}><inputExpression{_type(column)}>{text(column.expression)}')
        parts.append(f"</inputExpression>{_values('inputValues', column.values)}</input>")
    for index, column in enumerate(map(_column, outputs), 1):
        parts.append(f'<output id="o{index}" name="{column.expression}"{_type(column)}>')
        parts.append(_values("outputValues", column.values) + _values("defaultOutputEntry", column.default))
        parts.append("</output>")
    for number, rule in enumerate(rules, 1):
        parts.append(f'<rule id="r{number}">')
        parts += [f"<inputEntry>{text(cell)}</inputEntry>" for cell in rule[: len(inputs)]]
        parts += [f"<outputEntry>{text(cell)}</outputEntry>" for cell in rule[len(inputs) :]]
        parts.append("</rule>")
    xml = definitions(types, decision("d", "".join([*parts, "</decisionTable>"])))
    return parse_decisions(xml, "file.dmn")


def item_type(name: str, base: str, allowed: str = "") -> str:
    """An item definition."""
    return (
        f'<itemDefinition name="{name}"><typeRef>{base}</typeRef>{_values("allowedValues", allowed)}</itemDefinition>'
    )


def _column(given: str | Column) -> Column:
    return Column(given) if isinstance(given, str) else given


def _type(column: Column) -> str:
    return f' typeRef="{column.type}"' if column.type else ""


def _values(name: str, values: str) -> str:
    return f"<{name}>{text(values)}</{name}>" if values else ""
