"""Everything that is checked before files become a deployment; nothing is written here."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from engine.decisions import Decision, DecisionModel, ModelFile, read_model
from engine.forms import parse_form
from engine.interpreter import (
    CALENDAR_FUNCTIONS,
    CaseEnvironment,
    ProcessModel,
    Schedule,
    business_key_at,
    link,
    parse_diagram,
    schedule_of,
)
from engine.model.errors import Problem, ResourceRefused
from engine.services.answers import Resource
from engine.services.decision_models import library_of
from engine.services.errors import DeploymentRefused
from engine.services.property_checks import property_problems
from engine.store.definitions import latest_of_kind
from engine.store.states import LinkKind
from persistence.errors import KaihuError

MAX_RESOURCES = 200


@dataclass
class Checked:
    """The content of a deployment, found good."""

    resources: tuple[Resource, ...]
    processes: dict[str, ProcessModel] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    models: list[DecisionModel] = field(default_factory=list)
    """The DMN files."""
    forms: set[str] = field(default_factory=set)
    source: dict[tuple[LinkKind, str], str] = field(default_factory=dict)
    """The file each definition comes from."""
    links: dict[str, set[tuple[LinkKind, str]]] = field(default_factory=dict)
    """What each process uses, directly or through others."""
    deployed: dict[tuple[LinkKind, str], int] = field(default_factory=dict)
    """Keys of what is used but was deployed earlier."""
    job_types: set[str] = field(default_factory=set)
    schedules: dict[str, dict[str, Schedule]] = field(default_factory=dict)
    """By process and start event with a timer: when its cases begin."""
    closures: dict[str, dict[str, ProcessModel]] = field(default_factory=dict)
    """By process: itself with every process it calls, directly or through others."""

    def rows(self, kind: LinkKind) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Id, file and further columns of each definition of one kind."""
        for (found, id_), resource_name in self.source.items():
            if found is kind:
                yield id_, resource_name, self._facts(kind, id_)

    def _facts(self, kind: LinkKind, id_: str) -> dict[str, Any]:
        if kind is LinkKind.FORM:
            return {}
        if kind is LinkKind.DECISION:
            return {"name": self.decisions[id_].name}
        model = self.processes[id_]
        return {
            "name": model.name,
            "name_en": model.name_en,
            "version_tag": model.version_tag,
            "executable": model.executable,
            "start_form_id": model.start_form,
            "message_starts": json.dumps(dict(model.message_starts), sort_keys=True),
        }


def check_resources(
    connection: Connection,
    resources: Sequence[Resource],
    job_types: frozenset[str],
    knows_qualification: Callable[[str], bool],
    environment: CaseEnvironment,
) -> Checked:
    """Read and check the files. Raises DeploymentRefused with every problem found."""
    check = _Check(connection, resources, job_types, knows_qualification, environment)
    check.read()
    if not check.problems:  # links between files that cannot be read would only repeat the problems
        check.resolve()
    if check.problems:
        raise DeploymentRefused(check.problems)
    return check.checked


class _Check:
    def __init__(
        self,
        connection: Connection,
        resources: Sequence[Resource],
        job_types: frozenset[str],
        knows_qualification: Callable[[str], bool],
        environment: CaseEnvironment,
    ) -> None:
        self.connection = connection
        self.known_types = job_types
        self.knows_qualification = knows_qualification
        self.environment = environment
        self.checked = Checked(tuple(sorted(resources, key=lambda item: item.name)))
        self.problems: dict[str, list[Problem]] = defaultdict(list)
        self.library = library_of(
            connection, {item.name: item.content for item in resources if item.name.lower().endswith(".dmn")}
        )
        self.earlier: dict[tuple[LinkKind, str], Any] = {}
        """Models of what was deployed earlier and is used now."""

    def refuse(self, resource: str, element: str, en: str, zh: str, remedy: tuple[str, str] = ("", "")) -> None:
        self.problems[resource].append(
            Problem(element=element, reason_en=en, reason_zh=zh, remedy_en=remedy[0], remedy_zh=remedy[1])
        )

    def read(self) -> None:
        readers: dict[str, Callable[[Resource], None]] = {
            "bpmn": self._read_diagram,
            "dmn": self._read_decisions,
            "form": self._read_form,
        }
        names = [item.name for item in self.checked.resources]
        if not names or len(names) > MAX_RESOURCES:
            self.refuse(
                "deployment",
                "deployment",
                f"It must have 1 to {MAX_RESOURCES} files.",
                f"部署须包含 1 至 {MAX_RESOURCES} 个文件。",
            )
        for item in self.checked.resources:
            if names.count(item.name) > 1:
                self.refuse(item.name, item.name, "The file name is used twice.", "文件名重复。")
            reader = readers.get(item.name.rpartition(".")[2].lower())
            if reader is None:
                self.refuse(
                    item.name,
                    item.name,
                    "Only .bpmn, .dmn and .form files can be deployed.",
                    "只能部署 .bpmn、.dmn 和 .form 文件。",
                )
                continue
            try:
                reader(item)
            except ResourceRefused as error:
                self.problems[item.name].extend(error.problems)

    def _declare(self, kind: LinkKind, id_: str, resource: Resource) -> None:
        other = self.checked.source.setdefault((kind, id_), resource.name)
        if other != resource.name:
            self.refuse(resource.name, id_, f"The id is already used in {other}.", f"编号已在 {other} 中使用。")

    def _read_diagram(self, resource: Resource) -> None:
        for model in parse_diagram(resource.content, resource.name).processes.values():
            self._declare(LinkKind.PROCESS, model.id, resource)
            self.checked.processes[model.id] = model

    def _read_decisions(self, resource: Resource) -> None:
        model = read_model(ModelFile(resource.name, resource.content), self.library)
        self.checked.models.append(model)
        for decision in model.decisions.values():
            self._declare(LinkKind.DECISION, decision.id, resource)
            self.checked.decisions[decision.id] = decision

    def _read_form(self, resource: Resource) -> None:
        form = parse_form(resource.content, resource.name, CALENDAR_FUNCTIONS)
        self._declare(LinkKind.FORM, form.id, resource)
        self.checked.forms.add(form.id)

    def resolve(self) -> None:
        for process_id, model in self.checked.processes.items():
            resource = self.checked.source[LinkKind.PROCESS, process_id]
            self._check_elements(model, resource)
            processes, decisions = self._closure(model)
            self.checked.closures[process_id] = processes
            self._check_excludes(model, resource)
            self._check_start_timers(model, resource)
            try:
                link(processes, process_id, decisions)
            except ResourceRefused as error:
                known = self.problems[resource]
                known.extend(problem for problem in error.problems if problem not in known)

    def _check_elements(self, model: ProcessModel, resource: str) -> None:
        unknown = model.job_types - self.known_types
        self.checked.job_types |= model.job_types & self.known_types
        missing = {form_id for form_id in model.forms if not self._has_form(form_id)}
        for element in model.elements.values():
            for problem in property_problems(element, self.knows_qualification):
                self.problems[resource].append(problem)
            if element.job_type in unknown and element.job_type:
                self.refuse(
                    resource,
                    element.id,
                    f"There is no worker for the job type {element.job_type}.",
                    f"没有处理任务类型 {element.job_type} 的程序。",
                    ("Choose one of the workers offered.", "请选择已提供的任务类型。"),
                )
            if element.form_id in missing and element.form_id:
                self.refuse(
                    resource,
                    element.id,
                    f"There is no form {element.form_id}.",
                    f"表单 {element.form_id} 不存在。",
                    ("Deploy the form together with the diagram.", "请将该表单与流程图一并部署。"),
                )
        if model.start_form in missing and model.start_form:
            already = any(element.form_id == model.start_form for element in model.elements.values())
            if not already:
                self.refuse(
                    resource, model.id, f"There is no form {model.start_form}.", f"表单 {model.start_form} 不存在。"
                )

    def _has_form(self, form_id: str) -> bool:
        return form_id in self.checked.forms or self._deployed(LinkKind.FORM, form_id) is not None

    def _check_excludes(self, model: ProcessModel, resource: str) -> None:
        """A misspelt id would switch segregation off without a word."""
        known = {
            id_ for other in [*self.checked.processes.values(), *self._earlier_processes()] for id_ in other.elements
        }
        for element in model.elements.values():
            for excluded in element.excludes:
                if excluded not in known:
                    self.refuse(
                        resource,
                        element.id,
                        f"It excludes {excluded}, which is in none of the diagrams.",
                        f"职责分离所指的节点 {excluded} 不在任何流程图中。",
                        ("Write the id of an element.", "请填写已有节点的编号。"),
                    )

    def _check_start_timers(self, model: ProcessModel, resource: str) -> None:
        schedules = self.checked.schedules.setdefault(model.id, {})
        for element_id, timer in model.timer_starts.items():
            try:
                schedules[element_id] = schedule_of(element_id, timer, self.environment)
                business_key_at(model.id, element_id, timer, schedules[element_id].first, self.environment)
            except KaihuError as error:
                self.refuse(
                    resource,
                    element_id,
                    error.message("en"),
                    error.message("zh"),
                    (
                        "Write a date, or a cycle such as R/2026-01-05T08:00:00+08:00/P1D; a business key is a text.",
                        "请填写日期，或如 R/2026-01-05T08:00:00+08:00/P1D 的周期；业务编号须为文本。",
                    ),
                )

    def _earlier_processes(self) -> list[ProcessModel]:
        return [model for (kind, _), model in self.earlier.items() if kind is LinkKind.PROCESS]

    def _closure(self, root: ProcessModel) -> tuple[dict[str, ProcessModel], dict[str, Decision]]:
        """Every process and decision that `root` uses; what is missing stays missing for `link` to report."""
        processes: dict[str, ProcessModel] = {root.id: root}
        decisions: dict[str, Decision] = {}
        links = self.checked.links.setdefault(root.id, set())
        waiting = [root]
        while waiting:
            model = waiting.pop()
            links |= {(LinkKind.FORM, id_) for id_ in model.forms if self._has_form(id_)}
            for id_ in model.called_decisions:
                decision = self.checked.decisions.get(id_) or self._earlier_decision(id_)
                if decision is not None:
                    decisions[id_] = decision
                    links.add((LinkKind.DECISION, id_))
            for id_ in model.called_processes - processes.keys():
                called = self.checked.processes.get(id_) or self._earlier_process(id_)
                if called is not None:
                    processes[id_] = called
                    links.add((LinkKind.PROCESS, id_))
                    waiting.append(called)
        return processes, decisions

    def _deployed(self, kind: LinkKind, id_: str) -> Any | None:
        row = latest_of_kind(self.connection, kind, id_)
        if row is not None:
            self.checked.deployed[kind, id_] = row.key
        return row

    def _earlier_process(self, id_: str) -> ProcessModel | None:
        row = self._deployed(LinkKind.PROCESS, id_)
        if row is None:
            return None
        model: ProcessModel = parse_diagram(row.content, row.resource_name).processes[id_]
        self.earlier[LinkKind.PROCESS, id_] = model
        self.checked.job_types |= model.job_types & self.known_types
        return model

    def _earlier_decision(self, id_: str) -> Decision | None:
        row = self._deployed(LinkKind.DECISION, id_)
        if row is None:
            return None
        file = ModelFile(row.resource_name, row.content, row.resource_key)
        return read_model(file, self.library).decisions[id_]
