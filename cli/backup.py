"""`kaihu backup`: a consistent copy of database and documents while Kaihu runs."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cli.backup_archive import DATABASE, DOCUMENTS, Manifest, digest_of, sized_documents, write_archive
from cli.wording import in_language
from cli.writing import writing
from engine.journal.integrity import JournalPoint, count_journal, last_entry
from persistence.database import Database
from persistence.errors import ErrorKind, KaihuError
from persistence.migrations import require_known, revision_of
from persistence.settings import Settings

_SQLITE = "sqlite:///"


class BackupNeedsServerTools(KaihuError):
    """PostgreSQL is backed up with its own tools. Fields: `folder`."""

    code = "backup_needs_server_tools"
    kind = ErrorKind.INVALID
    en = (
        "This database is a PostgreSQL server: back it up with base backups and WAL archiving, and the folder {folder} "
        "after it (docs/operations.md). Check what you restored with: kaihu verify"
    )
    zh = (
        "当前使用 PostgreSQL：请以基础备份加 WAL 归档方式备份数据库，随后备份目录 {folder}（见 docs/operations.md）。"
        "恢复后请用 kaihu verify 核验。"
    )


class NothingToBackUp(KaihuError):
    """There is no database yet."""

    code = "nothing_to_back_up"
    kind = ErrorKind.NOT_FOUND
    en = "There is no database in {folder} yet."
    zh = "目录 {folder} 中尚无数据库。"


class NoSuchFolder(KaihuError):
    """The archive's folder does not exist."""

    code = "no_such_folder"
    kind = ErrorKind.NOT_FOUND
    en = "The folder {folder} does not exist."
    zh = "目录 {folder} 不存在。"


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.pass_obj
def backup(settings: Settings, target: Path) -> None:
    """Write database and documents into the archive TARGET (.tar.gz).

    The database is copied first with SQLite's online backup, the documents after it: every document the copy
    names is then in the archive, because documents are only ever added.
    """
    source = database_file(settings)
    if source is None:
        raise BackupNeedsServerTools(folder=settings.home / DOCUMENTS)
    if not source.exists():
        raise NothingToBackUp(folder=settings.home)
    folder = target.resolve().parent
    if not folder.is_dir():
        raise NoSuchFolder(folder=folder)
    with writing(folder), tempfile.TemporaryDirectory(dir=folder) as unfinished:
        manifest = _write(source, settings.home / DOCUMENTS, Path(unfinished), target)
    _tell(settings, target, manifest)


def database_file(settings: Settings) -> Path | None:
    """The file of a SQLite database; None for a server."""
    if not settings.database_url.startswith(_SQLITE):
        return None
    return Path(settings.database_url.removeprefix(_SQLITE))


def _write(source: Path, documents: Path, folder: Path, target: Path) -> Manifest:
    copy, archive = folder / DATABASE, folder / "archive"
    _copy_database(source, copy)
    settled = sized_documents(documents)
    manifest = _manifest(copy, settled)
    with archive.open("wb") as stream:
        archive.chmod(0o600)
        write_archive(stream, manifest, copy, settled)
        stream.flush()
        os.fsync(stream.fileno())
    archive.replace(target)  # a backup appears whole or not at all
    return manifest


def _copy_database(source: Path, copy: Path) -> None:
    reading = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    with closing(reading) as reader, closing(sqlite3.connect(copy)) as writer:
        reader.backup(writer)
        writer.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself


def _manifest(copy: Path, documents: list[tuple[Path, int]]) -> Manifest:
    with closing(Database(f"{_SQLITE}{copy}")) as database, database.reading() as connection:
        schema = revision_of(connection)
        require_known(schema)
        if schema is None:
            raise NothingToBackUp(folder=copy.parent)
        (cases, entries), last = count_journal(connection), last_entry(connection)
    return Manifest(
        created_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        schema=schema,
        database_bytes=copy.stat().st_size,
        database_sha256=digest_of(copy),
        documents=len(documents),
        documents_bytes=sum(size for _, size in documents),
        cases=cases,
        entries=entries,
        last_entry=None if last is None else as_fields(last),
    )


def as_fields(point: JournalPoint) -> dict[str, Any]:
    """The point as JSON has it."""
    return asdict(point) | {"time": point.time.isoformat()}


def _tell(settings: Settings, target: Path, manifest: Manifest) -> None:
    size, until = f"{target.stat().st_size:,}", (manifest.last_entry or {}).get("time", "–")
    zh = f"{target}（{size} 字节；案件 {manifest.cases}，日志 {manifest.entries} 条，截至 {until}）"
    en = f"{target} ({size} bytes; {manifest.cases} cases, {manifest.entries} journal entries, until {until})"
    click.echo(in_language(settings, zh=zh, en=en))
