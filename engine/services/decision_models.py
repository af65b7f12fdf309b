"""DMN files of the store as a library: a deployed file goes on importing what it was deployed with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row

from engine.decisions import DecisionModel, Library, ModelFile
from engine.store.decision_models import imported_by, insert_models, latest_with_namespace


def library_of(connection: Connection, files: Mapping[str, bytes] | None = None) -> Library:
    """For files that are being deployed: each imports one of them, else the last deployed with the namespace.

    A file that was deployed earlier imports what it was deployed with.
    """

    def elsewhere(importer: ModelFile, namespace: str) -> ModelFile | None:
        if importer.key:
            return _file(imported_by(connection, importer.key, namespace))
        return _file(latest_with_namespace(connection, namespace))

    return Library(files, elsewhere)


def _file(row: Row[Any] | None) -> ModelFile | None:
    return None if row is None else ModelFile(row.name, row.content, row.key)


def store_models(connection: Connection, models: Iterable[DecisionModel], resource_keys: Mapping[str, int]) -> None:
    """Freeze what the models of a deployment import; `resource_keys` are those of its files by name."""
    named, imports = [], []
    for model in models:
        key = resource_keys[model.file.name]
        if model.namespace:
            named.append({"resource_key": key, "namespace": model.namespace})
        for imported in model.imports:
            file = imported.model.file
            imports.append(
                {
                    "resource_key": key,
                    "namespace": imported.namespace,
                    "imported_key": file.key or resource_keys[file.name],
                }
            )
    insert_models(connection, named, imports)
