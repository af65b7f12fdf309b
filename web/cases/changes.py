"""What a command changed in a case's data, leaf by leaf, for readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.model.values import Value, with_items

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class LeafChange:
    """One value that became another; `path` leads to it inside its variable, list positions count from 1."""

    path: Path
    before: Value
    after: Value

    @property
    def name(self) -> str:
        """The field's own name, which says how its value is written."""
        return next((str(part) for part in reversed(self.path) if isinstance(part, str)), "")


@dataclass(frozen=True, kw_only=True)
class VariableChange:
    """One variable and what became of it; of a `new` one, which was not there before, `value` tells all."""

    name: str
    leaves: tuple[LeafChange, ...]
    new: bool
    value: Value


@dataclass
class Data:
    """A case's variables as the journal is read forward.

    A called process works on copies of its caller's variables and hands them back; for a reader a variable of
    that name is one thing. Only what belongs to a single step (scope above 0) is kept apart.
    """

    _known: dict[tuple[int, str], Value] = field(default_factory=dict)

    def take(self, events: Sequence[Mapping[str, Any]]) -> list[VariableChange]:
        """Move on by one entry's events; what is different afterwards."""
        written: dict[tuple[int, str], Value] = {}
        for event in events:
            if event["type"] == "variable":
                written[max(event["scope"], 0), event["name"]] = event.get("value")  # null is left out
            elif event["type"] == "variable_item":
                place = event["scope"], event["name"]
                before = written.get(place, self._known.get(place))
                written[place] = with_items(before, {event["index"]: event.get("value")})
        found = [self._change(place, value) for place, value in written.items()]
        self._known.update(written)
        return [change for change in found if change.leaves]

    def _change(self, place: tuple[int, str], after: Value) -> VariableChange:
        before, name = self._known.get(place), place[1]
        leaves = tuple(_leaves((name,), before, after))
        return VariableChange(name=name, leaves=leaves, new=place not in self._known, value=after)


def _leaves(path: Path, before: Value, after: Value) -> Iterator[LeafChange]:
    """The leaves that differ; a missing part is None."""
    if before == after:
        return
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        old, new = _parts(before), _parts(after)
        for name in [*new, *(name for name in old if name not in new)]:
            yield from _leaves((*path, name), old.get(name), new.get(name))
    elif _has_parts(before) or _has_parts(after):
        old_rows, new_rows = _rows(before), _rows(after)
        for index in range(max(len(old_rows), len(new_rows))):
            yield from _leaves((*path, index + 1), _at(old_rows, index), _at(new_rows, index))
    else:
        yield LeafChange(path=path, before=before, after=after)


def _parts(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}


def _rows(value: Value) -> list[Any]:
    return value if isinstance(value, list) else []


def _at(rows: list[Any], index: int) -> Value:
    return rows[index] if index < len(rows) else None


def _has_parts(value: Value) -> bool:
    """Whether a list has rows with named fields; a list of plain values is one leaf."""
    return isinstance(value, list) and any(isinstance(row, Mapping) for row in value)
