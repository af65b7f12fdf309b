"""`kaihu backup`: a consistent copy of database and documents while Kaihu runs."""

from __future__ import annotations

import sqlite3
import tarfile
import tempfile
from pathlib import Path

import click

from bank.documents.store import whole_documents
from cli.wording import in_language
from persistence.errors import ErrorKind, KaihuError
from persistence.settings import Settings


class BackupNeedsServerTools(KaihuError):
    """PostgreSQL is backed up with its own tools."""

    code = "backup_needs_server_tools"
    kind = ErrorKind.INVALID
    en = "This database is a PostgreSQL server: back it up with pg_dump, and the folder {folder} beside it."
    zh = "当前使用 PostgreSQL：请用 pg_dump 备份数据库，并同时备份目录 {folder}。"


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
    if not settings.database_url.startswith("sqlite:///"):
        raise BackupNeedsServerTools(folder=settings.home)
    source = Path(settings.database_url.removeprefix("sqlite:///"))
    if not source.exists():
        raise NothingToBackUp(folder=settings.home)
    if not target.resolve().parent.is_dir():
        raise NoSuchFolder(folder=target.resolve().parent)
    with tempfile.TemporaryDirectory(dir=target.resolve().parent) as folder:
        copy = Path(folder) / "kaihu.db"
        _copy_database(source, copy)
        unfinished = Path(folder) / "archive"
        with tarfile.open(unfinished, "w:gz") as archive:
            archive.add(copy, "kaihu.db")
            _add_documents(archive, settings.home / "documents")
        unfinished.chmod(0o600)
        unfinished.replace(target)  # a backup appears whole or not at all
    size = f"{target.stat().st_size:,}"
    click.echo(in_language(settings, zh=f"{target}（{size} 字节）", en=f"{target} ({size} bytes)"))


def _add_documents(archive: tarfile.TarFile, folder: Path) -> None:
    """Every whole document, read from one open file: a mended one may take its place meanwhile."""
    for path in whole_documents(folder):
        with path.open("rb") as stream:
            name = path.relative_to(folder.parent).as_posix()
            archive.addfile(archive.gettarinfo(arcname=name, fileobj=stream), stream)


def _copy_database(source: Path, copy: Path) -> None:
    reader, writer = sqlite3.connect(f"file:{source}?mode=ro", uri=True), sqlite3.connect(copy)
    try:
        reader.backup(writer)
    finally:
        reader.close()
        writer.close()
