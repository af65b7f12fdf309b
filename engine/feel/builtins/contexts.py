"""Context functions (DMN 1.5, table 80, and Camunda 8's)."""

from __future__ import annotations

from typing import Any

from engine.feel.builtins.signatures import Family, items, single, text
from engine.feel.environment import Environment
from engine.feel.errors import Unsuitable
from engine.feel.types import FeelValue

CONTEXTS = Family()


def _context(value: FeelValue) -> dict[str, Any]:
    value = single(value)
    if type(value) is not dict:
        raise Unsuitable
    return value


def _key(value: FeelValue) -> str:
    if type(value) is not str:
        raise Unsuitable
    return value


@CONTEXTS.function("get value", "m, key", "context, key", "m, keys", "context, keys")
def get_value(environment: Environment, source: FeelValue, key: FeelValue) -> FeelValue:
    """The entry of a key, or of a path of keys; null where there is none."""
    value: FeelValue = _context(source)
    for step in key if type(key) is list else [key]:
        if type(value) is not dict or _key(step) not in value:
            raise Unsuitable
        value = value[step]
    return value


@CONTEXTS.function("get entries", "m", "context")
def get_entries(environment: Environment, source: FeelValue) -> FeelValue:
    """One context of `key` and `value` per entry."""
    return [{"key": key, "value": value} for key, value in _context(source).items()]


@CONTEXTS.function("context", "entries")
def context(environment: Environment, entries: FeelValue) -> FeelValue:
    """The context of a list of `key` and `value` pairs; a key twice is null."""
    built: dict[str, Any] = {}
    for entry in items(entries):
        if type(entry) is not dict or "key" not in entry or "value" not in entry or entry["key"] in built:
            raise Unsuitable
        built[text(entry["key"])] = entry["value"]
    return built


@CONTEXTS.function("context put", "context, key, value", "context, keys, value")
def context_put(environment: Environment, source: FeelValue, key: FeelValue, value: FeelValue) -> FeelValue:
    """The context with an entry set, at a path of keys when a list is given."""
    keys = key if type(key) is list else [key]
    if not keys or len(keys) > 32:
        raise Unsuitable
    return _put(_context(source), [_key(step) for step in keys], value)


def _put(source: dict[str, Any], keys: list[str], value: FeelValue) -> dict[str, Any]:
    if len(keys) > 1:
        inner = source.get(keys[0])
        if type(inner) is not dict:
            raise Unsuitable
        value = _put(inner, keys[1:], value)
    return {**source, keys[0]: value}


@CONTEXTS.function("context merge", "contexts")
def context_merge(environment: Environment, contexts: FeelValue) -> FeelValue:
    """All entries of a list of contexts; later ones win."""
    merged: dict[str, Any] = {}
    for source in items(contexts):
        environment.spend()
        merged.update(_context(source))
    return merged
