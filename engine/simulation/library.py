"""The files a play may draw on: the diagram itself first, then the tables and diagrams of its folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from engine.decisions import Decision, parse_decisions
from engine.decisions import Library as DecisionLibrary
from engine.interpreter import ProcessModel, Program, link, parse_diagram
from engine.model.errors import NotFound, ResourceRefused
from engine.model.terms import Thing

_READ = (".bpmn", ".dmn")


class Library:
    """Processes and decisions found by id. A folder's other files are read only when something asks for them, and
    one that is refused is passed over unless it is the very file that was asked for."""

    def __init__(self, files: Iterable[Path], neighbours: Callable[[], Iterable[Path]] = tuple) -> None:
        self.processes: dict[str, ProcessModel] = {}
        self.decisions: dict[str, Decision] = {}
        self._waiting: list[Path] | None = None
        self._refused: list[tuple[Path, ResourceRefused]] = []
        self._neighbours = neighbours
        self._models: dict[Path, DecisionLibrary] = {}
        """By folder, what its tables may import."""
        self.main: str | None = None
        """The first executable process of the first diagram."""
        for file in files:
            self._read(file)

    @classmethod
    def of_diagram(cls, diagram: Path) -> Library:
        """A diagram, with the other files of its folder at hand. Raises ResourceRefused for the diagram itself."""
        return cls([diagram], lambda: (file for file in sorted(diagram.parent.iterdir()) if file != diagram))

    @classmethod
    def of_folder(cls, folder: Path) -> Library:
        """Every diagram and table of a folder. Raises ResourceRefused for the first refused file."""
        return cls(file for file in sorted(folder.iterdir()) if file.suffix in _READ)

    def program(self, process: str | None = None) -> Program:
        """The linked program of a process (default: the main one); raises NotFound, ResourceRefused."""
        root = process or self.main
        if root is None:
            raise NotFound(what=Thing.PROCESS)
        self._gather(root)
        return link(self.processes, root, self.decisions)

    def _gather(self, root: str) -> None:
        wanted, seen = [root], set[str]()
        while wanted:
            process = wanted.pop()
            if process in seen:
                continue
            seen.add(process)
            self._find(self.processes, process)
            if process not in self.processes:
                if process == root:
                    raise NotFound(what=Thing.PROCESS, key=process)
                continue  # `link` names the call activity that misses it
            model = self.processes[process]
            for decision in model.called_decisions:
                self._find(self.decisions, decision)
            wanted += model.called_processes

    def _find(self, known: Mapping[str, object], id: str) -> None:
        """Read neighbours until one brings `id`; `known` is the table they are read into."""
        if self._waiting is None and id not in known:
            self._waiting = [file for file in self._neighbours() if file.suffix in _READ and file.is_file()]
        while self._waiting and id not in known:
            neighbour = self._waiting.pop(0)
            try:
                self._read(neighbour)
            except ResourceRefused as refusal:
                self._refused.append((neighbour, refusal))
        if id not in known:
            self._blame(id)

    def _blame(self, id: str) -> None:
        """Raise the refusal of the neighbour that defines `id`, so that its author learns why it was not found."""
        definition = re.compile(rf"""\sid\s*=\s*["']{re.escape(id)}["']""".encode())
        for neighbour, refusal in self._refused:
            if definition.search(neighbour.read_bytes()):
                raise refusal

    def _read(self, file: Path) -> None:
        content = file.read_bytes()
        if file.suffix == ".dmn":
            models = self._models.setdefault(file.parent, DecisionLibrary.of_folder(file.parent))
            self.decisions.update(parse_decisions(content, file.name, models).decisions)
            return
        processes = parse_diagram(content, file.name).processes
        for id, process in processes.items():
            self.processes.setdefault(id, process)
        if self.main is None:
            self.main = next((id for id, process in processes.items() if process.executable), None) or next(
                iter(processes), None
            )
