"""Decisions, what they require, and the models that hold them (DMN 1.5, 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from engine.decisions.evaluation import call, run
from engine.decisions.functions import FunctionLogic
from engine.decisions.item_types import DataType, TypeTable
from engine.decisions.library import ModelFile
from engine.decisions.logic import Logic
from engine.decisions.trace import Record
from engine.decisions.vocabulary import Vocabulary
from engine.feel import Environment, FeelValue, Function, Scope
from engine.feel.expression import as_scope

if TYPE_CHECKING:
    from engine.decisions.tables import DecisionTable


@dataclass(frozen=True)
class DecisionResult:
    """`trace` has one record per decision in the order they were taken, the asked one last:
    id, name, hit_policy, inputs, rules (those that matched), missed (the others, each with the cell that decided;
    `further_missed` counts those left out), note, output; `model` for a decision of an imported model; and where the
    file has English texts, `name_en`, and in inputs and rules `label_en` and `annotation_en`.

    `branch` is the one a boxed conditional took, `invoked` what a boxed invocation called. `parts` has, in the order
    they were evaluated, entries of contexts, arguments, and all tables inside the decision, in functions too: each
    as a record with the `name` it has there (`further_parts` counts those left out); a called decision service has
    its `decisions`.
    """

    value: FeelValue
    trace: list[Record]


@dataclass(frozen=True, eq=False)
class InputData:
    """A declared input, read by its name or that of its `variable`."""

    id: str
    name: str
    type_ref: str | None
    variable: str
    data_type: DataType | None
    model: DecisionModel = field(repr=False)

    @property
    def spellings(self) -> tuple[str, ...]:
        """The names it is read by, without repetition."""
        return (self.name,) if self.variable == self.name else (self.name, self.variable)


@dataclass(frozen=True, eq=False)
class KnowledgeModel:
    """A business knowledge model: a function, and the references of the functions it needs."""

    id: str
    name: str
    function: FunctionLogic
    required: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class DecisionService:
    """Decisions to be called as one function (DMN 1.5, 6.3.9); all are references."""

    id: str
    name: str
    type_ref: str | None
    data_type: DataType | None
    input_data: tuple[str, ...]
    input_decisions: tuple[str, ...]
    output_decisions: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Decision:
    """One decision. Others read its value by its id, its name or the name of its `variable`.

    The references to what it requires are ids, or `namespace#id` for elements of imported models.
    """

    id: str
    name: str
    variable: str
    type_ref: str | None
    data_type: DataType | None
    logic: Logic | None
    required_decisions: tuple[str, ...]
    required_inputs: tuple[str, ...]
    required_functions: tuple[str, ...]
    model: DecisionModel = field(repr=False)
    name_en: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        """The names others read it by, the id first."""
        return (self.id, self.variable, self.name)

    @property
    def inputs(self) -> frozenset[str]:
        """The variables that it, and the decisions it requires, read from the scope."""
        found: set[str] = set()
        for decision in self.model.order_of((self,)):
            needs = decision.model.needs[decision.id]
            supplied = {imported.name for imported in decision.model.imports}
            supplied.update(name for _, required in needs.decisions for name in required.spellings)
            supplied.update(name for _, name, _ in needs.functions)
            found |= (decision.logic.names if decision.logic else frozenset()) - supplied
            found.update(data.name for under, data in needs.inputs if under)
        return frozenset(found)

    def evaluate(
        self,
        scope: Scope | Mapping[str, FeelValue],
        environment: Environment,
        trace: list[Record] | None = None,
    ) -> DecisionResult:
        """Take this decision, after those it requires.

        Records go into `trace`, where they are kept up to the place of an error; the last one then has no output.
        Input data of an imported model is read from a context under the import's name, else by its own name.
        Raises HitPolicyViolated, and FeelEvaluationError when a bound is exceeded.
        """
        kept: list[Record] = [] if trace is None else trace
        return DecisionResult(run(self, as_scope(scope), environment, kept), kept)


@dataclass(frozen=True)
class Import:
    """A model that another reads, under a name; without a name its elements are read as if they were here."""

    name: str
    namespace: str
    model: DecisionModel


@dataclass
class Needs:
    """What a decision or knowledge model requires, each with the name of the import it is read under, or ""."""

    decisions: list[tuple[str, Decision]] = field(default_factory=list)
    inputs: list[tuple[str, InputData]] = field(default_factory=list)
    functions: list[tuple[str, str, Function | None]] = field(default_factory=list)
    """With the function's name; None for one that is not FEEL."""


MAX_PATHS = 16
"""Ways to one imported model through others; each may hold its inputs."""


class DecisionModel:
    """One DMN file. The mappings are by id and hold what the file itself declares."""

    def __init__(self, id_: str, name: str, namespace: str, types: TypeTable) -> None:
        self.id = id_
        self.name = name
        self.namespace = namespace
        self.types = types
        self.file = ModelFile("", b"")
        """The file it was read from."""
        self.names = Vocabulary(())
        """All names it and its imports declare."""
        self.imports: list[Import] = []
        self.decisions: dict[str, Decision] = {}
        self.inputs: dict[str, InputData] = {}
        self.functions: dict[str, KnowledgeModel | DecisionService] = {}
        self.tables: list[tuple[str, DecisionTable]] = []
        """Every table at any depth, with the id of the decision or knowledge model it is part of."""
        self.needs: dict[str, Needs] = {}
        """By id of decision or knowledge model."""
        self.bound: dict[str, Function | None] = {}
        """Knowledge models and services as FEEL functions, by id."""
        self._orders: dict[tuple[tuple[Decision, ...], frozenset[Decision]], tuple[Decision, ...]] = {}

    @cached_property
    def paths(self) -> dict[DecisionModel, list[tuple[str, ...]]]:
        """This model and those it imports, directly or through others, each with the import names that lead to it."""
        found: dict[DecisionModel, list[tuple[str, ...]]] = {self: [()]}
        for imported in self.imports:
            for model, further in imported.model.paths.items():
                own = found.setdefault(model, [])
                front = (imported.name,) if imported.name else ()
                own.extend((*front, *path) for path in further[: MAX_PATHS - len(own)])
        return found

    def order_of(self, wanted: tuple[Decision, ...], given: frozenset[Decision] = frozenset()) -> tuple[Decision, ...]:
        """The wanted decisions and those they require, each after what it requires; none that is given."""
        found = self._orders.get((wanted, given))
        if found is None:
            found = self._orders[wanted, given] = _ordered(wanted, given)
        return found

    def invoke(
        self,
        name: str,
        arguments: Mapping[str, FeelValue],
        environment: Environment,
        trace: list[Record] | None = None,
    ) -> FeelValue:
        """The result of a business knowledge model or decision service, its arguments by name; a missing one is null.

        `trace` receives the record of the call, as `Decision.evaluate` says; tables and decisions are its `parts`.
        Raises KeyError for a name the model does not have, Unsuitable, HitPolicyViolated, FeelEvaluationError.
        """
        (key,) = [key for key, each in self.functions.items() if each.name == name][:1] or [name]
        function = self.bound[key]
        if function is None:
            return None
        given = {each: arguments.get(each) for each in function.parameters}
        return call(function, given, environment, [] if trace is None else trace)


def _ordered(wanted: Sequence[Decision], given: frozenset[Decision]) -> tuple[Decision, ...]:
    found: dict[Decision, None] = {}
    waiting = [(decision, False) for decision in reversed(wanted)]
    while waiting:
        decision, ready = waiting.pop()
        if ready:
            found.setdefault(decision)
        elif decision not in found and decision not in given:
            waiting.append((decision, True))
            required = decision.model.needs[decision.id].decisions
            waiting.extend((each, False) for _, each in reversed(required))
    return tuple(found)
