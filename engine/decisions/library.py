"""The DMN files that others may import, found by their namespace (DMN 1.5, 6.3.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.decisions.document import MAX_BYTES, namespace_in, refusal

if TYPE_CHECKING:
    from engine.decisions.model import DecisionModel

MAX_DEPTH = 8
"""Models that import models; an analyst would lose the thread long before."""

MAX_MODELS = 50
"""Models read for one."""

MAX_TOTAL_BYTES = 8 * 1024 * 1024
"""Of all models read for one: four of the largest."""


@dataclass(frozen=True)
class ModelFile:
    """A DMN file. `key` is the deployed file's, 0 for one that is not deployed yet."""

    name: str
    content: bytes
    key: int = 0


Files = Callable[[], Mapping[str, bytes]]

Elsewhere = Callable[[ModelFile, str], "ModelFile | None"]
"""The file with a namespace (second) that another file (first) imports, when no neighbour of it has it."""


def _files_in(folder: Path) -> dict[str, bytes]:
    """Of a file too large to be accepted only as much as shows that it is."""
    found = {}
    for file in sorted(folder.iterdir()):
        if file.suffix == ".dmn" and file.is_file():
            with file.open("rb") as content:
                found[file.name] = content.read(MAX_BYTES + 1)
    return found


def _nowhere(importer: ModelFile, namespace: str) -> ModelFile | None:
    return None


class Library:
    """Files by name, and the models read from them so far. Not to be shared between threads.

    A file that is not deployed yet finds what it imports among `files`, else `elsewhere`; a deployed one only there.
    """

    def __init__(self, files: Mapping[str, bytes] | Files | None = None, elsewhere: Elsewhere = _nowhere) -> None:
        """`files` may be a function that reads them: it is called when something is imported."""
        self._read = files if callable(files) else (lambda: files or {})
        self._files: Mapping[str, bytes] = {}
        self._elsewhere = elsewhere
        self._by_namespace: dict[str, list[str]] | None = None
        self._models: dict[ModelFile, DecisionModel] = {}
        self._open: list[ModelFile] = []
        self._count = self._bytes = 0
        """Models read for the outermost one, and their size."""

    @classmethod
    def of_folder(cls, folder: Path) -> Library:
        """The DMN files of a folder, read when one of them imports something."""
        return cls(lambda: _files_in(folder))

    def model_of(self, file: ModelFile) -> DecisionModel | None:
        """The model already read from the file."""
        return self._models.get(file)

    def keep(self, file: ModelFile, model: DecisionModel) -> None:
        """Remember the model read from the file."""
        self._models[file] = model

    def find(self, importer: ModelFile, namespace: str, location: str) -> list[ModelFile]:
        """The files with the namespace; the one that `location` names comes alone, if it is among them."""
        if importer.key == 0:
            names = [name for name in self._names(namespace) if name != importer.name]
            named = [name for name in names if name == location.rpartition("/")[2]]
            found = [ModelFile(name, self._files[name]) for name in named or names]
            if found:
                return [found[0]] if len({file.content for file in found}) == 1 else found
        elsewhere = self._elsewhere(importer, namespace)
        return [elsewhere] if elsewhere is not None else []

    def _names(self, namespace: str) -> list[str]:
        if self._by_namespace is None:
            self._by_namespace, self._files = {}, self._read()
            for name in sorted(self._files):
                self._by_namespace.setdefault(namespace_in(self._files[name]) or "", []).append(name)
        return self._by_namespace.get(namespace, [])

    @contextmanager
    def reading(self, file: ModelFile) -> Iterator[None]:
        """While the file is read. Raises DecisionRefused when it imports itself, or too much is imported."""
        if file in self._open:
            raise _circle([*self._open[self._open.index(file) :], file])
        if not self._open:
            self._count = self._bytes = 0
        self._count, self._bytes = self._count + 1, self._bytes + len(file.content)
        too_many = len(self._open) > MAX_DEPTH or self._count > MAX_MODELS or self._bytes > MAX_TOTAL_BYTES
        if self._open and too_many:
            raise refusal(
                file.name,
                f"More is imported than can be worked with: {MAX_DEPTH} models deep, {MAX_MODELS} models or "
                f"{MAX_TOTAL_BYTES} bytes.",
                f"导入内容超过上限：{MAX_DEPTH} 层、{MAX_MODELS} 个模型或 {MAX_TOTAL_BYTES} 字节。",
                ("Import fewer models.", "请减少导入的模型。"),
            )
        self._open.append(file)
        try:
            yield
        finally:
            self._open.pop()


def _circle(files: list[ModelFile]) -> Exception:
    way = " → ".join(file.name for file in files)
    return refusal(
        files[0].name,
        f"The models import each other: {way}.",
        f"模型之间相互导入：{way}。",
        ("Remove one of the imports.", "请删除其中一个导入。"),
    )
