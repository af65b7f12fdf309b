"""What a decision can hold besides a table: literal and boxed expressions (DMN 1.5, 10.2)."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.decisions.item_types import TypeTable
from engine.feel import Environment, Expression, FeelValue, Function, LayeredScope, Scope, Unsuitable
from engine.feel.errors import WarningCode

Record = dict[str, Any]
"""What the trace says about one decision; values of `engine.model.values` only."""


class Logic(ABC):
    """Something with a value. `names` are the variables it reads from its scope."""

    names: frozenset[str] = frozenset()

    @abstractmethod
    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The value; a decision table also notes in `record` what it saw and which rules fired."""


class Literal(Logic):
    """A literal expression, its result made to fit the declared type."""

    def __init__(self, expression: Expression, type_ref: str | None, types: TypeTable) -> None:
        self._expression = expression
        self._type_ref = type_ref
        self._types = types
        self.names = expression.names

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The expression's value."""
        record.setdefault("expression", self._expression.text)
        return self._types.coerced(self._expression.evaluate(scope, environment), self._type_ref, environment)


class Context(Logic):
    """Named entries, each seeing those before it; a last one without a name is the result."""

    def __init__(
        self, entries: Sequence[tuple[str, str | None, Logic]], result: Logic | None, types: TypeTable
    ) -> None:
        self._entries = entries
        self._result = result
        self._types = types
        seen: set[str] = set()
        names: set[str] = set()
        for name, _, logic in entries:
            names |= logic.names - seen
            seen.add(name)
        self.names = frozenset(names | (result.names - seen if result else set()))

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The context, or the value of its result entry."""
        values: dict[str, FeelValue] = {}
        inner = LayeredScope(values, scope)
        for name, type_ref, logic in self._entries:
            value = logic.evaluate(inner, environment, {})
            values[name] = self._types.coerced(value, type_ref, environment)
        return self._result.evaluate(inner, environment, record) if self._result else values


class Items(Logic):
    """A boxed list."""

    def __init__(self, items: Sequence[Logic]) -> None:
        self._items = items
        self.names = frozenset[str]().union(*(item.names for item in items))

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The list of the items' values."""
        return [item.evaluate(scope, environment, {}) for item in self._items]


class Relation(Logic):
    """Rows of named columns: a list of contexts."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[Logic]]) -> None:
        self._columns = columns
        self._rows = rows
        self.names = frozenset[str]().union(*(cell.names for row in rows for cell in row))

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """One context per row."""
        return [
            {column: cell.evaluate(scope, environment, {}) for column, cell in zip(self._columns, row, strict=True)}
            for row in self._rows
        ]


class Conditional(Logic):
    """A boxed `if`."""

    def __init__(self, condition: Logic, then: Logic, otherwise: Logic) -> None:
        self._condition, self._then, self._otherwise = condition, then, otherwise
        self.names = condition.names | then.names | otherwise.names

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The value of the branch taken; anything but true takes the second."""
        met = self._condition.evaluate(scope, environment, {})
        return (self._then if met is True else self._otherwise).evaluate(scope, environment, record)


class Iteration(Logic):
    """A boxed `for`, `some`, `every` or filter, as the compiled expression of the same name over two
    variables: the domain's value, and a function that evaluates the body for one item."""

    def __init__(self, expression: Expression, variable: str, domain: Logic, body: Logic) -> None:
        self._expression = expression
        self._variable = variable
        self._domain = domain
        self._body = body
        self.names = domain.names | (body.names - {variable, "item", "partial"})

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """What the expression makes of the domain."""
        variables = {
            "domain": self._domain.evaluate(scope, environment, {}),
            "body": BodyFunction("body", (self._variable,), self._body, scope),
        }
        return self._expression.evaluate(variables, environment)


@dataclass(frozen=True)
class Signature:
    """Type names of a function's parameters and of its result."""

    parameters: Sequence[str | None]
    result: str | None
    types: TypeTable


class BodyFunction(Function):
    """Logic with parameters: a boxed function, a business knowledge model, or the body of an iteration."""

    __slots__ = ("_body", "_scope", "_signature")

    def __init__(
        self,
        name: str,
        parameters: tuple[str, ...],
        body: Logic,
        scope: Scope,
        *,
        signature: Signature | None = None,
    ) -> None:
        super().__init__(name, parameters)
        self._body = body
        self._scope = scope
        self._signature = signature

    def call(self, environment: Environment, arguments: Sequence[FeelValue]) -> FeelValue:
        """The body's value; raises Unsuitable for another number of arguments or another type."""
        if len(arguments) != len(self.parameters):
            raise Unsuitable
        values = self._fitted(environment, arguments)
        if self.parameters == ("item",) and type(values["item"]) is dict:
            values = {**values["item"], **values}  # a filter's body sees the entries of its item
        environment.enter_call()
        result = self._body.evaluate(LayeredScope(values, self._scope), environment, {})
        environment.leave_call()
        if self._signature is None:
            return result
        return self._signature.types.coerced(result, self._signature.result, environment)

    def _fitted(self, environment: Environment, arguments: Sequence[FeelValue]) -> dict[str, FeelValue]:
        if self._signature is None:
            return dict(zip(self.parameters, arguments, strict=True))
        values = {}
        rows = zip(self.parameters, arguments, self._signature.parameters, strict=True)
        for name, given, type_ref in rows:
            values[name] = self._signature.types.fitted(given, type_ref, environment)
        return values

    def call_named(self, environment: Environment, arguments: Mapping[str, FeelValue]) -> FeelValue:
        """As `call`; raises Unsuitable for other names than the parameters'."""
        if set(arguments) != set(self.parameters):
            raise Unsuitable
        return self.call(environment, [arguments[name] for name in self.parameters])


class FunctionLogic(Logic):
    """A boxed function definition; without a body (Java, PMML) it is null, for nothing foreign is run."""

    def __init__(self, parameters: Sequence[tuple[str, str | None]], body: Logic | None, types: TypeTable) -> None:
        self.parameters = tuple(name for name, _ in parameters)
        self._type_refs = [type_ref for _, type_ref in parameters]
        self._body = body
        self._types = types
        self._result_type: str | None = None
        self.names = (body.names if body else frozenset()) - set(self.parameters)

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The function, seeing `scope`."""
        return self.bound("function", scope)

    def returning(self, type_ref: str | None) -> FunctionLogic:
        """This function with a declared type of its result."""
        self._result_type = type_ref
        return self

    def bound(self, name: str, scope: Scope) -> BodyFunction | None:
        """The function under a name."""
        if self._body is None:
            return None
        signature = Signature(self._type_refs, self._result_type, self._types)
        return BodyFunction(name, self.parameters, self._body, scope, signature=signature)


class Invocation(Logic):
    """A boxed call with named arguments."""

    def __init__(self, function: Expression, bindings: Sequence[tuple[str, Logic]]) -> None:
        self._function = function
        self._bindings = bindings
        self.names = frozenset(function.names).union(*(logic.names for _, logic in bindings))

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The call's result; null with a warning when it does not fit."""
        function = self._function.evaluate(scope, environment)
        if not isinstance(function, Function):
            environment.warn(WarningCode.UNKNOWN_FUNCTION, self._function.text)
            return None
        arguments = {name: logic.evaluate(scope, environment, {}) for name, logic in self._bindings}
        try:
            return function.call_named(environment, arguments)
        except Unsuitable:
            environment.warn(WarningCode.WRONG_ARGUMENTS, self._function.text)
            return None


def placeholder_environment() -> Environment:
    """For constants that are worked out once, when a model is read."""
    return Environment(dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
