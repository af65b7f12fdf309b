"""Context functions (DMN 1.5, 10.3.4.10, and Camunda 8's)."""

from __future__ import annotations

from typing import Any

from engine.feel.builtins.signatures import Family, items, single, text
from engine.feel.environment import Environment
from engine.feel.errors import Unsuitable
from engine.feel.size import MAX_DEPTH
from engine.feel.types import FeelValue, Kind

CONTEXTS = Family()
_ENTRIES_PER_STEP = 8
"""Copied in one go."""


def _context(value: FeelValue) -> dict[str, Any]:
    value = single(value)
    if type(value) is not dict:
        raise Unsuitable
    return value


def _keys(value: FeelValue) -> list[str]:
    """A key, or the keys of a path; none at all is unsuitable."""
    keys = value if type(value) is list else [value]
    if not 0 < len(keys) <= MAX_DEPTH or not all(type(key) is str for key in keys):
        raise Unsuitable
    return keys


@CONTEXTS.function(
    "get value", "m, key", "context, key", "m, keys", "context, keys", kinds={"key": Kind.STRING, "keys": Kind.LIST}
)
def get_value(environment: Environment, source: FeelValue, key: FeelValue) -> FeelValue:
    """The entry of a key, or of a path of keys (Camunda 8); null, and no warning, where there is none."""
    value: FeelValue = _context(source)
    for step in _keys(key):
        value = value.get(step) if type(value) is dict else None
    return value


@CONTEXTS.function("get entries", "m", "context")
def get_entries(environment: Environment, source: FeelValue) -> FeelValue:
    """One context of `key` and `value` per entry, in the entries' order."""
    given = _context(source)
    environment.spend(len(given))
    return [{"key": key, "value": value} for key, value in given.items()]


@CONTEXTS.function("context", "entries")
def context(environment: Environment, entries: FeelValue) -> FeelValue:
    """The context of a list of `key` and `value` pairs, in their order; without either, or with a key twice, null."""
    built: dict[str, Any] = {}
    for entry in items(entries):
        environment.spend()
        if type(entry) is not dict or "key" not in entry or "value" not in entry:
            raise Unsuitable
        key = text(entry["key"])
        if key in built:
            raise Unsuitable
        built[key] = entry["value"]
    return built


@CONTEXTS.function(
    "context put", "context, key, value", "context, keys, value", kinds={"key": Kind.STRING, "keys": Kind.LIST}
)
def context_put(environment: Environment, source: FeelValue, key: FeelValue, value: FeelValue) -> FeelValue:
    """The context with an entry set, at a path of keys when a list is given; an entry there keeps its place."""
    return _put(environment, _context(source), _keys(key), value)


def _put(environment: Environment, source: dict[str, Any], keys: list[str], value: FeelValue) -> dict[str, Any]:
    environment.spend(1 + len(source) // _ENTRIES_PER_STEP)
    if len(keys) > 1:
        value = _put(environment, _context(source.get(keys[0])), keys[1:], value)
    return {**source, keys[0]: value}


@CONTEXTS.function("context merge", "contexts")
def context_merge(environment: Environment, contexts: FeelValue) -> FeelValue:
    """All entries of a list of contexts; a later value takes the place of an earlier one of the same key."""
    merged: dict[str, Any] = {}
    for source in items(contexts):
        entries = _context(source)
        environment.spend(1 + len(entries) // _ENTRIES_PER_STEP)
        merged.update(entries)
    return merged
