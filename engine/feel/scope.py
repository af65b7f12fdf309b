"""Where an expression finds its variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Scope(Protocol):
    """Variables by name. Values are those of `engine.model.values`, and FEEL ranges and functions."""

    def get(self, name: str) -> Any:
        """The value, or None when there is no such variable."""

    def has(self, name: str) -> bool:
        """Whether the variable exists; it may exist and be null."""


class MappingScope:
    """The variables of a mapping."""

    __slots__ = ("_variables", "get")

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self.get = variables.get

    def has(self, name: str) -> bool:
        """Whether the mapping has the key `name`."""
        return name in self._variables


class LayeredScope:
    """A mapping in front of another scope: the names of the mapping hide those behind it."""

    __slots__ = ("_behind", "_front")

    def __init__(self, front: Mapping[str, Any], behind: Scope) -> None:
        self._front = front
        self._behind = behind

    def get(self, name: str) -> Any:
        """The value in front, else the one behind, else None."""
        return self._front[name] if name in self._front else self._behind.get(name)

    def has(self, name: str) -> bool:
        """Whether the name is in front or behind."""
        return name in self._front or self._behind.has(name)


EMPTY = MappingScope({})
