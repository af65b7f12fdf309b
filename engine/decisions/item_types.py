"""The types a model declares, and values made to fit them (DMN 1.5, 7.3.2 and 10.3.2.9.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.feel import Environment, FeelValue, UnaryTests, Unsuitable
from engine.feel.errors import WarningCode
from engine.feel.scope import EMPTY
from engine.feel.syntax import TypeName
from engine.feel.type_checks import is_instance

_CAMUNDA_NAMES = {"integer": "number", "long": "number", "double": "number", "any": "Any"}
_MAX_DEPTH = 32


@dataclass(frozen=True)
class ItemType:
    """One `itemDefinition` or `itemComponent`."""

    base: str | None
    components: tuple[tuple[str, ItemType], ...]
    allowed: UnaryTests | None
    collection: bool
    function: bool = False


class TypeTable:
    """All types of a model by name."""

    def __init__(self, types: Mapping[str, ItemType]) -> None:
        self._types = types

    def fits(self, value: FeelValue, name: str | None, environment: Environment, depth: int = 0) -> bool:
        """Whether `value` is of the type; null and types nobody declared always fit."""
        if value is None or not name or depth > _MAX_DEPTH:
            return True
        local = name.rpartition(":")[2]
        item_type = self._types.get(name) or self._types.get(local)
        if item_type is not None:
            return self._fits_item(value, item_type, environment, depth + 1)
        return is_instance(value, TypeName(_CAMUNDA_NAMES.get(local, local))) is not False

    def _fits_item(self, value: FeelValue, item: ItemType, environment: Environment, depth: int) -> bool:
        if item.function:
            return is_instance(value, TypeName("function")) is True
        if item.collection and type(value) is not list:
            return False
        return all(self._fits_one(one, item, environment, depth) for one in (value if item.collection else [value]))

    def _fits_one(self, value: FeelValue, item: ItemType, environment: Environment, depth: int) -> bool:
        if not self.fits(value, item.base, environment, depth):
            return False
        if item.components:
            if type(value) is not dict:
                return value is None
            for name, component in item.components:
                if name not in value:
                    return False
                inner = value[name]
                if inner is not None and not self._fits_item(inner, component, environment, depth + 1):
                    return False
        if item.allowed is None or value is None:
            return True
        values = value if type(value) is list and not item.collection else [value]
        return all(item.allowed.matches(one, EMPTY, environment) is True for one in values)

    def type_names(self) -> dict[str, TypeName]:
        """The declared types as FEEL's own, for `instance of`; allowed values are left out."""
        return {name: self._spelled_out(item, 0) for name, item in self._types.items()}

    def _spelled_out(self, item: ItemType, depth: int) -> TypeName:
        if item.function:
            found = TypeName("function")
        elif item.components:
            entries = tuple((name, self._spelled_out(inner, depth + 1)) for name, inner in item.components)
            found = TypeName("context", entries=entries)
        else:
            found = self._named(item.base or "Any", depth)
        return TypeName("list", (found,)) if item.collection else found

    def _named(self, name: str, depth: int) -> TypeName:
        local = name.rpartition(":")[2]
        item = self._types.get(name) or self._types.get(local)
        if item is not None and depth < _MAX_DEPTH:
            return self._spelled_out(item, depth + 1)
        return TypeName(_CAMUNDA_NAMES.get(local, local))

    def coerced(self, value: FeelValue, name: str | None, environment: Environment) -> FeelValue:
        """`value`, or its one item, or a list of it, whichever fits the type; else null."""
        if self.fits(value, name, environment):
            return value
        if type(value) is list and len(value) == 1 and self.fits(value[0], name, environment):
            return value[0]
        if type(value) is not list and self.fits([value], name, environment):
            return [value]
        environment.warn(WarningCode.WRONG_TYPE, name or "")
        return None

    def fitted(self, value: FeelValue, name: str | None, environment: Environment) -> FeelValue:
        """An argument as `coerced`; raises Unsuitable when it does not fit."""
        fitting = self.coerced(value, name, environment)
        if fitting is None and value is not None:
            raise Unsuitable
        return fitting

    def allowed_values(self, name: str | None) -> UnaryTests | None:
        """The allowed values of a declared type."""
        item_type = self._types.get(name or "")
        return item_type.allowed if item_type else None
