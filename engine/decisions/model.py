"""Decisions and what they require, evaluated in that order (DMN 1.5, 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.decisions.item_types import TypeTable
from engine.decisions.logic import FunctionLogic, Logic, Record
from engine.decisions.tables import DecisionTable, storable
from engine.feel import Environment, FeelValue, Function, LayeredScope, Scope, Unsuitable
from engine.feel.expression import as_scope
from engine.feel.scope import EMPTY
from engine.feel.size import measured


@dataclass(frozen=True)
class DecisionResult:
    """`trace` has one record per decision in the order they were taken, the asked one last:
    id, name, hit_policy, inputs, rules (those that matched), missed (the others, each with the cell that decided;
    `further_missed` counts those left out), note, output; and where the file has English texts, `name_en`, and in
    inputs and rules `label_en` and `annotation_en`."""

    value: FeelValue
    trace: list[Record]


@dataclass(frozen=True)
class InputData:
    """A declared input and its type's name."""

    id: str
    name: str
    type_ref: str | None


@dataclass(frozen=True)
class KnowledgeModel:
    """A business knowledge model: a function, and the ids of the functions it needs."""

    id: str
    name: str
    function: FunctionLogic
    required: tuple[str, ...]


@dataclass(frozen=True)
class DecisionService:
    """Decisions to be called as one function (DMN 1.5, 6.3.9); all are ids."""

    id: str
    name: str
    type_ref: str | None
    input_data: tuple[str, ...]
    input_decisions: tuple[str, ...]
    output_decisions: tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """One decision. Others read its value by its id, its name or the name of its `variable`."""

    id: str
    name: str
    variable: str
    type_ref: str | None
    logic: Logic | None
    required_decisions: tuple[str, ...]
    required_inputs: tuple[str, ...]
    required_functions: tuple[str, ...]
    model: DecisionModel = field(repr=False, compare=False)
    name_en: str = ""

    @property
    def spellings(self) -> frozenset[str]:
        """The names others read it by."""
        return frozenset({self.id, self.name, self.variable})

    @property
    def inputs(self) -> frozenset[str]:
        """The variables that it, and the decisions it requires, read from the scope."""
        own = self.logic.names if self.logic else frozenset()
        supplied: set[str] = {self.model.functions[key].name for key in self.required_functions}
        further: set[str] = set()
        for key in self.required_decisions:
            required = self.model.decisions[key]
            supplied |= required.spellings
            further |= required.inputs
        return frozenset((own - supplied) | further)

    def evaluate(
        self,
        scope: Scope | Mapping[str, FeelValue],
        environment: Environment,
        trace: list[Record] | None = None,
    ) -> DecisionResult:
        """Take this decision, after those it requires.

        Records go into `trace`, where they are kept up to the place of an error; the last one then has no output.
        Raises HitPolicyViolated, and FeelEvaluationError when a bound is exceeded.
        """
        environment.begin()
        try:
            evaluation = Evaluation(self.model, as_scope(scope), environment)
            evaluation.trace = [] if trace is None else trace
            value = evaluation.decide(self)
        finally:
            environment.end()
        return DecisionResult(value, evaluation.trace)


class DecisionModel:
    """One DMN file. All mappings are by id."""

    def __init__(self, id_: str, name: str, types: TypeTable) -> None:
        self.id = id_
        self.name = name
        self.types = types
        self.decisions: dict[str, Decision] = {}
        self.inputs: dict[str, InputData] = {}
        self.functions: dict[str, KnowledgeModel | DecisionService] = {}
        self.tables: list[tuple[str, DecisionTable]] = []
        """Every table at any depth, with the id of the decision or knowledge model it is part of."""

    def invoke(self, name: str, arguments: Mapping[str, FeelValue], environment: Environment) -> FeelValue:
        """The result of a business knowledge model or decision service, its arguments by name; a missing one is null.

        Raises KeyError for a name the model does not have, Unsuitable, FeelEvaluationError.
        """
        keys = [key for key, function in self.functions.items() if function.name == name]
        function = functions_of(self, keys, EMPTY)[name]
        environment.begin()
        try:
            return function.call_named(environment, {each: arguments.get(each) for each in function.parameters})
        finally:
            environment.end()


class Evaluation:
    """One run through a model: each decision is taken once and noted in `trace`."""

    def __init__(
        self,
        model: DecisionModel,
        scope: Scope,
        environment: Environment,
        given: Mapping[str, FeelValue] | None = None,
    ) -> None:
        self.trace: list[Record] = []
        self._model = model
        self._scope = scope
        self._environment = environment
        self._values: dict[str, FeelValue] = dict(given or {})

    def decide(self, decision: Decision) -> FeelValue:
        """The decision's value, of the declared type or null."""
        if decision.id in self._values:
            return self._values[decision.id]
        front: dict[str, Any] = {}
        for key in decision.required_decisions:
            required = self._model.decisions[key]
            front.update(dict.fromkeys(required.spellings, self.decide(required)))
        for key in decision.required_inputs:
            data = self._model.inputs[key]
            if data.type_ref and self._scope.has(data.name):
                front[data.name] = self._model.types.coerced(
                    self._scope.get(data.name), data.type_ref, self._environment
                )
        front.update(functions_of(self._model, decision.required_functions, self._scope))
        record: Record = {"id": decision.id, "name": decision.name}
        if decision.name_en:
            record["name_en"] = decision.name_en
        self.trace.append(record)
        value = None
        if decision.logic is not None:
            value = decision.logic.evaluate(LayeredScope(front, self._scope), self._environment, record)
        value = self._model.types.coerced(value, decision.type_ref, self._environment)
        measured(value)
        record["output"] = storable(value)
        self._values[decision.id] = value
        return value


def functions_of(model: DecisionModel, keys: Sequence[str], outer: Scope) -> dict[str, FeelValue]:
    """The required functions, and those they require, by name."""
    functions: dict[str, FeelValue] = {}
    waiting, seen = list(keys), set[str]()
    scope = LayeredScope(functions, EMPTY)
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        node = model.functions[key]
        if isinstance(node, KnowledgeModel):
            functions[node.name] = node.function.bound(node.name, scope)
            waiting.extend(node.required)
        else:
            functions[node.name] = ServiceFunction(model, node)
    return functions


class ServiceFunction(Function):
    """A decision service as a function of its input data and input decisions."""

    __slots__ = ("_model", "_service")

    def __init__(self, model: DecisionModel, service: DecisionService) -> None:
        super().__init__(
            service.name,
            tuple(
                [model.inputs[key].name for key in service.input_data]
                + [model.decisions[key].name for key in service.input_decisions]
            ),
        )
        self._model = model
        self._service = service

    def call(self, environment: Environment, arguments: Sequence[FeelValue]) -> FeelValue:
        """The one output decision's value, or a context of several. Raises Unsuitable for wrong types."""
        if len(arguments) != len(self.parameters):
            raise Unsuitable
        count = len(self._service.input_data)
        variables = dict(zip(self.parameters[:count], arguments, strict=False))
        given = dict(zip(self._service.input_decisions, arguments[count:], strict=True))
        types = self._model.types
        for key, value in list(given.items()):
            given[key] = types.fitted(value, self._model.decisions[key].type_ref, environment)
        for key in self._service.input_data:
            data = self._model.inputs[key]
            variables[data.name] = types.fitted(variables[data.name], data.type_ref, environment)
        environment.enter_call()
        evaluation = Evaluation(self._model, as_scope(variables), environment, given)
        outputs = [self._model.decisions[key] for key in self._service.output_decisions]
        values = {decision.name: evaluation.decide(decision) for decision in outputs}
        environment.leave_call()
        result = next(iter(values.values())) if len(values) == 1 else values
        return types.coerced(result, self._service.type_ref, environment)

    def call_named(self, environment: Environment, arguments: Mapping[str, FeelValue]) -> FeelValue:
        """As `call`, by the names of inputs and decisions."""
        if set(arguments) != set(self.parameters):
            raise Unsuitable
        return self.call(environment, [arguments[name] for name in self.parameters])
