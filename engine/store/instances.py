"""Process instances and their variables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from sqlalchemy import Connection, Row, bindparam, case, delete, func, insert, select, update

from engine.model.values import JsonOnce, Value, with_items
from engine.store.rows import upsert
from engine.store.tables import process_instance, user_task, variable, variable_item
from engine.store.variable_codec import compressed, decode, encode
from persistence.prepared import Prepared

ROOT_SCOPE = 0

_AT_ONCE = 4_096
"""Bytes of a stored variable up to which it comes with its scope; a large one only when it is asked for."""

_OF_KEY = select(process_instance).where(process_instance.c.key == bindparam("key"))
_BY_KEY = Prepared(_OF_KEY)
MOVED = [
    process_instance.c[name]
    for name in ("key", "definition_key", "business_key", "state", "incidents", "tree", "seq", "hash")
]
"""What a command needs of the case it moves."""
_BY_KEY_LOCKED = Prepared(_OF_KEY.with_only_columns(*MOVED).with_for_update())
_BY_TASK_LOCKED = Prepared(
    select(*MOVED)
    .where(
        process_instance.c.key
        == select(user_task.c.instance_key).where(user_task.c.key == bindparam("task")).scalar_subquery()
    )
    .with_for_update()
)
_INSERT = Prepared(insert(process_instance))
_UPDATE = Prepared(update(process_instance).where(process_instance.c.key == bindparam("of_key")))
_OF_SCOPE = Prepared(
    select(variable.c.name, case((func.length(variable.c.value) <= _AT_ONCE, variable.c.value)).label("value")).where(
        variable.c.instance_key == bindparam("instance"), variable.c.scope == bindparam("scope")
    )
)
_ONE_VALUE = Prepared(
    select(variable.c.value).where(
        variable.c.instance_key == bindparam("instance"),
        variable.c.scope == bindparam("scope"),
        variable.c.name == bindparam("name"),
    )
)
_CLOSE_SCOPES = delete(variable).where(
    variable.c.instance_key == bindparam("instance"), variable.c.scope.in_(bindparam("scopes", expanding=True))
)
_CLOSE_ITEMS = delete(variable_item).where(
    variable_item.c.instance_key == bindparam("instance"),
    variable_item.c.scope.in_(bindparam("scopes", expanding=True)),
)
_ITEMS = Prepared(
    select(variable_item.c.position, variable_item.c.value).where(
        variable_item.c.instance_key == bindparam("instance"),
        variable_item.c.scope == bindparam("scope"),
        variable_item.c.name == bindparam("name"),
    )
)


def find_instance(connection: Connection, key: int) -> Row[Any] | None:
    """The row, unlocked."""
    return _BY_KEY.first(connection, {"key": key})


def business_keys_among(connection: Connection, business_keys: Collection[str]) -> set[str]:
    """Those of the business keys that some case has."""
    column = process_instance.c.business_key
    return set(connection.execute(select(column).where(column.in_(business_keys)).distinct()).scalars())


def lock_instance(connection: Connection, key: int) -> Row[Any] | None:
    """What is `MOVED`, as last committed; other commands on this case wait until the transaction ends."""
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


class StoredScope(Mapping[str, Value]):
    """The variables of one scope as they are stored; large ones are fetched, and all decoded, when asked for."""

    def __init__(self, connection: Connection, instance_key: int, scope: int) -> None:
        self._connection = connection
        self._place = {"instance": instance_key, "scope": scope}
        self._stored: dict[str, bytes | None] = dict(_OF_SCOPE.all(connection, self._place))

    def __getitem__(self, name: str) -> Value:
        data = self._stored[name]
        if data is None:
            row = _ONE_VALUE.first(self._connection, {**self._place, "name": name})
            assert row is not None  # it was there when the scope was read, and the case is locked
            data = row.value
        return cast(Value, decode(data))

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)

    def __contains__(self, name: object) -> bool:
        return name in self._stored


def load_scope(connection: Connection, instance_key: int, scope: int) -> StoredScope:
    """The variables of one scope, as long as the transaction is open."""
    return StoredScope(connection, instance_key, scope)


def load_items(connection: Connection, instance_key: int, scope: int, name: str) -> dict[int, Value]:
    """The items, by position, of a list that is gathered item by item."""
    rows = _ITEMS.all(connection, {"instance": instance_key, "scope": scope, "name": name})
    return {row.position: decode(row.value) for row in rows}


def load_scopes(connection: Connection, instance_key: int) -> dict[int, dict[str, Value]]:
    """The variables of every scope, gathered lists as far as they have come."""
    query = select(variable).where(variable.c.instance_key == instance_key).order_by(variable.c.scope, variable.c.name)
    scopes: dict[int, dict[str, Value]] = {}
    for row in connection.execute(query):
        scopes.setdefault(row.scope, {})[row.name] = decode(row.value)
    lists = select(variable_item.c.scope, variable_item.c.name).where(variable_item.c.instance_key == instance_key)
    for scope, name in connection.execute(lists.distinct()):
        scopes[scope][name] = with_items(scopes[scope][name], load_items(connection, instance_key, scope, name))
    return scopes


def root_values(connection: Connection, instance_keys: Collection[int], name: str) -> dict[int, Value]:
    """The variable `name` of each case that has it, by the case's key."""
    query = select(variable.c.instance_key, variable.c.value).where(
        variable.c.instance_key.in_(instance_keys), variable.c.scope == ROOT_SCOPE, variable.c.name == name
    )
    return {row.instance_key: decode(row.value) for row in connection.execute(query)}


def save_variables(
    connection: Connection,
    instance_key: int,
    written: Mapping[tuple[int, str], Value],
    closed: Collection[int],
    json: JsonOnce,
) -> None:
    """Store what changed. The root scope of an ended case is kept for those who look at it later."""
    gone = set(closed) - {ROOT_SCOPE}
    if gone:
        connection.execute(_CLOSE_SCOPES, {"instance": instance_key, "scopes": sorted(gone)})
    rows = [
        {"instance_key": instance_key, "scope": scope, "name": name, "value": compressed(json.dumps(value))}
        for (scope, name), value in written.items()
        if scope not in gone
    ]
    upsert(connection, variable, rows)


def save_items(
    connection: Connection,
    instance_key: int,
    items: Mapping[tuple[int, str], Mapping[int, Value]],
    ungathered: Collection[int],
) -> None:
    """Store what gathered lists got; those of the scopes `ungathered` go."""
    if ungathered:
        connection.execute(_CLOSE_ITEMS, {"instance": instance_key, "scopes": sorted(ungathered)})
    for (scope, name), values in items.items():
        place = {"instance_key": instance_key, "scope": scope, "name": name}
        upsert(connection, variable_item, [{**place, "position": at, "value": encode(it)} for at, it in values.items()])
