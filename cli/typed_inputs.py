"""JSON strings read as the dates, times and durations that a decision model declares its inputs to be.

JSON has no dates. Without a declared type a string stays one; a string that is no date stays one, too, and the
model's own checks then say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.decisions import DecisionModel
from engine.decisions.item_types import DataType
from engine.decisions.model import KnowledgeModel
from engine.feel import FeelValue
from engine.feel.temporal import parse_temporal
from engine.feel.type_checks import is_instance

_TEMPORAL = frozenset({"date", "time", "date and time", "days and time duration", "years and months duration"})


def typed_inputs(model: DecisionModel, variables: Mapping[str, FeelValue]) -> dict[str, FeelValue]:
    """The variables; those that are inputs, decisions or parameters with a declared type are read as it says."""
    types: dict[str, DataType | None] = {}
    for function in model.functions.values():
        if isinstance(function, KnowledgeModel):
            types |= function.function.parameter_types
    for decision in model.decisions.values():
        types |= dict.fromkeys(decision.spellings, decision.data_type)
    for imported in model.paths:
        for data in imported.inputs.values():
            types |= dict.fromkeys(data.spellings, data.data_type)
    return {name: _read(value, types.get(name)) for name, value in variables.items()}


def _lineage(data_type: DataType | None) -> Iterator[DataType]:
    """The type and those it is made of; the model's reader has refused circles."""
    while data_type is not None:
        yield data_type
        data_type = data_type.base


def _read(value: FeelValue, expected: DataType | None) -> FeelValue:
    if expected is None:
        return value
    if isinstance(value, list):
        return [_read(item, expected) for item in value]
    lineage = list(_lineage(expected))
    if isinstance(value, dict):
        entries = {name: each for data_type in reversed(lineage) for name, each in data_type.components}
        return {key: _read(item, entries.get(key)) for key, item in value.items()}
    if isinstance(value, str):
        for data_type in lineage:
            if data_type.simple is not None and data_type.simple.name in _TEMPORAL:
                found = parse_temporal(value.strip())
                return found if is_instance(found, data_type.simple) else value
    return value
