"""The types a model declares, and values made to fit them (DMN 1.5, 7.3.2 and 10.3.2.9.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.feel import Environment, FeelSyntaxError, FeelValue, Function, UnaryTests
from engine.feel.errors import WarningCode
from engine.feel.scope import EMPTY
from engine.feel.size import MAX_DEPTH
from engine.feel.syntax import TypeName
from engine.feel.temporal import as_instant
from engine.feel.type_checks import is_instance
from engine.feel.type_parser import parse_type
from engine.feel.types import Kind, kind_of

_OTHER_NAMES = {
    "integer": "number",
    "int": "number",
    "long": "number",
    "double": "number",
    "decimal": "number",
    "any": "Any",
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}
"""What Camunda and XML Schema call FEEL's types."""

_SIMPLE = frozenset(
    {
        "Any", "boolean", "context", "date", "date and time", "days and time duration", "function", "list", "number",
        "range", "string", "time", "years and months duration", "Null", "null",
    }
)  # fmt: skip


class DataType:
    """A type of FEEL, or one `itemDefinition` or `itemComponent`; filled in after all of a file are known by name,
    for a type may be made of itself."""

    __slots__ = ("allowed", "base", "collection", "components", "constraint", "name", "parameters", "result", "simple")

    def __init__(self, name: str, simple: TypeName | None = None) -> None:
        self.name = name
        self.simple = simple
        self.base: DataType | None = None
        self.components: Sequence[tuple[str, DataType]] = ()
        self.collection = False
        self.parameters: int | None = None
        """Of a function, how many."""
        self.result: DataType | None = None
        """Of a function, what it gives."""
        self.allowed: UnaryTests | None = None
        """Values of the type; of a collection, those of its items."""
        self.constraint: UnaryTests | None = None
        """Values of the type as a whole, the collection itself included (DMN 1.5)."""

    @property
    def of_call(self) -> DataType | None:
        """What calling something declared with this type gives: the type itself, unless it is a function's."""
        known: list[DataType] = []
        current: DataType | None = self
        while current is not None and current not in known:
            if current.parameters is not None:
                return current.result
            known.append(current)
            current = current.base
        return self

    def includes(self, value: FeelValue) -> bool:
        """Whether `value` is of the type, as `instance of` asks: allowed values do not count."""
        return self._fits(value, None, 0)

    def fits(self, value: FeelValue, environment: Environment) -> bool:
        """Whether `value` may stand where the type is declared: allowed values count, and null always fits."""
        return self._fits(value, environment, 0)

    def coerced(self, value: FeelValue, environment: Environment) -> FeelValue:
        """`value` as the type asks: itself, its one item, a list of it, or the midnight in UTC of a date; else null,
        with a warning."""
        found = self._converted(value, environment)
        if found is None and value is not None:
            environment.warn(WarningCode.WRONG_TYPE, self.name)
        return found

    def _converted(self, value: FeelValue, environment: Environment) -> FeelValue:
        if self.fits(value, environment):
            return value
        if type(value) is list:
            return value[0] if len(value) == 1 and self.fits(value[0], environment) else None
        if self.fits([value], environment):
            return [value]
        if kind_of(value) is Kind.DATE:
            midnight = as_instant(value)
            return midnight if self.fits(midnight, environment) else None
        return None

    def _fits(self, value: FeelValue, environment: Environment | None, depth: int) -> bool:
        if value is None or depth > MAX_DEPTH:
            return value is None
        if self.collection:
            if type(value) is not list:
                return False
            if environment is not None:
                environment.spend(len(value))
            met = all(self._fits_item(item, environment, depth) for item in value)
        else:
            met = self._fits_item(value, environment, depth)
        if met and environment is not None and self.constraint is not None:
            return self.constraint.matches(value, EMPTY, environment) is True
        return met

    def _fits_item(self, value: FeelValue, environment: Environment | None, depth: int) -> bool:
        if value is None:
            return True
        if self.parameters is not None:
            return isinstance(value, Function) and len(value.parameters) == self.parameters
        if self.simple is not None and is_instance(value, self.simple) is not True:
            return False
        if self.base is not None and not self.base._fits(value, environment, depth + 1):
            return False
        if self.components and not self._has_components(value, environment, depth):
            return False
        if environment is None or self.allowed is None:
            return True
        # a list that the base type makes one is asked item by item
        items = value if type(value) is list else [value]
        return all(self.allowed.matches(item, EMPTY, environment) is True for item in items)

    def _has_components(self, value: FeelValue, environment: Environment | None, depth: int) -> bool:
        return type(value) is dict and all(
            name in value and inner._fits(value[name], environment, depth + 1) for name, inner in self.components
        )

    def __repr__(self) -> str:
        return f"DataType({self.name!r})"


def simple_type(name: str) -> DataType | None:
    """FEEL's own type of this name, in FEEL's, Camunda's or XML Schema's spelling; None for any other."""
    name = _OTHER_NAMES.get(name, name)
    return DataType(name, TypeName(name)) if name in _SIMPLE else None


def coerced(value: FeelValue, data_type: DataType | None, environment: Environment) -> FeelValue:
    """`value` as `DataType.coerced`; as it is where no type is declared."""
    return value if data_type is None else data_type.coerced(value, environment)


class TypeTable:
    """The types a model may name: its own, FEEL's, and those of the models it imports."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self.own: dict[str, DataType] = {}
        self._imported: dict[str, tuple[str, TypeTable]] = {}
        """By namespace: the import's name and the types there."""

    def add_import(self, name: str, namespace: str, types: TypeTable) -> None:
        """Know the types of an imported model as `name.type`, and as they are when the import has no name."""
        self._imported[namespace] = (name, types)

    def named(self, reference: str, prefixes: Mapping[str | None, str]) -> DataType | None:
        """The type a `typeRef` means; None when there is none.

        DMN 1.1 writes qualified names (`prefixes` are the XML namespaces in force), later versions `import.type`.
        """
        if reference in self.own:
            return self.own[reference]
        prefix, colon, local = reference.rpartition(":")
        namespace = prefixes.get(prefix) if colon else None
        if namespace in self._imported:
            return self._imported[namespace][1].own.get(local)
        for name, types in self._imported.values():
            for front in (f"{name}.", f"{name}:") if name else ("",):
                if reference.startswith(front) and reference[len(front) :] in types.own:
                    return types.own[reference[len(front) :]]
        return self.own.get(local) or simple_type(local) or self._written_out(reference)

    def _written_out(self, reference: str) -> DataType | None:
        """A type such as `list<number>`, as FEEL writes it."""
        if "<" not in reference:
            return None
        try:
            return DataType(reference, parse_type(reference, self.type_names()))
        except FeelSyntaxError:
            return None

    def allowed_values(self, reference: str | None) -> UnaryTests | None:
        """The allowed values of a declared type."""
        found = self.own.get(reference or "")
        return found.allowed if found else None

    def type_names(self) -> dict[str, TypeName]:
        """The declared types as FEEL reads them behind `instance of`, those of imports as `import.type`."""
        found = {name: TypeName(name, declared=data_type) for name, data_type in self.own.items()}
        for prefix, types in self._imported.values():
            for name, data_type in types.own.items():
                spelled = f"{prefix}.{name}" if prefix else name
                found.setdefault(spelled, TypeName(spelled, declared=data_type))
        return found
