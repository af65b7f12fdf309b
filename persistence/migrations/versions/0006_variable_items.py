"""items of a list that a parallel activity gathers, each by itself; taking it back puts the lists together.

The programs before knew no items kept apart either (`folded` and `branches` in the state of a case): they become
tokens again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import sqlalchemy as sa
import zstandard
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_STARTED = 32  # the state of a token that waits for somebody

_case = sa.table("process_instance", sa.column("key"), sa.column("state"), sa.column("tree", sa.LargeBinary()))
_task = sa.table("user_task", sa.column("instance_key"), sa.column("number"))
_variable = sa.table(
    "variable", *map(sa.column, ("instance_key", "scope", "name")), sa.column("value", sa.LargeBinary())
)
_item = sa.table("variable_item", *map(sa.column, ("instance_key", "scope", "name", "position", "value")))
_PLACE = _variable.c.instance_key, _variable.c.scope, _variable.c.name
_ITEM_PLACE = _item.c.instance_key, _item.c.scope, _item.c.name


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "variable_item",
        sa.Column("instance_key", _key(), nullable=False),
        sa.Column("scope", _key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_variable_item_instance_key")),
        sa.PrimaryKeyConstraint("instance_key", "scope", "name", "position", name=op.f("pk_variable_item")),
        sqlite_with_rowid=False,
    )
    _index_available_jobs(["available_at", "key"])


def _index_available_jobs(columns: list[str]) -> None:
    available = sa.text("state = 'available'")
    op.drop_index("ix_job_available", "job")
    op.create_index(
        "ix_job_available", "job", columns, unique=False, sqlite_where=available, postgresql_where=available
    )


def downgrade() -> None:
    _index_available_jobs(["available_at"])
    connection = op.get_bind()
    for place in connection.execute(sa.select(*_ITEM_PLACE).distinct()).all():
        _put_together(connection, tuple(place))
    op.drop_table("variable_item")
    for key, tree in connection.execute(sa.select(_case.c.key, _case.c.tree).where(_case.c.state == "active")).all():
        state = orjson.loads(tree)
        for text in state.pop("branches", {}).values():
            _put_back(state, orjson.loads(text.partition("|")[2]))
        _unfold(connection, key, state)
        state["scopes"] = [scope[:3] for scope in state["scopes"]]
        written = orjson.dumps(state, option=orjson.OPT_SORT_KEYS)
        connection.execute(sa.update(_case).where(_case.c.key == key).values(tree=written))


def _put_together(connection: sa.Connection, place: tuple[Any, ...]) -> None:
    """Write the items of one list into it."""
    of_list = sa.and_(*(column == value for column, value in zip(_PLACE, place, strict=True)))
    of_items = sa.and_(*(column == value for column, value in zip(_ITEM_PLACE, place, strict=True)))
    whole = _loaded(connection.execute(sa.select(_variable.c.value).where(of_list)).scalar_one())
    for position, item in connection.execute(sa.select(_item.c.position, _item.c.value).where(of_items)):
        whole[position] = _loaded(item)
    connection.execute(sa.update(_variable).where(of_list).values(value=orjson.dumps(whole)))


def _loaded(data: bytes) -> Any:
    """JSON, compressed or not; what its parts mean does not matter here."""
    if data.startswith(zstandard.FRAME_HEADER):
        data = zstandard.ZstdDecompressor().decompress(data)
    return orjson.loads(data)


def _put_back(state: dict[str, Any], branch: list[list[Any]]) -> None:
    """Write an item with an inside among the others."""
    token, insides, scopes, incidents, folded = branch
    _found(state, token[1])[0].append(token)
    state["workflows"] = sorted([*state["workflows"], *insides], key=lambda workflow: workflow[0])
    state["scopes"] += scopes
    state["incidents"] += incidents
    state.setdefault("folded", []).extend(folded)


def _unfold(connection: sa.Connection, key: int, state: dict[str, Any]) -> None:
    """Make tokens of the items that were kept as bits."""
    persons = set(connection.execute(sa.select(_task.c.number).where(_task.c.instance_key == key)).scalars())
    for around, bits in state.pop("folded", ()):
        tokens, body = _found(state, around)
        for index in _places(int(bits, 16)):
            number = body[5]["first"] + index
            internal = {"entered": True, "index": index, "waits": "user_task" if number in persons else "job"}
            tokens.append([number, around, _STARTED, f"{body[3]}#item", True, internal])
            state["scopes"].append([number, around, []])
    state["version"] = 1


def _found(state: dict[str, Any], number: int) -> tuple[list[Any], list[Any]]:
    """The tokens among which the one of that number is, and itself."""
    return next((tokens, token) for _, _, tokens in state["workflows"] for token in tokens if token[0] == number)


def _places(bits: int) -> Iterator[int]:
    return (place for place, bit in enumerate(reversed(f"{bits:b}")) if bit == "1")
