"""The lines of a requirement graph followed to what they point to, in this model or an imported one (DMN 1.5, 6.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from engine.decisions.boxed import LogicReader
from engine.decisions.evaluation import ServiceFunction, place
from engine.decisions.model import Decision, DecisionModel, DecisionService, InputData, KnowledgeModel, Needs
from engine.feel import FeelValue, Function, LayeredScope
from engine.feel.scope import EMPTY

Found = TypeVar("Found", Decision, InputData, "KnowledgeModel | DecisionService")


def link(model: DecisionModel, reader: LogicReader) -> None:
    """Fill in what the model's elements need and bind its functions; problems go to the reader."""
    linking = _Linking(model, reader)
    linking.find_all()
    if not reader.problems:
        linking.check_circles()
    if not reader.problems:
        linking.bind()


class _Linking:
    def __init__(self, model: DecisionModel, reader: LogicReader) -> None:
        self._model = model
        self._reader = reader
        self._functions: dict[str, list[tuple[str, KnowledgeModel | DecisionService, DecisionModel]]] = {}

    def find_all(self) -> None:
        """Every requirement's target."""
        for decision in self._model.decisions.values():
            needs = self._model.needs[decision.id] = Needs(
                [(under, each) for under, each, _ in self._found(decision.id, decision.required_decisions, _decisions)],
                [(under, each) for under, each, _ in self._found(decision.id, decision.required_inputs, _inputs)],
            )
            self._functions[decision.id] = self._found(decision.id, decision.required_functions, _functions)
            self._check_names(decision.id, needs)
        for id_, function in self._model.functions.items():
            if isinstance(function, KnowledgeModel):
                self._model.needs[id_] = Needs()
                self._functions[id_] = self._found(id_, function.required, _functions)
            else:
                self._check_service(function)

    def _found(
        self, owner: str, references: Iterable[str], among: Callable[[DecisionModel], dict[str, Found]]
    ) -> list[tuple[str, Found, DecisionModel]]:
        found = []
        for reference in references:
            namespace, _, id_ = reference.rpartition("#")
            sources = [("", self._model)] if not namespace else self._imported(namespace)
            target = next(((name, among(model)[id_], model) for name, model in sources if id_ in among(model)), None)
            if target is not None:
                found.append(target)
            elif not namespace:
                self._reader.refuse(
                    owner, f"It requires {id_ or 'nothing'}, which is not in this file.",
                    f"所需元素 {id_ or '（空）'} 不在本文件中。", "Draw the requirement again.", "请重新连接需求关系。",
                )  # fmt: skip
            elif not sources:
                self._reader.refuse(
                    owner, f"It requires {id_} of {namespace}, which is not imported.",
                    f"所需元素 {id_} 属于 {namespace}，但该模型未被导入。",
                    "Import the model of this namespace.", "请导入该命名空间的模型。",
                )  # fmt: skip
            else:
                self._reader.refuse(
                    owner, f"It requires {id_}, which the imported model {sources[0][1].name} does not have.",
                    f"导入的模型 {sources[0][1].name} 中没有所需元素 {id_}。",
                    "Draw the requirement again.", "请重新连接需求关系。",
                )  # fmt: skip
        return found

    def _imported(self, namespace: str) -> list[tuple[str, DecisionModel]]:
        return [(each.name, each.model) for each in self._model.imports if each.namespace == namespace]

    def _check_names(self, owner: str, needs: Needs) -> None:
        """Two requirements of one name would hide each other."""
        seen: dict[tuple[str, str], object] = {}
        named = [
            *((under, name, each) for under, each in needs.decisions for name in (each.name, each.variable)),
            *((under, name, each) for under, each in needs.inputs for name in each.spellings),
            *((under, each.name, each) for under, each, _ in self._functions[owner]),
        ]
        for under, name, each in named:
            if seen.setdefault((under, name), each) is not each:
                self._reader.refuse(
                    owner, f"It requires two elements named {name}.", f"所需元素中有两个同名：{name}。",
                    "Give one of them another name.", "请为其中一个改名。",
                )  # fmt: skip

    def _check_service(self, service: DecisionService) -> None:
        data, decisions, outputs = self._parts(service)
        names = [*(each.name for each in data), *(each.name for each in decisions)]
        if len(set(names)) < len(names):
            self._reader.refuse(
                service.id, "Two of its inputs have the same name.", "该服务有两个同名的输入。",
                "Give one of them another name.", "请为其中一个改名。",
            )  # fmt: skip
        if not outputs and not service.output_decisions:
            self._reader.refuse(
                service.id, "The decision service has no output decision.", "该决策服务没有输出决策。",
                "Mark a decision as its output.", "请指定一个输出决策。",
            )  # fmt: skip

    def _parts(self, service: DecisionService) -> tuple[list[InputData], list[Decision], list[Decision]]:
        return (
            [each for _, each, _ in self._found(service.id, service.input_data, _inputs)],
            [each for _, each, _ in self._found(service.id, service.input_decisions, _decisions)],
            [each for _, each, _ in self._found(service.id, service.output_decisions, _decisions)],
        )

    def check_circles(self) -> None:
        """Refuse decisions that require themselves; imported ones cannot, for imports make no circle."""
        graph = {
            decision.id: [id_ for id_ in decision.required_decisions if id_ in self._model.decisions]
            for decision in self._model.decisions.values()
        }
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            for id_ in dict.fromkeys(error.args[1]):
                self._reader.refuse(
                    id_, "It requires itself, directly or through others.", "该决策直接或间接地依赖自身。",
                    "Remove one of the requirements.", "请删除其中一个需求关系。",
                )  # fmt: skip

    def bind(self) -> None:
        """The model's functions, each seeing itself and those it requires."""
        bound, fronts = self._model.bound, dict[str, dict[str, FeelValue]]()
        for id_, function in self._model.functions.items():
            if isinstance(function, KnowledgeModel):
                fronts[id_] = {}
                bound[id_] = function.function.bound(function.name, LayeredScope(fronts[id_], EMPTY))
                fronts[id_][function.name] = bound[id_]
            else:
                bound[id_] = ServiceFunction(self._model, function, *self._parts(function))
        for id_, required in self._functions.items():
            functions = self._model.needs[id_].functions
            for under, element, model in required:
                found: Function | None = model.bound[element.id]
                functions.append((under, element.name, found))
                if id_ in fronts:
                    place(fronts[id_], under, element.name, found)


def _decisions(model: DecisionModel) -> dict[str, Decision]:
    return model.decisions


def _inputs(model: DecisionModel) -> dict[str, InputData]:
    return model.inputs


def _functions(model: DecisionModel) -> dict[str, KnowledgeModel | DecisionService]:
    return model.functions
