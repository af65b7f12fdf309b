"""What a decision can hold besides a table: literal and boxed expressions (DMN 1.5, 10.2)."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Sequence

from engine.decisions.item_types import DataType, coerced
from engine.decisions.trace import Record, note_part, tells
from engine.feel import Environment, Expression, FeelValue, LayeredScope, Scope
from engine.feel.errors import WarningCode


class Logic(ABC):
    """Something with a value. `names` are the variables it reads from its scope."""

    names: frozenset[str] = frozenset()
    is_function = False
    """Whether the value is a function, which may call itself by the name it is given."""
    cost = 1
    """Steps of evaluating it once, beyond those that what it calls counts itself; see `engine.feel.weight`."""
    frames = 1
    """Python frames it takes at most while it is evaluated."""

    @abstractmethod
    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The value; a decision table also notes in `record` what it saw and which rules fired."""


def part_value(
    logic: Logic,
    scope: Scope,
    environment: Environment,
    record: Record,
    name: str,
    *,
    data_type: DataType | None = None,
    always: bool = False,
) -> FeelValue:
    """The value, of the type, of a part of something boxed. A table in the part (or with `always`, anything) is
    noted in the whole's `record`, without an output when an error ends it."""
    part: Record = {}
    try:
        value = coerced(logic.evaluate(scope, environment, part), data_type, environment)
    except Exception:
        note_part(record, environment, name, part)
        raise
    if always or tells(part):
        note_part(record, environment, name, part, value)
    return value


def holding(parts: Sequence[Logic]) -> tuple[int, int]:
    """Cost and frames of something made of parts that are all evaluated."""
    return 2 + sum(part.cost + 3 for part in parts), 3 + max((part.frames for part in parts), default=0)


_CHARACTERS = 3
"""Of a literal expression for one step: a name and an operator are as many."""


class Literal(Logic):
    """A literal expression."""

    frames = 6

    def __init__(self, expression: Expression) -> None:
        self._expression = expression
        self.names = expression.names
        self.cost = 10 + len(expression.text) // _CHARACTERS

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The expression's value."""
        record.setdefault("expression", self._expression.text)
        return self._expression.evaluate(scope, environment)


class Typed(Logic):
    """Any logic whose result is made to fit a declared type (DMN 1.5, 10.3.2.9.4)."""

    def __init__(self, logic: Logic, data_type: DataType) -> None:
        self._logic = logic
        self._type = data_type
        self.names = logic.names
        self.cost, self.frames = logic.cost + 4, logic.frames + 1

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The value as the type asks, else null with a warning."""
        return self._type.coerced(self._logic.evaluate(scope, environment, record), environment)


class Context(Logic):
    """Named entries, each seeing those before it; a last one without a name is the result."""

    def __init__(self, entries: Sequence[tuple[str, DataType | None, Logic]], result: Logic | None) -> None:
        self._entries = entries
        self._result = result
        seen: set[str] = set()
        names: set[str] = set()
        for name, _, logic in entries:
            names |= logic.names - seen - ({name} if logic.is_function else set())
            seen.add(name)
        self.names = frozenset(names | (result.names - seen if result else set()))
        self.cost, self.frames = holding([*(logic for _, _, logic in entries), *([result] if result else [])])

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The context, or the value of its result entry."""
        values: dict[str, FeelValue] = {}
        inner = LayeredScope(values, scope)
        for name, data_type, logic in self._entries:
            values[name] = part_value(logic, inner, environment, record, name, data_type=data_type, always=True)
        return self._result.evaluate(inner, environment, record) if self._result else values


class Items(Logic):
    """A boxed list."""

    def __init__(self, items: Sequence[Logic]) -> None:
        self._items = items
        self.names = frozenset[str]().union(*(item.names for item in items))
        self.cost, self.frames = holding(items)

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The list of the items' values."""
        return [part_value(item, scope, environment, record, str(index)) for index, item in enumerate(self._items, 1)]


class Relation(Logic):
    """Rows of named columns: a list of contexts."""

    def __init__(self, columns: Sequence[tuple[str, DataType | None]], rows: Sequence[Sequence[Logic]]) -> None:
        self._columns = columns
        self._rows = rows
        self.names = frozenset[str]().union(*(cell.names for row in rows for cell in row))
        self.cost, self.frames = holding([cell for row in rows for cell in row])

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """One context per row."""
        return [
            {
                name: part_value(cell, scope, environment, record, name, data_type=data_type)
                for (name, data_type), cell in zip(self._columns, row, strict=True)
            }
            for row in self._rows
        ]


class Conditional(Logic):
    """A boxed `if`."""

    def __init__(self, condition: Logic, then: Logic, otherwise: Logic) -> None:
        self._condition, self._then, self._otherwise = condition, then, otherwise
        self.names = condition.names | then.names | otherwise.names
        self.cost = 5 + condition.cost + max(then.cost, otherwise.cost)
        self.frames = 3 + max(condition.frames, then.frames, otherwise.frames)

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The value of the branch taken; anything but true takes the second."""
        met = part_value(self._condition, scope, environment, record, "if")
        if type(met) is not bool:
            environment.warn(WarningCode.NOT_A_BOOLEAN, "if")
        record["branch"] = "then" if met is True else "else"
        return (self._then if met is True else self._otherwise).evaluate(scope, environment, record)


def placeholder_environment() -> Environment:
    """For constants that are worked out once, when a model is read: they are a handful of texts or numbers."""
    return Environment(dt.datetime(1970, 1, 1, tzinfo=dt.UTC), step_budget=20_000, total_budget=100_000)
