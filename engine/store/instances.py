"""Process instances and their variables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from engine.model.values import Value, dumps, loads
from engine.store.rows import upsert
from engine.store.tables import process_instance, user_task, variable
from persistence.prepared import Prepared

ROOT_SCOPE = 0

_OF_KEY = select(process_instance).where(process_instance.c.key == bindparam("key"))
_BY_KEY, _BY_KEY_LOCKED = Prepared(_OF_KEY), Prepared(_OF_KEY.with_for_update())
_BY_TASK_LOCKED = Prepared(
    select(process_instance)
    .where(
        process_instance.c.key
        == select(user_task.c.instance_key).where(user_task.c.key == bindparam("task")).scalar_subquery()
    )
    .with_for_update()
)
_INSERT = Prepared(insert(process_instance))
_UPDATE = Prepared(update(process_instance).where(process_instance.c.key == bindparam("of_key")))
_OF_SCOPE = Prepared(
    select(variable.c.name, variable.c.value).where(
        variable.c.instance_key == bindparam("instance"), variable.c.scope == bindparam("scope")
    )
)
_CLOSE_SCOPES = delete(variable).where(
    variable.c.instance_key == bindparam("instance"), variable.c.scope.in_(bindparam("scopes", expanding=True))
)


def find_instance(connection: Connection, key: int) -> Row[Any] | None:
    """The row, unlocked."""
    return _BY_KEY.first(connection, {"key": key})


def lock_instance(connection: Connection, key: int) -> Row[Any] | None:
    """The row as last committed; other commands on this case wait until the transaction ends."""
    return _BY_KEY_LOCKED.first(connection, {"key": key})


def lock_instance_of_task(connection: Connection, task_key: int) -> Row[Any] | None:
    """The same for the case of a user task."""
    return _BY_TASK_LOCKED.first(connection, {"task": task_key})


def insert_instance(connection: Connection, row: Mapping[str, Any]) -> None:
    """A new case."""
    _INSERT.run(connection, row)


def update_instance(connection: Connection, key: int, changes: Mapping[str, Any]) -> None:
    """Overwrite columns of the case."""
    _UPDATE.run(connection, {"of_key": key, **changes})


def load_scope(connection: Connection, instance_key: int, scope: int) -> dict[str, Value]:
    """The variables of one scope."""
    rows = _OF_SCOPE.all(connection, {"instance": instance_key, "scope": scope})
    return {name: loads(value) for name, value in rows}


def load_scopes(connection: Connection, instance_key: int) -> dict[int, dict[str, Value]]:
    """The variables of every scope."""
    query = select(variable).where(variable.c.instance_key == instance_key).order_by(variable.c.scope, variable.c.name)
    scopes: dict[int, dict[str, Value]] = {}
    for row in connection.execute(query):
        scopes.setdefault(row.scope, {})[row.name] = loads(row.value)
    return scopes


def root_values(connection: Connection, instance_keys: Collection[int], name: str) -> dict[int, Value]:
    """The variable `name` of each case that has it, by the case's key."""
    query = select(variable.c.instance_key, variable.c.value).where(
        variable.c.instance_key.in_(instance_keys), variable.c.scope == ROOT_SCOPE, variable.c.name == name
    )
    return {row.instance_key: loads(row.value) for row in connection.execute(query)}


def save_variables(
    connection: Connection,
    instance_key: int,
    written: Mapping[tuple[int, str], Value],
    closed: Collection[int],
) -> None:
    """Store what changed. The root scope of an ended case is kept for those who look at it later."""
    gone = set(closed) - {ROOT_SCOPE}
    if gone:
        connection.execute(_CLOSE_SCOPES, {"instance": instance_key, "scopes": sorted(gone)})
    rows = [
        {"instance_key": instance_key, "scope": scope, "name": name, "value": dumps(value)}
        for (scope, name), value in written.items()
        if scope not in gone
    ]
    upsert(connection, variable, rows)
