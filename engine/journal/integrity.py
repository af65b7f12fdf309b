"""Whether the journals of all cases are whole, and at which moment they end: for backups and restored databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from engine.journal.chain import ChainVerdict, verify_chain
from engine.store.tables import journal_entry, process_instance


@dataclass(frozen=True, kw_only=True)
class JournalPoint:
    """An entry by its place and hash: everything before it had happened, nothing after it."""

    instance_key: int
    seq: int
    time: dt.datetime
    """UTC, by the engine's clock."""
    hash: str


@dataclass(frozen=True, kw_only=True)
class JournalReport:
    """What a look at every entry found."""

    cases: int
    entries: int
    last: JournalPoint | None
    broken: tuple[ChainVerdict, ...]
    """The chains that are not whole."""


def last_entry(connection: Connection) -> JournalPoint | None:
    """The newest entry of all cases; None while there is none. Looks at every entry: time has no index."""
    entry = journal_entry.c
    query = select(entry.instance_key, entry.seq, entry.time, entry.hash)
    newest = query.order_by(entry.time.desc(), entry.instance_key.desc(), entry.seq.desc()).limit(1)
    row = connection.execute(newest).first()
    return None if row is None else JournalPoint(**row._asdict())


def count_journal(connection: Connection) -> tuple[int, int]:
    """Number of cases and of entries."""
    cases = connection.execute(select(func.count()).select_from(process_instance)).scalar_one()
    entries = connection.execute(select(func.count()).select_from(journal_entry)).scalar_one()
    return cases, entries


def verify_journal(connection: Connection) -> JournalReport:
    """Compute every hash of every case again, case by case in the connection's one view of the database."""
    keys = connection.execute(select(process_instance.c.key).order_by(process_instance.c.key)).scalars().all()
    verdicts = (verify_chain(connection, key) for key in keys)
    cases, entries = count_journal(connection)
    return JournalReport(
        cases=cases,
        entries=entries,
        last=last_entry(connection),
        broken=tuple(verdict for verdict in verdicts if not verdict.whole),
    )
