"""Whether a database and its documents are whole, and the moment they stand for: asked after a restore."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bank.documents.verification import DocumentsReport, verify_documents
from bank.ledger import LedgerReport, verify_ledger
from cli.backup import as_fields
from cli.wording import in_language
from engine.journal.integrity import JournalReport, verify_journal
from persistence.database import Database, DatabaseUnreadable
from persistence.errors import ErrorKind, KaihuError
from persistence.migrations import REVISIONS, require_known, revision_of, upgrade
from persistence.settings import Settings

_SHOWN = 10  # findings of one kind that are printed one by one


class NotSound(KaihuError):
    """Something on record is missing or was changed. Fields: `cases`, `documents`, `bookings`, how many."""

    code = "not_sound"
    kind = ErrorKind.CONFLICT
    en = (
        "The records are not whole: {cases} case journals broken, {documents} documents missing or changed, "
        "{bookings} faults in the ledger."
    )
    zh = "记录不完整：日志链断裂的案件 {cases} 个，缺失或被改动的文件 {documents} 个，账务差错 {bookings} 处。"


class SchemaTampered(KaihuError):
    """Tables, triggers or views are not those of the revision. Fields: `revision`."""

    code = "schema_tampered"
    kind = ErrorKind.CONFLICT
    en = "The database claims schema revision {revision}, but its tables and triggers are not those of it."
    zh = "数据库声明的结构版本为 {revision}，但其表或触发器与该版本不符。"


@dataclass(frozen=True, kw_only=True)
class Soundness:
    """What was found."""

    schema: str
    journal: JournalReport
    documents: DocumentsReport
    ledger: LedgerReport

    @property
    def whole(self) -> bool:
        """Whether nothing is missing or changed."""
        return not (self.journal.broken or self.documents.damaged) and self.ledger.whole

    @property
    def wrong_bookings(self) -> int:
        """Entries, balances and a total that are not right."""
        return len(self.ledger.unbalanced) + len(self.ledger.wrong_balances) + (self.ledger.total_fen != 0)

    def require(self) -> None:
        """Raises NotSound."""
        if not self.whole:
            raise NotSound(
                cases=len(self.journal.broken), documents=len(self.documents.damaged), bookings=self.wrong_bookings
            )

    def as_json(self) -> dict[str, Any]:
        """For programs; keys as text, because JSON's numbers end before they do."""
        last = self.journal.last
        return {
            "whole": self.whole,
            "schema": self.schema,
            "cases": self.journal.cases,
            "entries": self.journal.entries,
            "documents": self.documents.documents,
            "last_entry": None if last is None else as_fields(last) | {"instance_key": str(last.instance_key)},
            "broken_cases": [
                {"instance_key": str(verdict.instance_key), "entry": verdict.broken_at, "reason": verdict.reason_en}
                for verdict in self.journal.broken
            ],
            "damaged_documents": [str(key) for key in self.documents.damaged],
            "ledger_entries": self.ledger.entries,
            "unbalanced_entries": [str(key) for key in self.ledger.unbalanced],
            "wrong_balances": [str(key) for key in self.ledger.wrong_balances],
            "ledger_total_fen": str(self.ledger.total_fen),
        }


def soundness(database: Database, documents: Path) -> Soundness:
    """Look at every journal entry, document and booking.

    Raises SchemaTooNew, DatabaseUnreadable, DatabaseUnavailable.
    """
    with database.reading(one_view=True) as connection:  # cases that move on meanwhile are no flaw
        schema = revision_of(connection)
        require_known(schema)
        if schema != REVISIONS[-1]:
            raise DatabaseUnreadable()
        journal, files = verify_journal(connection), verify_documents(connection, documents)
        ledger = verify_ledger(connection)
    return Soundness(schema=schema, journal=journal, documents=files, ledger=ledger)


def print_soundness(settings: Settings, found: Soundness) -> None:
    """What was found, for a person."""
    for line in _lines(settings, found):
        click.echo(line)


def _lines(settings: Settings, found: Soundness) -> Iterator[str]:
    journal, documents = found.journal, found.documents
    yield in_language(
        settings,
        zh=f"数据库结构版本 {found.schema}；案件 {journal.cases} 个，日志 {journal.entries} 条；"
        f"文件 {documents.documents} 个；会计分录 {found.ledger.entries} 笔",
        en=f"Schema revision {found.schema}; {journal.cases} cases, {journal.entries} journal entries; "
        f"{documents.documents} documents; {found.ledger.entries} ledger entries",
    )
    if journal.last is not None:
        at, where = journal.last.time.astimezone(settings.zone), f"{journal.last.instance_key}/{journal.last.seq}"
        yield in_language(
            settings,
            zh=f"时点：{at:%Y-%m-%d %H:%M:%S %Z}，最后一条日志 {where}，哈希 {journal.last.hash}",
            en=f"Stands for {at:%Y-%m-%d %H:%M:%S %Z}: last journal entry {where}, hash {journal.last.hash}",
        )
    for verdict in journal.broken[:_SHOWN]:
        yield in_language(
            settings,
            zh=f"案件 {verdict.instance_key} 第 {verdict.broken_at} 条：{verdict.reason_zh}",
            en=f"Case {verdict.instance_key}, entry {verdict.broken_at}: {verdict.reason_en}",
        )
    for key in documents.damaged[:_SHOWN]:
        yield in_language(settings, zh=f"文件 {key} 缺失或被改动", en=f"Document {key} is missing or was changed")
    yield from _wrong_bookings(settings, found.ledger)
    if found.whole:
        yield in_language(
            settings,
            zh="全部日志链、文件摘要与账务核验无误",
            en="Every journal chain, every document's digest and the ledger are right",
        )


def _wrong_bookings(settings: Settings, ledger: LedgerReport) -> Iterator[str]:
    for key in ledger.unbalanced[:_SHOWN]:
        yield in_language(settings, zh=f"会计分录 {key} 借贷不平", en=f"Ledger entry {key} does not balance")
    for key in ledger.wrong_balances[:_SHOWN]:
        yield in_language(
            settings,
            zh=f"账户 {key} 的余额与分录不符",
            en=f"The balance of account {key} is not the sum of its postings",
        )
    if ledger.total_fen:
        yield in_language(
            settings,
            zh=f"全部账户借贷相差 {ledger.total_fen} 分",
            en=f"Debits and credits of all accounts differ by {ledger.total_fen} fen",
        )


def require_clean_file(file: Path) -> str:
    """The revision of a SQLite file that came from elsewhere, after a look at its pages, references and shape.

    A trigger that is missing would let the journal be changed; one that was added could do anything. Raises
    DatabaseUnreadable, SchemaTooNew, SchemaTampered.
    """
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise DatabaseUnreadable()
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise DatabaseUnreadable()
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            shape = _shape(connection)
    except sqlite3.DatabaseError as error:
        raise DatabaseUnreadable() from error
    found = str(revision[0]) if revision else ""
    require_known(found or None)
    if found not in REVISIONS or shape != _expected_shape(found):
        raise SchemaTampered(revision=found)
    return found


def _expected_shape(revision: str) -> set[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        with closing(Database(f"sqlite:///{file}")) as database:
            upgrade(database, revision)
        with closing(sqlite3.connect(file)) as connection:
            return _shape(connection)


def _shape(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Everything that was created, by kind and name; triggers and views with their text."""
    rows = connection.execute(
        "SELECT type, name, CASE WHEN type IN ('trigger', 'view') THEN sql END FROM sqlite_schema"
    )
    return {(kind, name, sql or "") for kind, name, sql in rows if not name.startswith("sqlite_")}
