"""Deployments, their files, and the definitions in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, bindparam, func, insert, select

from engine.store.rows import insert_all
from engine.store.states import LinkKind
from engine.store.tables import (
    decision_definition,
    definition_link,
    deployment,
    form_definition,
    process_definition,
    resource,
)
from persistence.prepared import Prepared

_BY_KIND: Mapping[LinkKind, tuple[Table, str]] = {
    LinkKind.PROCESS: (process_definition, "process_id"),
    LinkKind.DECISION: (decision_definition, "decision_id"),
    LinkKind.FORM: (form_definition, "form_id"),
}


def _with_content(table: Table) -> Select[Any]:
    return select(table, resource.c.name.label("resource_name"), resource.c.content).join(
        resource, resource.c.key == table.c.resource_key
    )


_LINKS = Prepared(select(definition_link).where(definition_link.c.definition_key == bindparam("definition_key")))
_WITH_CONTENT = {
    kind: Prepared(_with_content(table).where(table.c.key == bindparam("key"))) for kind, (table, _) in _BY_KIND.items()
}


def find_deployment(connection: Connection, content_hash: str) -> int | None:
    """The key of the deployment with this content."""
    return connection.execute(select(deployment.c.key).where(deployment.c.content_hash == content_hash)).scalar()


def deployment_hash(connection: Connection, key: int) -> str:
    """The content hash of a deployment."""
    return str(connection.execute(select(deployment.c.content_hash).where(deployment.c.key == key)).scalar_one())


def insert_deployment(connection: Connection, row: Mapping[str, Any], resources: Sequence[Mapping[str, Any]]) -> None:
    """A deployment and its files."""
    connection.execute(insert(deployment).values(**row))
    insert_all(connection, resource, resources)


def insert_definitions(connection: Connection, kind: LinkKind, rows: Sequence[Mapping[str, Any]]) -> None:
    """Definitions of one kind."""
    insert_all(connection, _BY_KIND[kind][0], rows)


def insert_links(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """What process definitions use."""
    insert_all(connection, definition_link, rows)


def last_version(connection: Connection, kind: LinkKind, id_: str) -> int:
    """The highest version deployed so far, 0 for none."""
    table, name = _BY_KIND[kind]
    query = select(func.coalesce(func.max(table.c.version), 0)).where(table.c[name] == id_)
    return int(connection.execute(query).scalar_one())


def latest_of_kind(connection: Connection, kind: LinkKind, id_: str) -> Row[Any] | None:
    """The latest version's row with its file, None when there is none."""
    table, name = _BY_KIND[kind]
    query = _with_content(table).where(table.c[name] == id_).order_by(table.c.version.desc()).limit(1)
    return connection.execute(query).first()


def links_of(connection: Connection, definition_key: int) -> list[Row[Any]]:
    """What the process definition uses."""
    return _LINKS.all(connection, {"definition_key": definition_key})


def with_content(connection: Connection, kind: LinkKind, key: int) -> Row[Any] | None:
    """A definition with its file."""
    return _WITH_CONTENT[kind].first(connection, {"key": key})


def _definitions() -> Select[Any]:
    start_form = definition_link.alias("start_form")
    return (
        select(
            process_definition,
            resource.c.name.label("resource_name"),
            deployment.c.deployed_at,
            start_form.c.target_key.label("start_form_key"),
        )
        .join(resource, resource.c.key == process_definition.c.resource_key)
        .join(deployment, deployment.c.key == process_definition.c.deployment_key)
        .outerjoin(
            start_form,
            (start_form.c.definition_key == process_definition.c.key)
            & (start_form.c.kind == LinkKind.FORM.value)
            & (start_form.c.target_id == process_definition.c.start_form_id),
        )
    )


def all_definitions(connection: Connection) -> list[Row[Any]]:
    """Every version of every process, the newest version of each process first."""
    query = _definitions().order_by(process_definition.c.process_id, process_definition.c.version.desc())
    return list(connection.execute(query))


def definition_row(connection: Connection, key: int) -> Row[Any] | None:
    """One version of a process."""
    return connection.execute(_definitions().where(process_definition.c.key == key)).first()


def definitions_of(connection: Connection, deployment_key: int) -> list[Row[Any]]:
    """The processes of one deployment."""
    query = _definitions().where(process_definition.c.deployment_key == deployment_key)
    return list(connection.execute(query.order_by(process_definition.c.process_id)))


def latest_definition(connection: Connection, process_id: str) -> Row[Any] | None:
    """The newest version of a process."""
    return _LATEST.first(connection, {"process_id": process_id})


_LATEST = Prepared(
    _definitions()
    .where(process_definition.c.process_id == bindparam("process_id"))
    .order_by(process_definition.c.version.desc())
    .limit(1)
)


def latest_definitions(connection: Connection) -> list[Row[Any]]:
    """The newest version of each process."""
    newest = (
        select(process_definition.c.process_id, func.max(process_definition.c.version).label("version"))
        .group_by(process_definition.c.process_id)
        .subquery()
    )
    query = _definitions().join(
        newest,
        (newest.c.process_id == process_definition.c.process_id) & (newest.c.version == process_definition.c.version),
    )
    return list(connection.execute(query.order_by(process_definition.c.process_id)))
