"""Variables in depth, made ready for a page: names and values in words, lists as tables where they fit.

An application has hundreds of them, so the template only draws what stands here; asking there for each label and
each value took most of the time of a task's page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flask import Flask

from engine.model.values import Value
from web.languages import in_language
from web.presentation import is_group, is_rows, shown
from web.vocabulary import field_label

_COLUMNS = 6  # more do not fit beside each other
_EMPTY: tuple[Value, ...] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Fact:
    """A name with its value; a heading has none, and the facts below it are indented."""

    label: str
    value: Drawable | None
    indented: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """The parts of a group."""

    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with few fields, each a single value: they read best side by side."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Items:
    """Any other list."""

    items: Sequence[Drawable]


Drawable: TypeAlias = str | Facts | Table | Items
"""A single value is text already."""


def facts_of(group: Mapping[str, Value]) -> Facts:
    """The parts of a variable, those that hold nothing left out."""
    return Facts([fact for name, value in _held(group) for fact in _facts(name, value)])


def drawable(name: str, value: Value) -> Drawable:
    """The value of the variable `name`."""
    if isinstance(value, Mapping):
        return facts_of(value)
    if not isinstance(value, list | tuple):
        return shown(name, value)
    if not value:
        return "–"
    rows = spoken(value)
    if _is_table(rows):
        return _table(rows)
    return Items([facts_of(row) if isinstance(row, Mapping) else shown(name, row) for row in rows])


def _held(group: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    return ((name, value) for name, value in group.items() if value not in _EMPTY)


def _facts(name: str, value: Value) -> Iterator[Fact]:
    if not isinstance(value, Mapping):
        yield Fact(field_label(name), drawable(name, value))
        return
    yield Fact(field_label(name), None)
    for inner, part in _held(value):
        yield Fact(field_label(inner), drawable(inner, part), indented=True)


def _is_table(rows: Sequence[Value]) -> bool:
    """Whether the rows have the same few fields, each with a single value."""
    groups = [row for row in rows if isinstance(row, Mapping)]
    if len(groups) < len(rows) or len(groups[0]) > _COLUMNS:
        return False
    same = all(row.keys() == groups[0].keys() for row in groups)
    return same and not any(is_group(value) or is_rows(value) for row in groups for value in row.values())


def _table(rows: Sequence[Value]) -> Table:
    groups = [row for row in rows if isinstance(row, Mapping)]
    names = list(groups[0])
    return Table([field_label(name) for name in names], [[shown(name, row[name]) for name in names] for row in groups])


def spoken(rows: Sequence[Value]) -> list[Value]:
    """Rows that say a thing in both languages (`name` and `name_en`, `reason_zh` and `reason_en`) in the reader's."""
    return [_spoken(row) if isinstance(row, Mapping) else row for row in rows]


def _spoken(row: Mapping[str, Value]) -> dict[str, Value]:
    if not any(name.endswith("_en") for name in row):
        return dict(row)
    said: dict[str, Value] = {}
    for name, value in row.items():
        plain = name.removesuffix("_zh")
        english = row.get(f"{plain}_en")
        if name.endswith("_en") and not row.keys().isdisjoint({name[:-3], f"{name[:-3]}_zh"}):
            continue
        said[plain if english else name] = in_language(str(value or ""), str(english)) if english else value
    return said


def present_facts(app: Flask) -> None:
    """Make the functions known to the templates."""
    app.jinja_env.globals.update(facts_of=facts_of, drawable=drawable)
