"""What values a column may have: its declared type, followed through the model's types, and its allowed values."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.decisions.item_types import DataType
from engine.decisions.model import DecisionModel
from engine.decisions.table_checks.lines import (
    BOOLEANS,
    DATES,
    INSTANTS,
    MOMENTS,
    MONTHS,
    NUMBERS,
    SPANS,
    TEXTS,
    TIMES,
    Line,
)
from engine.decisions.tables import Input
from engine.feel import UnaryTests

_MAX_DEPTH = 32
"""Types built on types; a file may build one on itself."""


@dataclass(frozen=True)
class Domain:
    """`lines` is empty when the kind is not declared. `opaque` ones hold lists, contexts or functions; of `whole`
    ones only the whole numbers count. `allowed` must all be met by a value."""

    lines: tuple[Line, ...] = ()
    whole: bool = False
    opaque: bool = False
    allowed: tuple[UnaryTests, ...] = ()


UNDECLARED = Domain()

_LINES = {
    "string": (TEXTS,),
    "number": (NUMBERS,),
    "boolean": (BOOLEANS,),
    "date": (DATES,),
    "time": (TIMES,),
    "date and time": (MOMENTS, INSTANTS),
    "days and time duration": (SPANS,),
    "years and months duration": (MONTHS,),
}
_WHOLE = frozenset({"integer", "int", "long"})


def input_domain(column: Input, model: DecisionModel) -> Domain:
    """The domain of an input column: by its own type, else by the type of the data its expression reads."""
    domain = type_domain(column.data_type, whole=column.type_ref in _WHOLE)
    if domain is UNDECLARED:
        domain = type_domain(_type_of_path(column.expression.text, model))
    return domain if column.allowed is None else replace(domain, allowed=(*domain.allowed, column.allowed))


def type_domain(data_type: DataType | None, *, whole: bool = False, depth: int = 0) -> Domain:
    """The domain of a type."""
    if data_type is None or depth > _MAX_DEPTH:
        return UNDECLARED
    if data_type.collection or data_type.components or data_type.parameters is not None:
        return Domain(opaque=True)
    domain = UNDECLARED
    if data_type.simple is not None:
        lines = _LINES.get(data_type.simple.name, ())
        unknown = data_type.simple.name in ("Any", "Null", "null")
        domain = UNDECLARED if unknown else Domain(lines, opaque=not lines)
    elif data_type.base is not None:
        domain = type_domain(data_type.base, depth=depth + 1)
    further = tuple(tests for tests in (data_type.allowed, data_type.constraint) if tests is not None)
    return replace(domain, whole=whole, allowed=(*domain.allowed, *further)) if further or whole else domain


def _type_of_path(text: str, model: DecisionModel) -> DataType | None:
    """The type of `data` or `data.part`, where `data` is an input or a decision with a declared type."""
    root, *steps = [step.strip() for step in text.split(".")]
    found = [data.data_type for data in model.inputs.values() if root in (data.name, data.variable)]
    found += [decision.data_type for decision in model.decisions.values() if root in decision.spellings]
    data_type = found[0] if len(found) == 1 else None
    for step in steps:
        while data_type is not None and data_type.base is not None and not data_type.collection:
            data_type = data_type.base
        data_type = None if data_type is None or data_type.collection else dict(data_type.components).get(step)
    return data_type
