"""A DMN file to a decision model, or every reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.decisions.boxed import LogicReader
from engine.decisions.document import (
    Element,
    child,
    children,
    english,
    local_name,
    read_definitions,
    reference,
    text_in,
)
from engine.decisions.errors import DecisionRefused
from engine.decisions.item_types import ItemType, TypeTable
from engine.decisions.logic import FunctionLogic
from engine.decisions.model import Decision, DecisionModel, DecisionService, InputData, KnowledgeModel
from engine.feel import FeelSyntaxError, UnaryTests, compile_unary_tests

_NAMING = frozenset(
    {
        "inputData", "decision", "variable", "businessKnowledgeModel", "decisionService", "itemComponent",
        "output", "column",
    }
)  # fmt: skip
_CALLABLE = ("businessKnowledgeModel", "decisionService")


def parse_decisions(xml: bytes, resource_name: str) -> DecisionModel:
    """Read a DMN 1.1 to 1.5 file. Raises DecisionRefused with all problems found."""
    root = read_definitions(xml, resource_name)
    types: dict[str, ItemType] = {}
    reader = LogicReader(_declared_names(root), _callable_names(root), TypeTable(types))
    for definition in children(root, "itemDefinition"):
        types[definition.get("name", "")] = _item_type(definition, reader)
    reader.type_names = reader.types.type_names()
    model = DecisionModel(root.get("id") or resource_name, root.get("name") or resource_name, reader.types)
    for imported in children(root, "import"):
        reader.refuse(
            str(str(imported.get("name") or resource_name)),
            "Imported models are not supported.",
            "不支持导入其他模型。",
            "Draw the decisions it needs in this file.",
            "请把所需决策画在同一文件中。",
        )
    _read_elements(root, model, reader)
    model.tables = reader.tables
    _check_references(model, reader)
    if reader.problems:
        raise DecisionRefused(resource_name, reader.problems)
    return model


def _declared_names(root: Element) -> frozenset[str]:
    names = set()
    for element in root.iter():
        if isinstance(element.tag, str) and local_name(element) in _NAMING:
            names.add(element.get("name", ""))
        if isinstance(element.tag, str) and element.get("iteratorVariable"):
            names.add(element.get("iteratorVariable", ""))
    return frozenset(names - {""})


def _callable_names(root: Element) -> frozenset[str]:
    return frozenset(element.get("name", "") for element in children(root, *_CALLABLE))


def _item_type(element: Element, reader: LogicReader, depth: int = 0) -> ItemType:
    base = child(element, "typeRef")
    components = []
    if depth < 32:
        components = [
            (component.get("name", ""), _item_type(component, reader, depth + 1))
            for component in children(element, "itemComponent")
        ]
    return ItemType(
        base=(base.text or "").strip() if base is not None else None,
        components=tuple(components),
        allowed=_allowed(element, reader),
        collection=element.get("isCollection") == "true",
        function=child(element, "functionItem") is not None,
    )


def _allowed(element: Element, reader: LogicReader) -> UnaryTests | None:
    text = text_in(child(element, "allowedValues"))
    try:
        return compile_unary_tests(text) if text else None
    except FeelSyntaxError as error:
        reader.refuse(str(element.get("id") or element.get("name", "")), error.message("en"), error.message("zh"))
        return None


def _read_elements(root: Element, model: DecisionModel, reader: LogicReader) -> None:
    seen: set[str] = set()
    for element in children(root, "decision", "inputData", *_CALLABLE):
        id_ = str(element.get("id") or element.get("name", ""))
        if id_ in seen:
            reader.refuse(
                id_, "The id is used twice.", "编号重复。", "Give each element its own id.", "请使用唯一编号。"
            )
            continue
        seen.add(id_)
        reader.holder = id_
        match local_name(element):
            case "decision":
                model.decisions[id_] = _decision(element, id_, model, reader)
            case "inputData":
                name, type_ref = _variable(element)
                model.inputs[id_] = InputData(id_, name, type_ref)
            case "businessKnowledgeModel":
                model.functions[id_] = _knowledge_model(element, id_, reader)
            case _:
                model.functions[id_] = _service(element, id_)


def _variable(element: Element) -> tuple[str, str | None]:
    """The name others read the element by, and its type."""
    variable = child(element, "variable")
    type_ref = variable.get("typeRef") if variable is not None else None
    return str(element.get("name") or element.get("id", "")), type_ref


def _requirements(element: Element, kind: str, target: str) -> tuple[str, ...]:
    return tuple(
        reference(required) for requirement in children(element, kind) for required in children(requirement, target)
    )


def _decision(element: Element, id_: str, model: DecisionModel, reader: LogicReader) -> Decision:
    name, type_ref = _variable(element)
    variable = child(element, "variable")
    return Decision(
        id=id_,
        name=name,
        variable=str(variable.get("name") or name) if variable is not None else name,
        type_ref=type_ref,
        logic=reader.logic_in(element, id_),
        required_decisions=_requirements(element, "informationRequirement", "requiredDecision"),
        required_inputs=_requirements(element, "informationRequirement", "requiredInput"),
        required_functions=_requirements(element, "knowledgeRequirement", "requiredKnowledge"),
        model=model,
        name_en=english(element, "name_en"),
    )


def _knowledge_model(element: Element, id_: str, reader: LogicReader) -> KnowledgeModel:
    encapsulated = child(element, "encapsulatedLogic")
    if encapsulated is None:
        return KnowledgeModel(id_, _variable(element)[0], FunctionLogic((), None, reader.types), ())
    name, type_ref = _variable(element)
    function = reader.function(encapsulated, id_).returning(type_ref)
    required = _requirements(element, "knowledgeRequirement", "requiredKnowledge")
    return KnowledgeModel(id_, name, function, required)


def _service(element: Element, id_: str) -> DecisionService:
    def ids(name: str) -> tuple[str, ...]:
        return tuple(reference(part) for part in children(element, name))

    name, type_ref = _variable(element)
    return DecisionService(id_, name, type_ref, ids("inputData"), ids("inputDecision"), ids("outputDecision"))


def _check_references(model: DecisionModel, reader: LogicReader) -> None:
    for id_, targets in _references(model):
        for key, among in targets:
            if key not in among:
                reader.refuse(
                    id_,
                    f"It requires {key or 'nothing'}, which is not in this file.",
                    f"所需元素 {key or '（空）'} 不在本文件中。",
                    "Draw the requirement again.",
                    "请重新连接需求关系。",
                )
    if not reader.problems:
        _check_cycles(model, reader)


def _references(model: DecisionModel) -> Iterator[tuple[str, list[tuple[str, Iterable[str]]]]]:
    for decision in model.decisions.values():
        yield (
            decision.id,
            [
                *((key, model.decisions) for key in decision.required_decisions),
                *((key, model.inputs) for key in decision.required_inputs),
                *((key, model.functions) for key in decision.required_functions),
            ],
        )
    for function in model.functions.values():
        if isinstance(function, KnowledgeModel):
            yield function.id, [(key, model.functions) for key in function.required]
        else:
            yield (
                function.id,
                [
                    *((key, model.inputs) for key in function.input_data),
                    *((key, model.decisions) for key in (*function.input_decisions, *function.output_decisions)),
                ],
            )


def _check_cycles(model: DecisionModel, reader: LogicReader) -> None:
    """Refuse decisions that require themselves: take away, again and again, those that require none left."""
    left = {key: set(decision.required_decisions) for key, decision in model.decisions.items()}
    while free := [key for key, required in left.items() if not required & left.keys()]:
        for key in free:
            del left[key]
    for key in left:
        reader.refuse(
            key, "It requires itself, directly or through others.", "该决策直接或间接地依赖自身。",
            "Remove one of the requirements.", "请删除其中一个需求关系。",
        )  # fmt: skip
