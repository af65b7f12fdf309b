"""Alembic's entry: run the migrations on the connection `persistence.migrations` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from persistence.schema import UtcDateTime, metadata


def render(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our own column type by its import path in drafted migrations."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen_context.imports.add("from persistence.schema import UtcDateTime")
        return "UtcDateTime()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=render,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
