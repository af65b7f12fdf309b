"""Deployed DMN files by namespace, and what they import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from engine.store.rows import insert_all
from engine.store.tables import decision_import, decision_model, resource


def insert_models(
    connection: Connection, models: Sequence[Mapping[str, Any]], imports: Sequence[Mapping[str, Any]]
) -> None:
    """The namespaces of deployed files, and the files that they import."""
    insert_all(connection, decision_model, models)
    insert_all(connection, decision_import, imports)


def latest_with_namespace(connection: Connection, namespace: str) -> Row[Any] | None:
    """Key, name and content of the last deployed file with the namespace, None when there is none."""
    query: Select[Any] = (
        select(resource.c.key, resource.c.name, resource.c.content)
        .join(decision_model, decision_model.c.resource_key == resource.c.key)
        .where(decision_model.c.namespace == namespace)
        .order_by(resource.c.key.desc())  # keys grow with time
        .limit(1)
    )
    return connection.execute(query).first()


def imported_by(connection: Connection, resource_key: int, namespace: str) -> Row[Any] | None:
    """Key, name and content of the file that a deployed file was deployed to import, None when it does not."""
    query: Select[Any] = (
        select(resource.c.key, resource.c.name, resource.c.content)
        .join(decision_import, decision_import.c.imported_key == resource.c.key)
        .where(decision_import.c.resource_key == resource_key, decision_import.c.namespace == namespace)
    )
    return connection.execute(query).first()
