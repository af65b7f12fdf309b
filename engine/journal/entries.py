"""Journal entries: written once per command, never changed.

`hash` is SHA-256 over the header columns and the encoded body, so that a case's encryption key can be destroyed
without breaking the chain. `(instance_key, seq)` is unique: of two commands that saw the same state, one fails.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from engine.journal.codec import ZSTD, decode, encode
from engine.model.actor import Actor, ActorKind
from engine.model.record import record
from engine.model.values import dumps
from engine.store.tables import journal_entry
from persistence.prepared import Prepared

GENESIS = "0" * 64
"""`prev_hash` of a case's first entry."""

_HEADER = (
    "instance_key", "seq", "time", "command", "actor_kind", "actor_person", "actor_login", "actor_name",
    "definition_key", "engine_version", "codec", "key_id", "prev_hash",
)  # fmt: skip


_INSERT = Prepared(insert(journal_entry))


@record
class Head:
    """Where a case's chain ends: the last entry's `seq` (0: none yet) and `hash`."""

    seq: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, kw_only=True)
class JournalEntry:
    """One entry, decoded. `body` has `inputs`, `steps`, `functions`, `zone` and `events`; `time` and `zone` are what
    expressions saw as `now()` and `today()`."""

    instance_key: int
    seq: int
    time: dt.datetime
    command: str
    actor: Actor
    definition_key: int
    engine_version: str
    prev_hash: str
    hash: str
    body: Mapping[str, Any]


def entry_hash(row: Mapping[str, Any]) -> str:
    """SHA-256, in hex, over the header columns of `row` and its encoded body."""
    header = {name: row[name] for name in _HEADER}
    return hashlib.sha256(dumps(header) + b"\n" + row["body"]).hexdigest()


def following(
    head: Head,
    *,
    instance_key: int,
    time: dt.datetime,
    command: str,
    actor: Actor,
    definition_key: int,
    engine_version: str,
    body: Mapping[str, Any],
) -> dict[str, Any]:
    """The row of the entry after `head`, for `append`."""
    row: dict[str, Any] = {
        "instance_key": instance_key,
        "seq": head.seq + 1,
        "time": time,
        "command": command,
        "actor_kind": actor.kind.value,
        "actor_person": actor.person,
        "actor_login": actor.login,
        "actor_name": actor.name,
        "definition_key": definition_key,
        "engine_version": engine_version,
        "codec": ZSTD,
        "key_id": None,
        "prev_hash": head.hash,
        "body": encode(body),
    }
    row["hash"] = entry_hash(row)
    return row


def append(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write the entry. Raises sqlalchemy's IntegrityError when another command has written one with this number."""
    _INSERT.run(connection, row)


def rows_of(connection: Connection, instance_key: int) -> Iterator[RowMapping]:
    """The stored rows of a case, in order."""
    query = select(journal_entry).where(journal_entry.c.instance_key == instance_key).order_by(journal_entry.c.seq)
    yield from connection.execute(query).mappings()


def read_entries(connection: Connection, instance_key: int) -> list[JournalEntry]:
    """The case's entries in order, decoded."""
    return [_entry(row) for row in rows_of(connection, instance_key)]


def entries_of(connection: Connection, instance_key: int, command: str) -> list[JournalEntry]:
    """The case's entries of one command in order, decoded."""
    query = select(journal_entry).where(
        journal_entry.c.instance_key == instance_key, journal_entry.c.command == command
    )
    return [_entry(row) for row in connection.execute(query.order_by(journal_entry.c.seq)).mappings()]


def _entry(row: RowMapping) -> JournalEntry:
    return JournalEntry(
        instance_key=row["instance_key"],
        seq=row["seq"],
        time=row["time"],
        command=row["command"],
        actor=Actor(
            kind=ActorKind(row["actor_kind"]),
            person=row["actor_person"],
            login=row["actor_login"],
            name=row["actor_name"],
        ),
        definition_key=row["definition_key"],
        engine_version=row["engine_version"],
        prev_hash=row["prev_hash"],
        hash=row["hash"],
        body=decode(row["codec"], row["body"]),
    )
