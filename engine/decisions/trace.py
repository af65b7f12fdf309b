"""What is noted while decisions are taken, for the journal and the screens.

A decision has one record. What lies inside it (entries of contexts, tables in functions, decisions of a called
service) goes into the record's `parts`, each with a `name` and an `output` besides what a decision's record has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.feel import Environment, FeelValue, Function, Range, text_of
from engine.feel.size import measured
from engine.feel.types import NUMBERS

Record = dict[str, Any]
"""What the trace says about one decision; values of `engine.model.values` only."""

MAX_PARTS = 200
"""Parts noted per evaluation; a table in a loop of a thousand rows would make the journal grow with each decision."""

_LARGE = 50
"""Items of a list or context that a part's output may have; only tables' outputs are kept whatever their size."""

UNFINISHED = object()
"""In place of the value of a part that an error ended."""


@dataclass
class Notes:
    """Of one evaluation: the record that functions note their parts in, and how many may follow."""

    record: Record
    left: int = MAX_PARTS


def note_part(record: Record, environment: Environment, name: str, part: Record, value: FeelValue = UNFINISHED) -> None:
    """Keep `part` of `record` with its value, as long as there is room; `further_parts` counts those left out."""
    notes = environment.notes
    if not isinstance(notes, Notes):
        return
    if notes.left <= 0:
        record["further_parts"] = record.get("further_parts", 0) + 1
        return
    notes.left -= 1
    noted: Record = {"name": name, **part}
    if value is not UNFINISHED and (tells(part) or not _is_large(value)):
        noted["output"] = storable(value)
    record.setdefault("parts", []).append(noted)


def _is_large(value: FeelValue) -> bool:
    return (type(value) is list or type(value) is dict) and measured(value) > _LARGE


def tells(part: Record) -> bool:
    """Whether the part holds a table, or further parts that do; a mere expression tells nothing."""
    return "hit_policy" in part or "parts" in part or "decisions" in part


def storable(value: FeelValue) -> FeelValue:
    """`value` for the trace: ranges and functions, which no variable holds, as their text."""
    if type(value) in NUMBERS or type(value) is str:
        return value
    if type(value) is list:
        return [storable(item) for item in value]
    if type(value) is dict:
        return {key: storable(item) for key, item in value.items()}
    return text_of(value) if isinstance(value, Range | Function) else value
