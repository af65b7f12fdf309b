"""A DMN file to a decision model, or every reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from engine.decisions.boxed import LogicReader, TooManyProblems
from engine.decisions.document import Element, child, children, english, local_name, read_definitions
from engine.decisions.errors import DecisionRefused
from engine.decisions.functions import FunctionLogic
from engine.decisions.imports import read_imports
from engine.decisions.item_types import DataType, TypeTable
from engine.decisions.library import Library, ModelFile
from engine.decisions.model import Decision, DecisionModel, DecisionService, InputData, KnowledgeModel
from engine.decisions.requirements import link
from engine.decisions.type_reader import read_types
from engine.decisions.vocabulary import Vocabulary

_NAMING = frozenset(
    {
        "inputData", "decision", "variable", "businessKnowledgeModel", "decisionService", "itemComponent",
        "output", "column", "import",
    }
)  # fmt: skip
_CALLABLE = ("businessKnowledgeModel", "decisionService")


def parse_decisions(
    xml: bytes, resource_name: str, library: Library | Mapping[str, bytes] | None = None
) -> DecisionModel:
    """Read a DMN 1.1 to 1.5 file. What it imports is found by namespace in `library`: other files by name, or a
    `Library` of them, which keeps the models it has read for the next file.

    Raises DecisionRefused with all problems found.
    """
    files = library if isinstance(library, Library) else Library(library)
    return read_model(ModelFile(resource_name, xml), files)


def read_model(file: ModelFile, library: Library) -> DecisionModel:
    """The model in a file, once per library. Raises DecisionRefused."""
    known = library.model_of(file)
    if known is not None:
        return known
    with library.reading(file):
        root = read_definitions(file.content, file.name)
        model = _Reading(root, file, library).model()
    library.keep(file, model)
    return model


class _Reading:
    """Of one file."""

    def __init__(self, root: Element, file: ModelFile, library: Library) -> None:
        self._root, self._file, self._library = root, file, library
        namespace = root.get("namespace") or ""
        self._model = DecisionModel(
            root.get("id") or file.name, root.get("name") or file.name, namespace, TypeTable(namespace)
        )
        self._model.file = file

    def model(self) -> DecisionModel:
        """The whole of it. Raises DecisionRefused."""
        model, problems = self._model, read_imports(self._root, self._model, self._library, read_model)
        names = {element.get("name", "") for element in self._root.iter() if _names(element)}
        names |= {element.get("iteratorVariable", "") for element in self._root.iter() if isinstance(element.tag, str)}
        model.names = Vocabulary(names.union(*(imported.model.names.all for imported in model.imports)))
        reader = LogicReader(model.names, model.types)
        reader.problems += problems
        if not problems:  # what is missing would be missed everywhere
            with suppress(TooManyProblems):
                read_types(self._root, reader)
                self._read_elements(reader)
                model.tables = reader.tables
                link(model, reader)
        if reader.problems:
            raise DecisionRefused(self._file.name, reader.problems)
        return model

    def _read_elements(self, reader: LogicReader) -> None:
        elements = self._elements(reader)
        self._callable = {id_: self._name(element) for id_, element in elements.items() if _is_callable(element)}
        for id_, element in elements.items():
            required = self._references(element, "knowledgeRequirement", "requiredKnowledge")
            hiding = {self._callable.get(reference) or self._imported_name(reference) for reference in required}
            hiding.add(self._callable.get(id_, ""))
            with reader.inside(id_, frozenset(hiding - {""})):
                self._read(element, id_, reader)

    def _elements(self, reader: LogicReader) -> dict[str, Element]:
        elements: dict[str, Element] = {}
        for element in children(self._root, "decision", "inputData", *_CALLABLE):
            id_ = str(element.get("id") or element.get("name") or "")
            if not id_.strip():
                reader.refuse(
                    local_name(element), "An element has neither id nor name.", "有元素既无编号也无名称。",
                    "Name it.", "请填写名称。",
                )  # fmt: skip
            elif id_ in elements:
                reader.refuse(
                    id_, "The id is used twice.", "编号重复。", "Give each element its own id.", "请使用唯一编号。"
                )
            else:
                elements[id_] = element
        self._check_names(elements, reader)
        return elements

    def _check_names(self, elements: Mapping[str, Element], reader: LogicReader) -> None:
        """Elements of one name could not be told apart by whoever reads, calls or asks for them."""
        seen = {imported.name: "" for imported in self._model.imports if imported.name}
        for id_, element in elements.items():
            name = self._name(element)
            if seen.setdefault(name, id_) != id_:
                reader.refuse(
                    id_, f"The name {name[:60]} is used twice.", f"名称“{name[:60]}”重复。",
                    "Give each element its own name.", "请使用唯一名称。",
                )  # fmt: skip

    def _imported_name(self, reference: str) -> str:
        """The name of a function that is read without the name of its import."""
        namespace, _, id_ = reference.rpartition("#")
        for imported in self._model.imports:
            if imported.namespace == namespace and not imported.name and id_ in imported.model.functions:
                return imported.model.functions[id_].name
        return ""

    def _read(self, element: Element, id_: str, reader: LogicReader) -> None:
        match local_name(element):
            case "decision":
                self._model.decisions[id_] = self._decision(element, id_, reader)
            case "inputData":
                self._model.inputs[id_] = self._input(element, id_, reader)
            case "businessKnowledgeModel":
                self._model.functions[id_] = self._knowledge_model(element, id_, reader)
            case _:
                self._model.functions[id_] = self._service(element, id_, reader)

    def _name(self, element: Element) -> str:
        return str(element.get("name") or element.get("id") or "")

    def _reference(self, element: Element) -> str:
        """The id an `href` points to, or `namespace#id` for one outside this file."""
        namespace, _, id_ = element.get("href", "").strip().rpartition("#")
        return id_ if namespace in ("", self._model.namespace) else f"{namespace}#{id_}"

    def _references(self, element: Element, kind: str, target: str) -> tuple[str, ...]:
        return tuple(
            self._reference(required)
            for requirement in children(element, kind)
            for required in children(requirement, target)
        )

    def _decision(self, element: Element, id_: str, reader: LogicReader) -> Decision:
        variable = child(element, "variable")
        return Decision(
            id=id_,
            name=self._name(element),
            variable=_variable_name(variable) or self._name(element),
            type_ref=variable.get("typeRef") if variable is not None else None,
            data_type=reader.type_of(variable, id_),
            logic=reader.logic_in(element, id_),
            required_decisions=self._references(element, "informationRequirement", "requiredDecision"),
            required_inputs=self._references(element, "informationRequirement", "requiredInput"),
            required_functions=self._references(element, "knowledgeRequirement", "requiredKnowledge"),
            model=self._model,
            name_en=english(element, "name_en"),
        )

    def _input(self, element: Element, id_: str, reader: LogicReader) -> InputData:
        variable = child(element, "variable")
        return InputData(
            id=id_,
            name=self._name(element),
            type_ref=variable.get("typeRef") if variable is not None else None,
            variable=_variable_name(variable) or self._name(element),
            data_type=reader.type_of(variable, id_),
            model=self._model,
        )

    def _knowledge_model(self, element: Element, id_: str, reader: LogicReader) -> KnowledgeModel:
        encapsulated, variable = child(element, "encapsulatedLogic"), child(element, "variable")
        function = FunctionLogic((), None)
        if encapsulated is not None:
            function = reader.function(encapsulated, id_, _of_call(reader.type_of(variable, id_)))
        required = self._references(element, "knowledgeRequirement", "requiredKnowledge")
        return KnowledgeModel(id_, self._name(element), function, required)

    def _service(self, element: Element, id_: str, reader: LogicReader) -> DecisionService:
        def references(name: str) -> tuple[str, ...]:
            return tuple(self._reference(part) for part in children(element, name))

        variable = child(element, "variable")
        return DecisionService(
            id_,
            self._name(element),
            variable.get("typeRef") if variable is not None else None,
            _of_call(reader.type_of(variable, id_)),
            references("inputData"),
            references("inputDecision"),
            references("outputDecision"),
        )


def _of_call(data_type: DataType | None) -> DataType | None:
    """The variable of something called is declared with the type of its result, or with that of the function."""
    return data_type.of_call if data_type is not None else None


def _names(element: Element) -> bool:
    return isinstance(element.tag, str) and local_name(element) in _NAMING


def _is_callable(element: Element) -> bool:
    return local_name(element) in _CALLABLE


def _variable_name(variable: Element | None) -> str:
    return str(variable.get("name") or "") if variable is not None else ""
