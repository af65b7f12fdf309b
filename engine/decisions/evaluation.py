"""Decisions taken in the order of what they require (DMN 1.5, 6 and 10.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from engine.decisions.functions import fitted, in_order
from engine.decisions.item_types import coerced
from engine.decisions.trace import Notes, Record, note_part, storable
from engine.feel import Environment, FeelValue, Function, LayeredScope, Scope, Unsuitable
from engine.feel.errors import NestedTooDeep, WarningCode
from engine.feel.scope import MappingScope
from engine.feel.size import measured

if TYPE_CHECKING:
    from engine.decisions.model import Decision, DecisionModel, DecisionService, InputData, Needs

_DECISION = 40
"""Steps of taking a decision, beyond those of its logic."""


def run(decision: Decision, scope: Scope, environment: Environment, trace: list[Record]) -> FeelValue:
    """The decision's value; records go into `trace`. Raises HitPolicyViolated, FeelEvaluationError."""
    evaluation = Evaluation(decision.model, scope, environment, trace)
    environment.begin()
    outer, environment.notes = environment.notes, Notes({})
    try:
        return evaluation.take((decision,))[0]
    except RecursionError as error:
        raise NestedTooDeep from error
    finally:
        environment.notes = outer
        environment.end()


def call(
    function: Function, arguments: Mapping[str, FeelValue], environment: Environment, trace: list[Record]
) -> FeelValue:
    """The function's result from outside; the record of the call goes into `trace`.

    Raises Unsuitable, HitPolicyViolated, FeelEvaluationError.
    """
    record: Record = {"id": function.name, "name": function.name}
    trace.append(record)
    environment.begin()
    outer, environment.notes = environment.notes, Notes(record)
    try:
        value = function.call_named(environment, arguments)
    except RecursionError as error:
        raise NestedTooDeep from error
    finally:
        environment.notes = outer
        environment.end()
    record["output"] = storable(value)
    return value


class Evaluation:
    """One run through a model and those it imports: each decision is taken once and noted in `trace`.

    `given` and `data` are the values of decisions and input data that a service is called with.
    """

    def __init__(
        self,
        model: DecisionModel,
        scope: Scope,
        environment: Environment,
        trace: list[Record],
        given: Mapping[Decision, FeelValue] | None = None,
        data: Mapping[InputData, FeelValue] | None = None,
    ) -> None:
        self._model = model
        self._environment = environment
        self._trace = trace
        self._scopes: dict[DecisionModel, Scope] = {model: scope}
        self._values: dict[Decision, FeelValue] = dict(given or {})
        self._given = frozenset(self._values)
        self._data = data or {}

    def take(self, wanted: tuple[Decision, ...]) -> list[FeelValue]:
        """The decisions' values, each of the declared type or null."""
        for decision in self._model.order_of(wanted, self._given):
            self._values[decision] = self._take(decision)
        return [self._values[decision] for decision in wanted]

    def _take(self, decision: Decision) -> FeelValue:
        environment = self._environment
        environment.spend(_DECISION + (decision.logic.cost if decision.logic else 0))
        scope = self._scope_of(decision.model)
        front = self._front(decision.model.needs[decision.id])
        record: Record = {"id": decision.id, "name": decision.name}
        if decision.name_en:
            record["name_en"] = decision.name_en
        if decision.model is not self._model:
            record["model"] = decision.model.name
        self._trace.append(record)
        if isinstance(environment.notes, Notes):
            environment.notes.record = record
        value = None
        if decision.logic is not None:
            value = decision.logic.evaluate(LayeredScope(front, scope), environment, record)
        else:
            environment.warn(WarningCode.NO_LOGIC, decision.name)
        value = coerced(value, decision.data_type, environment)
        measured(value)
        record["output"] = storable(value)
        return value

    def _front(self, needs: Needs) -> dict[str, FeelValue]:
        """What the requirements bring, by the names it is read by; of imports, in contexts under their names."""
        front: dict[str, FeelValue] = {}
        for under, required in needs.decisions:
            value = self._values[required]
            for name in required.spellings:
                place(front, under, name, value)
        for under, data in needs.inputs:
            self._place_input(front, under, data)
        for under, name, function in needs.functions:
            place(front, under, name, function)
        return front

    def _place_input(self, front: dict[str, FeelValue], under: str, data: InputData) -> None:
        if data in self._data:
            value = self._data[data]
        else:
            source = self._scope_of(data.model)
            name = next((name for name in data.spellings if source.has(name)), None)
            if name is None:
                return
            value = coerced(source.get(name), data.data_type, self._environment)
        for name in data.spellings:
            place(front, under, name, value)

    def _scope_of(self, model: DecisionModel) -> Scope:
        """The variables of an imported model: those given in a context under the import's name hide the others."""
        found = self._scopes.get(model)
        if found is None:
            outer = self._scopes[self._model]
            found = self._scopes[model] = _inside(outer, self._model.paths.get(model, []))
        return found


def _inside(scope: Scope, paths: Sequence[tuple[str, ...]]) -> Scope:
    for path in paths:
        value: FeelValue = scope.get(path[0]) if path else None
        for name in path[1:]:
            value = value.get(name) if type(value) is dict else None
        if type(value) is dict:
            return LayeredScope(value, scope)
    return scope


def place(front: dict[str, FeelValue], under: str, name: str, value: FeelValue) -> None:
    """Put a value under its name in `front`, inside the context of the import it comes from, if any."""
    if under:
        front.setdefault(under, {})[name] = value
    else:
        front[name] = value


class ServiceFunction(Function):
    """A decision service as a function of its input data and input decisions, in this order (DMN 1.5, 10.4)."""

    __slots__ = ("_data", "_decisions", "_model", "_outputs", "_service")

    def __init__(
        self,
        model: DecisionModel,
        service: DecisionService,
        data: Sequence[InputData],
        decisions: Sequence[Decision],
        outputs: Sequence[Decision],
    ) -> None:
        super().__init__(service.name, (*(each.name for each in data), *(each.name for each in decisions)))
        self._model = model
        self._service = service
        self._data = tuple(data)
        self._decisions = tuple(decisions)
        self._outputs = tuple(outputs)

    def call(self, environment: Environment, arguments: Sequence[FeelValue]) -> FeelValue:
        """The one output decision's value, or a context of several. Raises Unsuitable for wrong types."""
        if len(arguments) != len(self.parameters):
            raise Unsuitable
        types = [*(each.data_type for each in self._data), *(each.data_type for each in self._decisions)]
        values = [fitted(value, type_, environment) for value, type_ in zip(arguments, types, strict=True)]
        count = len(self._data)
        data = dict(zip(self._data, values[:count], strict=True))
        scope = MappingScope({name: value for each, value in data.items() for name in each.spellings})
        given = dict(zip(self._decisions, values[count:], strict=True))
        environment.enter_call()
        outputs = self._taken(scope, environment, given, data)
        environment.leave_call()
        if len(outputs) == 1:
            return coerced(outputs[0], self._service.data_type, environment)
        names = [decision.name for decision in self._outputs]
        return coerced(dict(zip(names, outputs, strict=True)), self._service.data_type, environment)

    def _taken(
        self,
        scope: Scope,
        environment: Environment,
        given: Mapping[Decision, FeelValue],
        data: Mapping[InputData, FeelValue],
    ) -> list[FeelValue]:
        """The output decisions' values; what was decided is noted as a part of whatever called the service."""
        notes = environment.notes
        calling = notes.record if isinstance(notes, Notes) else {}
        trace: list[Record] = []
        try:
            return Evaluation(self._model, scope, environment, trace, given, data).take(self._outputs)
        finally:
            if isinstance(notes, Notes):
                notes.record = calling
                note_part(calling, environment, self.name, {"decisions": trace})

    def call_named(self, environment: Environment, arguments: Mapping[str, FeelValue]) -> FeelValue:
        """As `call`, by the names of inputs and decisions."""
        return self.call(environment, in_order(self, arguments))
