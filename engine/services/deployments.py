"""Deployments: files go in together, are checked together, and never change afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from engine.forms import Form
from engine.journal import Operation, Outcome, record_operation
from engine.model.actor import Action, Actor
from engine.model.elements import ElementKind
from engine.model.errors import NotFound
from engine.model.terms import Thing
from engine.services.answers import Definition, DeploymentResult, DeploymentWarning, Resource
from engine.services.authorisation import Subject, guarded, may, require
from engine.services.decision_models import store_models
from engine.services.deployment_checks import Checked, check_resources
from engine.services.deployment_warnings import warnings_of
from engine.services.parts import ENGINE_VERSION, EngineParts
from engine.services.start_timers import arm_start_timers, case_environment
from engine.store.definitions import (
    all_definitions,
    definition_row,
    definitions_of,
    deployment_hash,
    find_deployment,
    insert_definitions,
    insert_deployment,
    insert_links,
    last_version,
    latest_definition,
    latest_definitions,
    with_content,
)
from engine.store.rows import lock_name
from engine.store.states import LinkKind


class Deployments:
    """Commands and questions about deployed processes, decisions and forms."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    def deploy(self, actor: Actor, resources: Sequence[Resource]) -> DeploymentResult:
        """Deploy the files as one, or refuse them as one; the same content again gives the same deployment.

        Raises DeploymentRefused with every problem of every file, NotAuthorised.
        """
        with guarded(self._parts, actor, Action.DEPLOY, {}), self._parts.database.transaction() as transaction:
            connection = transaction.connection
            require(self._parts, connection, actor, Action.DEPLOY, {})
            lock_name(connection, "deployment")  # version numbers are given one deployment at a time
            versions = {type_: handler.version for type_, handler in sorted(self._parts.handlers.items())}
            checked = check_resources(
                connection,
                resources,
                frozenset(self._parts.handlers),
                self._parts.authority.knows_qualification,
                case_environment(self._parts, connection, self._parts.clock.now()),
            )
            used = {type_: versions[type_] for type_ in sorted(checked.job_types)}
            warnings = warnings_of(checked, self._parts.handlers)
            known = find_deployment(connection, content_hash(resources, used))
            if known is not None:
                return self._result(connection, known, created=False, warnings=warnings)
            key = self._store(connection, actor, checked, used)
            result = self._result(connection, key, created=True, warnings=warnings)
            self._log(connection, actor, result)
            return result

    def definitions(self, actor: Actor) -> list[Definition]:
        """Every version of every process, the newest version of each process first."""
        with self._parts.database.reading() as connection:
            return [as_definition(row) for row in all_definitions(connection)]

    def definition(self, actor: Actor, key: int) -> Definition:
        """One version. Raises NotFound."""
        with self._parts.database.reading() as connection:
            return as_definition(_found(definition_row(connection, key), key))

    def latest(self, actor: Actor, process_id: str) -> Definition:
        """The newest version of a process. Raises NotFound."""
        with self._parts.database.reading() as connection:
            return as_definition(_found(latest_definition(connection, process_id), process_id))

    def startable(self, actor: Actor) -> list[Definition]:
        """The newest versions with a start form that the actor may start."""
        with self._parts.database.reading() as connection:
            return [
                as_definition(row)
                for row in latest_definitions(connection)
                if row.start_form_id
                and may(self._parts, connection, actor, Action.START, {"process_id": row.process_id}) is None
            ]

    def start_property(self, actor: Actor, definition_key: int, name: str) -> str:
        """What the diagram's start event says under this name among its properties; empty when it does not.

        Raises NotFound.
        """
        with self._parts.database.reading() as connection:
            _found(definition_row(connection, definition_key), definition_key)
            elements = self._parts.programs.get(connection, definition_key).model.elements.values()
        starts = (found.properties for found in elements if found.kind is ElementKind.START_EVENT)
        return next((said[name] for said in starts if name in said), "")

    def diagram_xml(self, actor: Actor, definition_key: int) -> bytes:
        """The BPMN file, byte for byte as deployed. Raises NotFound."""
        with self._parts.database.reading() as connection:
            row = with_content(connection, LinkKind.PROCESS, definition_key)
            return bytes(_found(row, definition_key).content)

    def form(self, actor: Actor, form_key: int) -> Form:
        """A deployed form. Raises NotFound."""
        with self._parts.database.reading() as connection:
            return self._parts.programs.form(connection, form_key)

    def _log(self, connection: Connection, actor: Actor, result: DeploymentResult) -> None:
        """One line for the deployment and one for each warning that was given with it."""
        lines: list[tuple[str, Subject, str]] = [("", {}, f"deployment {result.key} {result.content_hash}")]
        for warning in result.warnings:
            subject: Subject = {"process_id": warning.process_id or None, "element_id": warning.elements[0]}
            lines.append((warning.code, subject, warning.text("en")))
        for code, subject, detail in lines:
            record_operation(
                connection,
                Operation(
                    key=self._parts.keys.next(),
                    time=self._parts.clock.now(),
                    actor=actor,
                    action=Action.DEPLOY.value,
                    outcome=Outcome.DONE,
                    code=code,
                    subject=subject,
                    detail=detail,
                ),
            )

    def _result(
        self, connection: Connection, key: int, *, created: bool, warnings: tuple[DeploymentWarning, ...]
    ) -> DeploymentResult:
        rows = definitions_of(connection, key)
        return DeploymentResult(
            key=key,
            content_hash=deployment_hash(connection, key),
            created=created,
            definitions=tuple(as_definition(row) for row in rows),
            warnings=warnings,
        )

    def _store(self, connection: Connection, actor: Actor, checked: Checked, versions: dict[str, str]) -> int:
        key, keys = self._parts.keys.next(), self._parts.keys
        resource_keys = {item.name: keys.next() for item in checked.resources}
        insert_deployment(
            connection,
            {
                "key": key,
                "content_hash": content_hash(checked.resources, versions),
                "deployed_at": self._parts.clock.now(),
                "actor_kind": actor.kind.value,
                "actor_person": actor.person,
                "engine_version": ENGINE_VERSION,
                "worker_versions": json.dumps(versions, sort_keys=True),
            },
            [
                {
                    "key": resource_keys[item.name],
                    "deployment_key": key,
                    "name": item.name,
                    "sha256": hashlib.sha256(item.content).hexdigest(),
                    "content": item.content,
                }
                for item in checked.resources
            ],
        )
        store_models(connection, checked.models, resource_keys)
        given = _definition_keys(self._parts, checked)
        for kind in LinkKind:
            rows = [
                {
                    "key": given[kind][id_],
                    "deployment_key": key,
                    "resource_key": resource_keys[resource_name],
                    f"{kind.value}_id": id_,
                    "version": last_version(connection, kind, id_) + 1,
                    **facts,
                }
                for id_, resource_name, facts in checked.rows(kind)
            ]
            insert_definitions(connection, kind, rows)
        insert_links(connection, _link_rows(checked, given))
        arm_start_timers(self._parts, connection, checked.schedules, given[LinkKind.PROCESS])
        return key


def _definition_keys(parts: EngineParts, checked: Checked) -> dict[LinkKind, dict[str, int]]:
    return {kind: {id_: parts.keys.next() for id_, _, _ in checked.rows(kind)} for kind in LinkKind}


def _link_rows(checked: Checked, given: dict[LinkKind, dict[str, int]]) -> list[dict[str, Any]]:
    """Within the deployment first, else the latest deployed."""
    return [
        {
            "definition_key": given[LinkKind.PROCESS][process_id],
            "kind": kind.value,
            "target_id": target,
            "target_key": given[kind].get(target) or checked.deployed[kind, target],
        }
        for process_id, links in checked.links.items()
        for kind, target in sorted(links)
    ]


def content_hash(resources: Sequence[Resource], worker_versions: dict[str, str]) -> str:
    """SHA-256, in hex, over the files' names and hashes and the versions of the workers they use."""
    files = sorted((item.name, hashlib.sha256(item.content).hexdigest()) for item in resources)
    text = json.dumps([files, sorted(worker_versions.items())], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def as_definition(row: Row[Any]) -> Definition:
    """The answer for one row of `engine.store.definitions`."""
    return Definition(
        key=row.key,
        deployment_key=row.deployment_key,
        process_id=row.process_id,
        version=row.version,
        name=row.name,
        name_en=row.name_en,
        version_tag=row.version_tag,
        executable=row.executable,
        start_form_id=row.start_form_id,
        start_form_key=row.start_form_key,
        resource_name=row.resource_name,
        deployed_at=row.deployed_at,
    )


def _found(row: Row[Any] | None, key: int | str) -> Row[Any]:
    if row is None:
        raise NotFound(what=Thing.PROCESS_DEFINITION, key=key)
    return row
