"""Deployed definitions made ready to run, compiled once per version and shared between threads."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row

from engine.decisions import Decision, ModelFile, read_model
from engine.forms import Form, parse_form
from engine.interpreter import CALENDAR_FUNCTIONS, ProcessModel, Program, link, parse_diagram
from engine.model.elements import Element
from engine.model.errors import NotFound
from engine.model.terms import Thing
from engine.services.decision_models import library_of
from engine.store.definitions import links_of, with_content
from engine.store.states import LinkKind


@dataclass(frozen=True, kw_only=True)
class LinkedDefinition:
    """One version of a process with everything it was frozen with."""

    key: int
    process_id: str
    program: Program
    processes: Mapping[str, ProcessModel]
    """By process id: itself and those it calls, directly or through others."""
    forms: Mapping[str, tuple[int, Form]]
    """By form id: the deployed form's key, and the form."""

    @property
    def model(self) -> ProcessModel:
        """The process itself."""
        return self.processes[self.process_id]

    @cached_property
    def exclusions(self) -> Mapping[str, frozenset[str]]:
        """Segregation of duties, both ways round: ids of elements whose performers may not perform the element."""
        exclusions: dict[str, set[str]] = defaultdict(set)
        for process in self.processes.values():
            for element in process.elements.values():
                for other in element.excludes:
                    exclusions[element.id].add(other)
                    exclusions[other].add(element.id)
        return {element: frozenset(others) for element, others in exclusions.items()}

    def element(self, process_id: str, element_id: str) -> Element:
        """An element of the process or of one it calls. Raises NotFound."""
        try:
            return self.processes[process_id].elements[element_id]
        except KeyError:
            raise NotFound(what=Thing.ELEMENT, key=element_id) from None


def _linked(connection: Connection, kind: LinkKind, keys: Mapping[LinkKind, Mapping[str, int]]) -> Iterator[Row[Any]]:
    for key in keys[kind].values():
        row = with_content(connection, kind, key)
        assert row is not None  # no definition is ever deleted
        yield row


class Programs:
    """The cache. Definitions never change, so entries are never dropped."""

    def __init__(self) -> None:
        self._linked: dict[int, LinkedDefinition] = {}
        self._forms: dict[int, Form] = {}
        self._lock = threading.Lock()

    def get(self, connection: Connection, definition_key: int) -> LinkedDefinition:
        """The definition, compiled on first use. Raises NotFound."""
        found = self._linked.get(definition_key)
        if found is not None:
            return found
        with self._lock:  # compiling takes long enough that two threads should not both do it
            if definition_key not in self._linked:
                self._linked[definition_key] = self._compile(connection, definition_key)
            return self._linked[definition_key]

    def form(self, connection: Connection, form_key: int) -> Form:
        """A deployed form. Raises NotFound."""
        if form_key not in self._forms:
            row = with_content(connection, LinkKind.FORM, form_key)
            if row is None:
                raise NotFound(what=Thing.FORM, key=form_key)
            self._forms[form_key] = parse_form(row.content, row.resource_name, CALENDAR_FUNCTIONS)
        return self._forms[form_key]

    def _compile(self, connection: Connection, definition_key: int) -> LinkedDefinition:
        own = with_content(connection, LinkKind.PROCESS, definition_key)
        if own is None:
            raise NotFound(what=Thing.PROCESS_DEFINITION, key=definition_key)
        keys: dict[LinkKind, dict[str, int]] = {kind: {} for kind in LinkKind}
        for row in links_of(connection, definition_key):
            keys[LinkKind(row.kind)][row.target_id] = row.target_key
        processes: dict[str, ProcessModel] = {}
        for row in (own, *_linked(connection, LinkKind.PROCESS, keys)):
            processes[row.process_id] = parse_diagram(row.content, row.resource_name).processes[row.process_id]
        decisions: dict[str, Decision] = {}
        library = library_of(connection)
        for row in _linked(connection, LinkKind.DECISION, keys):
            file = ModelFile(row.resource_name, row.content, row.resource_key)
            decisions[row.decision_id] = read_model(file, library).decisions[row.decision_id]
        root = own.process_id
        return LinkedDefinition(
            key=definition_key,
            process_id=root,
            program=link(processes, root, decisions),
            processes=processes,
            forms={id_: (key, self.form(connection, key)) for id_, key in keys[LinkKind.FORM].items()},
        )
