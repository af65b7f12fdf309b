"""Logic that is called: boxed functions, iterations and invocations (DMN 1.5, 10.2.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.decisions.item_types import DataType, coerced
from engine.decisions.logic import Logic, holding, part_value
from engine.decisions.trace import Notes, Record, note_part, tells
from engine.feel import Environment, Expression, FeelValue, Function, LayeredScope, Scope, Unsuitable
from engine.feel.errors import WarningCode
from engine.feel.types import NAMELESS

_CALL = 40
"""Steps of calling a function of a model, beyond those of its body."""

_CALL_FRAMES = 4


def fitted(value: FeelValue, data_type: DataType | None, environment: Environment) -> FeelValue:
    """An argument as its parameter's type asks; raises Unsuitable when it does not fit."""
    found = coerced(value, data_type, environment)
    if found is None and value is not None:
        raise Unsuitable
    return found


def in_order(function: Function, arguments: Mapping[str, FeelValue]) -> list[FeelValue]:
    """Named arguments by position. Raises Unsuitable for other names than the parameters'."""
    if arguments.keys() != set(function.parameters):
        raise Unsuitable
    return [arguments[name] for name in function.parameters]


class BodyFunction(Function):
    """Logic with parameters: a boxed function, a business knowledge model, or the body of an iteration.

    `types` are those of the parameters, `result` that of the value; None where none is declared.
    """

    __slots__ = ("_body", "_result", "_scope", "_types")

    def __init__(
        self,
        name: str,
        parameters: tuple[str, ...],
        body: Logic,
        scope: Scope,
        types: Sequence[DataType | None] = (),
        result: DataType | None = None,
    ) -> None:
        super().__init__(name, parameters)
        self._body = body
        self._scope = scope
        self._types = types
        self._result = result

    def call(self, environment: Environment, arguments: Sequence[FeelValue]) -> FeelValue:
        """The body's value; raises Unsuitable for another number of arguments or another type."""
        if len(arguments) != len(self.parameters):
            raise Unsuitable
        values = dict(zip(self.parameters, arguments, strict=True))
        for name, data_type in zip(self.parameters, self._types, strict=False):
            values[name] = fitted(values[name], data_type, environment)
        environment.spend(_CALL + self._body.cost)
        frames = _CALL_FRAMES + self._body.frames
        environment.enter_call(frames)
        result = self._noted(LayeredScope(self._variables(values), self._scope), environment)
        environment.leave_call(frames)
        return coerced(result, self._result, environment)

    def _variables(self, values: dict[str, FeelValue]) -> dict[str, FeelValue]:
        return values

    def _noted(self, scope: Scope, environment: Environment) -> FeelValue:
        """The body's value; tables in it are noted as a part of whatever called the function."""
        notes = environment.notes
        if not isinstance(notes, Notes):
            return self._body.evaluate(scope, environment, {})
        calling, part = notes.record, Record()
        notes.record = part
        try:
            value = self._body.evaluate(scope, environment, part)
        except Exception:
            note_part(calling, environment, self.name, part)
            raise
        finally:
            notes.record = calling
        if tells(part):
            note_part(calling, environment, self.name, part, value)
        return value

    def call_named(self, environment: Environment, arguments: Mapping[str, FeelValue]) -> FeelValue:
        """As `call`; raises Unsuitable for other names than the parameters'."""
        return self.call(environment, in_order(self, arguments))


class ItemFunction(BodyFunction):
    """The condition of a boxed filter: it sees the entries of its item, too."""

    __slots__ = ()

    def _variables(self, values: dict[str, FeelValue]) -> dict[str, FeelValue]:
        item = values["item"]
        return {"item": item, **item} if type(item) is dict else values


class Iteration(Logic):
    """A boxed `for`, `some`, `every` or filter, as the compiled expression of the same name over two
    variables: the domain's value, and a function that evaluates the body for one item."""

    def __init__(
        self, expression: Expression, parameters: tuple[str, ...], domain: Logic, body: Logic, *, filters: bool
    ) -> None:
        self._expression = expression
        self._parameters = parameters
        self._function = ItemFunction if filters else BodyFunction
        self._domain = domain
        self._body = body
        self.names = domain.names | (body.names - set(parameters))
        self.cost, self.frames = 20 + domain.cost, 12 + max(domain.frames, body.frames)

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """What the expression makes of the domain."""
        variables = {
            "domain": part_value(self._domain, scope, environment, record, "in"),
            "body": self._function(self._parameters[0], self._parameters, self._body, scope),
        }
        return self._expression.evaluate(variables, environment)


class FunctionLogic(Logic):
    """A boxed function definition; without a body (Java, PMML) it is null, for nothing foreign is run."""

    is_function = True

    def __init__(
        self, parameters: Sequence[tuple[str, DataType | None]], body: Logic | None, result: DataType | None = None
    ) -> None:
        self.parameters = tuple(name for name, _ in parameters)
        self._types = tuple(data_type for _, data_type in parameters)
        self._body = body
        self._result = result
        self.names = (body.names if body else frozenset()) - set(self.parameters)

    @property
    def parameter_types(self) -> dict[str, DataType | None]:
        """The declared types of the parameters by name; None where none is declared."""
        return dict(zip(self.parameters, self._types, strict=True))

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The function, seeing `scope`."""
        return self.bound(NAMELESS, scope)

    def bound(self, name: str, scope: Scope) -> BodyFunction | None:
        """The function under a name."""
        if self._body is None:
            return None
        return BodyFunction(name, self.parameters, self._body, scope, self._types, self._result)


class Invocation(Logic):
    """A boxed call with named arguments."""

    def __init__(self, function: Expression, bindings: Sequence[tuple[str, DataType | None, Logic]]) -> None:
        self._function = function
        self._bindings = bindings
        self.names = frozenset(function.names).union(*(logic.names for _, _, logic in bindings))
        self.cost, self.frames = holding([logic for _, _, logic in bindings])

    def evaluate(self, scope: Scope, environment: Environment, record: Record) -> FeelValue:
        """The call's result; null with a warning when it does not fit."""
        record["invoked"] = self._function.text
        function = self._function.evaluate(scope, environment)
        if not isinstance(function, Function):
            environment.warn(WarningCode.UNKNOWN_FUNCTION, self._function.text)
            return None
        arguments = {
            name: part_value(logic, scope, environment, record, name, data_type=data_type, always=True)
            for name, data_type, logic in self._bindings
        }
        try:
            return function.call_named(environment, arguments)
        except Unsuitable:
            environment.warn(WarningCode.WRONG_ARGUMENTS, self._function.text)
            return None
