"""`kaihu restore`: an archive of `kaihu backup` becomes a home again, or nothing changes."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from cli.backup import as_fields, database_file
from cli.backup_archive import DATABASE, DOCUMENTS, ArchiveRefused, Flaw, Manifest, unpack
from cli.soundness import Soundness, print_soundness, require_clean_file, soundness
from cli.wording import in_language
from cli.writing import writing
from persistence.database import Database
from persistence.errors import ErrorKind, KaihuError
from persistence.migrations import upgrade
from persistence.settings import Settings


class RestoreWouldOverwrite(KaihuError):
    """There are records already. Fields: `place`."""

    code = "restore_would_overwrite"
    kind = ErrorKind.CONFLICT
    en = "{place} exists already. Restore into an empty folder with --home, or move it away first."
    zh = "{place} 已存在。请用 --home 指定空目录恢复，或先将其移走。"


class RestoreNeedsServerTools(KaihuError):
    """An archive holds a SQLite database."""

    code = "restore_needs_server_tools"
    en = (
        "KAIHU_DATABASE_URL names a PostgreSQL server: restore it with the server's tools and the documents beside "
        "it (docs/operations.md), then run: kaihu verify"
    )
    zh = (
        "KAIHU_DATABASE_URL 指向 PostgreSQL：请用数据库自身的工具恢复，并恢复文件目录（见 docs/operations.md），"
        "然后执行 kaihu verify。"
    )


@click.command()
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Restore here instead of KAIHU_HOME.")
@click.option("--accept-flaws", is_flag=True, help="Restore even if journals or documents were flawed when backed up.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_obj
def restore(settings: Settings, archive: Path, home: Path | None, accept_flaws: bool, as_json: bool) -> None:
    """Restore a home from an archive, checking all of it. Nothing is overwritten.

    Checked are the archive itself, the database's pages and schema, every case's hash chain, every document's
    digest, the ledger. What is printed says which moment the backup stands for: whatever happened later is not in it.
    """
    settings = _target(settings, home)
    file = _require_nothing_there(settings)
    with writing(settings.home):
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=settings.home, prefix=".restoring-") as folder:
            manifest = unpack(archive, Path(folder))
            found = _checked(archive, Path(folder), manifest)
            if not as_json:
                print_soundness(settings, found)
            if not accept_flaws:
                found.require()
            _put_in_place(Path(folder), settings.home, file)
    if as_json:
        click.echo(json.dumps(found.as_json() | {"backed_up_at": manifest.created_at}, indent=1))
        return
    zh = f"已恢复到 {settings.home}（备份时间 {manifest.created_at}）"
    en = f"Restored into {settings.home} (backed up at {manifest.created_at})"
    click.echo(in_language(settings, zh=zh, en=en))


def _target(settings: Settings, home: Path | None) -> Settings:
    if home is None:
        return settings
    home = home.expanduser().resolve()
    return replace(settings, home=home, database_url=f"sqlite:///{home / DATABASE}")


def _require_nothing_there(settings: Settings) -> Path:
    """The database's file to be. Raises RestoreWouldOverwrite, RestoreNeedsServerTools."""
    file = database_file(settings)
    if file is None:
        raise RestoreNeedsServerTools()
    for place in (file, file.with_name(f"{file.name}-wal"), settings.home / DOCUMENTS):
        if place.exists() and not (place.is_dir() and not any(place.iterdir())):
            raise RestoreWouldOverwrite(place=place)
    return file


def _checked(archive: Path, folder: Path, manifest: Manifest) -> Soundness:
    """What is in the unpacked archive, brought to the present schema."""
    if require_clean_file(folder / DATABASE) != manifest.schema:
        raise ArchiveRefused(name=archive.name, flaw=Flaw.OTHER_CONTENT, member=DATABASE)
    with closing(Database(f"sqlite:///{folder / DATABASE}")) as database:
        upgrade(database)
        found = soundness(database, folder / DOCUMENTS)
    last = None if found.journal.last is None else as_fields(found.journal.last)
    if (found.journal.cases, found.journal.entries, last) != (manifest.cases, manifest.entries, manifest.last_entry):
        raise ArchiveRefused(name=archive.name, flaw=Flaw.OTHER_CONTENT, member=DATABASE)
    return found


def _put_in_place(folder: Path, home: Path, file: Path) -> None:
    """Documents first: where the database is, all it names is there too. Without the database they go again."""
    documents, target = folder / DOCUMENTS, home / DOCUMENTS
    if documents.exists():
        if target.exists():
            target.rmdir()
        documents.replace(target)
    try:
        _sync_tree(target)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sync(folder / DATABASE)
        (folder / DATABASE).replace(file)
    except OSError:
        if target.exists():
            target.replace(documents)
        raise
    _sync(file.parent)


def _sync_tree(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder) if folder.exists() else ():
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
