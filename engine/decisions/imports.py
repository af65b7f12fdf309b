"""The models that a model imports (DMN 1.5, 6.3.3)."""

from __future__ import annotations

from collections.abc import Callable

from engine.decisions.document import NAMESPACES, Element, children
from engine.decisions.errors import DecisionRefused
from engine.decisions.library import Library, ModelFile
from engine.decisions.model import DecisionModel, Import
from engine.model.errors import Problem

_DMN = "omg.org/spec/dmn"
_SHOWN = 5  # problems of an imported file repeated for the one that imports it

ReadModel = Callable[[ModelFile, Library], DecisionModel]


def read_imports(root: Element, model: DecisionModel, library: Library, read: ReadModel) -> list[Problem]:
    """Give `model` what the `import` elements of its file name; the answer says what was in the way."""
    problems: list[Problem] = []
    for element in children(root, "import"):
        imported = _Import(element, model, library, read)
        found = imported.model()
        problems += imported.problems
        if found is not None:
            model.imports.append(Import(imported.name, imported.namespace, found))
            model.types.add_import(imported.name, imported.namespace, found.types)
    return problems


class _Import:
    def __init__(self, element: Element, model: DecisionModel, library: Library, read: ReadModel) -> None:
        self.name = str(element.get("name") or "").strip()
        self.namespace = str(element.get("namespace") or "").strip()
        self.problems: list[Problem] = []
        self._type = str(element.get("importType") or "").strip()
        self._location = str(element.get("locationURI") or "").strip()
        self._element = self.name or self.namespace or model.file.name
        self._importer, self._library, self._read = model, library, read

    def model(self) -> DecisionModel | None:
        """The imported model; None when `problems` says why not."""
        if not self._is_well_formed():
            return None
        files = self._library.find(self._importer.file, self.namespace, self._location)
        if len(files) != 1:
            self._refuse_files(files)
            return None
        try:
            return self._read(files[0], self._library)
        except DecisionRefused as refused:
            for problem in refused.problems[:_SHOWN]:
                en = f"The imported file {files[0].name} is refused. {problem.text('en')}"
                self._refuse(en, f"导入的文件 {files[0].name} 未通过检查。{problem.text('zh')}")
            return None

    def _is_well_formed(self) -> bool:
        others = self._importer.imports
        if self._type and self._type not in NAMESPACES and _DMN not in self._type.lower():
            self._refuse(
                f"Only DMN models can be imported, not {self._type[:80]}.",
                f"只能导入 DMN 模型，不能导入 {self._type[:80]}。",
                ("Draw what it needs in a DMN model.", "请在 DMN 模型中绘制所需内容。"),
            )
        elif not self.namespace:
            self._refuse(
                "The import has no namespace.", "该导入没有命名空间。",
                ("Give it the namespace of the model it means.", "请填写所导入模型的命名空间。"),
            )  # fmt: skip
        elif self.namespace == self._importer.namespace:
            self._refuse(
                "The model imports itself, or one of the same namespace.", "模型导入了自身，或与自身命名空间相同。",
                ("Remove the import, or give the other model a namespace of its own.",
                 "请删除该导入，或为另一模型设置独立的命名空间。"),
            )  # fmt: skip
        elif any(self.namespace == other.namespace or (self.name and self.name == other.name) for other in others):
            self._refuse(
                "Its name or its namespace is imported twice.", "该名称或命名空间被重复导入。",
                ("Remove one of the imports, or name it differently.", "请删除其中一个导入，或更改名称。"),
            )  # fmt: skip
        return not self.problems

    def _refuse_files(self, files: list[ModelFile]) -> None:
        if files:
            names = ", ".join(file.name for file in files)
            self._refuse(
                f"Several models have the namespace {self.namespace}: {names}.",
                f"有多个模型使用命名空间 {self.namespace}：{names}。",
                ("Give each model a namespace of its own.", "请为每个模型设置独立的命名空间。"),
            )
        else:
            self._refuse(
                f"There is no model of the namespace {self.namespace}.",
                f"没有命名空间为 {self.namespace} 的模型。",
                ("Deploy the imported model together with this one.", "请将被导入的模型与本模型一并部署。"),
            )

    def _refuse(self, en: str, zh: str, remedy: tuple[str, str] = ("", "")) -> None:
        self.problems.append(
            Problem(element=self._element, reason_en=en, reason_zh=zh, remedy_en=remedy[0], remedy_zh=remedy[1])
        )
