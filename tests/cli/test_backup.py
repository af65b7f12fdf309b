"""A backup becomes the home it was taken of, or nothing at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import app
from bank.documents.store import DocumentStore
from cli.demo_home import prepare_demo_home
from cli.demo_play import Playing
from cli.demo_story import INDIVIDUAL
from persistence.settings import Settings
from tests.cli.conftest import Kaihu

Member = tuple[tarfile.TarInfo, bytes]
Forge = Callable[[list[Member]], list[Member]]


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one case from the first form to the active account, documents included."""
    home = tmp_path_factory.mktemp("lived-in")
    kaihu = app.build(Settings.from_environment({"KAIHU_HOME": str(home)}))
    prepare_demo_home(kaihu)
    Playing(kaihu, INDIVIDUAL, lambda *_: None).play()
    kaihu.database.close()
    return home


@pytest.fixture
def home(lived_in: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lived_in, tmp_path / "home"))


@pytest.fixture
def archive(kaihu: Kaihu, tmp_path: Path) -> Path:
    target = tmp_path / "copy.tar.gz"
    made = kaihu("backup", target)
    assert made.exit_code == 0, made.output
    return target


def rows(home: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(home / "kaihu.db")) as connection:
        return connection.execute(query).fetchall()


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in (folder / "documents").rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def members(archive: Path) -> list[Member]:
    with tarfile.open(archive) as tar:
        read = ((member, tar.extractfile(member)) for member in tar.getmembers())
        return [(member, stream.read()) for member, stream in read if stream is not None]


def forged(archive: Path, forge: Forge) -> Path:
    """An archive whose members went through `forge`."""
    target = archive.with_name("forged.tar.gz")
    changed = forge(members(archive))
    with tarfile.open(target, "w:gz", format=tarfile.GNU_FORMAT) as tar:
        for member, content in changed:
            tar.addfile(member, io.BytesIO(content) if member.isreg() else None)
    return target


def member(name: str, content: bytes) -> Member:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    return info, content


def with_manifest(made: list[Member], **changes: Any) -> list[Member]:
    manifest = json.loads(made[0][1]) | changes
    return [member("manifest.json", json.dumps(manifest).encode()), *made[1:]]


def with_database(made: list[Member], change: Callable[[sqlite3.Connection], object], folder: Path) -> list[Member]:
    """As somebody would do it who knows the format: the manifest fits the changed database."""
    file = folder / "changed.db"
    file.write_bytes(made[1][1])
    with closing(sqlite3.connect(file)) as connection:
        change(connection)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = file.read_bytes()
    fitting = {"database_bytes": len(content), "database_sha256": hashlib.sha256(content).hexdigest()}
    return [with_manifest(made, **fitting)[0], member("kaihu.db", content), *made[2:]]


def refused(kaihu: Kaihu, archive: Path, target: Path, *options: str) -> str:
    """Why the archive was not restored; nothing is left of the attempt."""
    result = kaihu("restore", archive, "--home", target, *options)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    assert not target.exists() or not any(target.iterdir())
    return result.stderr


def test_a_restored_home_holds_what_the_backup_was_taken_of(
    kaihu: Kaihu, home: Path, archive: Path, tmp_path: Path
) -> None:
    target = tmp_path / "restored"
    result = kaihu("restore", archive, "--home", target, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    [(entries,)] = rows(home, "SELECT count(*) FROM journal_entry")
    [last] = rows(home, "SELECT seq, hash FROM journal_entry ORDER BY time DESC, instance_key DESC, seq DESC LIMIT 1")
    assert (found["whole"], found["cases"], found["entries"]) == (True, 1, entries)
    assert (found["last_entry"]["seq"], found["last_entry"]["hash"]) == last
    assert found["documents"] == len(rows(home, "SELECT 1 FROM document")) > 0
    assert contents(target) == contents(home)
    for table in ("login", "journal_entry", "operations_log", "account", "variable"):
        query = f"SELECT * FROM {table} ORDER BY 1, 2"
        assert rows(target, query) == rows(home, query)
    assert {path.name for path in target.iterdir()} == {"kaihu.db", "documents"}
    assert kaihu("verify", KAIHU_HOME=str(target)).exit_code == 0


def test_nobody_but_the_owner_reads_archive_and_restored_files(kaihu: Kaihu, archive: Path, tmp_path: Path) -> None:
    assert archive.stat().st_mode & 0o077 == 0
    kaihu("restore", archive, "--home", tmp_path / "restored")
    restored = tmp_path / "restored"
    assert [path for path in (restored, *restored.rglob("*")) if path.stat().st_mode & 0o077] == []


def test_the_restored_home_says_which_moment_it_stands_for(kaihu: Kaihu, archive: Path, tmp_path: Path) -> None:
    said = kaihu("restore", archive, "--home", tmp_path / "restored").stdout
    manifest = json.loads(members(archive)[0][1])
    assert f"hash {manifest['last_entry']['hash']}" in said
    assert "Every journal chain, every document's digest and the ledger are right" in said


def test_a_backup_taken_while_somebody_writes_is_whole(kaihu: Kaihu, home: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(home / "kaihu.db", timeout=30)) as connection:
            while not stop.is_set():
                connection.execute("UPDATE key_node SET last = last + 1")
                connection.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = kaihu("backup", tmp_path / "busy.tar.gz")
    finally:
        stop.set()
        writer.join()
    assert made.exit_code == 0, made.output
    assert kaihu("restore", tmp_path / "busy.tar.gz", "--home", tmp_path / "restored").exit_code == 0


def test_a_backup_needs_a_folder_and_a_database(kaihu: Kaihu, home: Path, tmp_path: Path) -> None:
    assert "does not exist" in kaihu("backup", tmp_path / "nowhere" / "copy.tar.gz").stderr
    said = kaihu("backup", tmp_path / "copy.tar.gz", KAIHU_HOME=str(tmp_path / "empty")).stderr
    assert "There is no database" in said
    assert not (tmp_path / "copy.tar.gz").exists()


def test_a_document_that_is_still_being_written_is_left_out(kaihu: Kaihu, home: Path, tmp_path: Path) -> None:
    address = DocumentStore(home / "documents").put("营业执照".encode())
    stored = home / "documents" / address[:2] / address[2:]
    stored.with_name(".incoming-1").write_text("half of")
    stored.with_name(".incoming-2").symlink_to("gone")  # vanished between listing and reading
    assert kaihu("backup", tmp_path / "copy.tar.gz").exit_code == 0
    names = {info.name for info, _ in members(tmp_path / "copy.tar.gz")}
    assert f"documents/{address[:2]}/{address[2:]}" in names
    assert not [name for name in names if "incoming" in name]


def test_what_is_there_is_never_overwritten(kaihu: Kaihu, home: Path, archive: Path, tmp_path: Path) -> None:
    before = (home / "kaihu.db").read_bytes()
    assert "exists already" in kaihu("restore", archive).stderr
    assert (home / "kaihu.db").read_bytes() == before
    target = tmp_path / "half"
    (target / "documents" / "ab").mkdir(parents=True)
    assert "exists already" in kaihu("restore", archive, "--home", target).stderr
    assert not (target / "kaihu.db").exists()


def test_a_server_is_backed_up_and_restored_by_its_own_tools(kaihu: Kaihu, archive: Path, tmp_path: Path) -> None:
    server = {"KAIHU_DATABASE_URL": "postgresql://bank/kaihu", "KAIHU_HOME": str(tmp_path / "other")}
    assert "WAL archiving" in kaihu("backup", tmp_path / "never.tar.gz", **server).stderr
    assert "kaihu verify" in kaihu("restore", archive, **server).stderr


@pytest.mark.parametrize("part", [0.01, 0.5, 0.99, 0.99999])
def test_an_archive_that_was_cut_is_refused(kaihu: Kaihu, archive: Path, tmp_path: Path, part: float) -> None:
    whole = archive.read_bytes()
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(whole[: int(len(whole) * part)])
    assert "incomplete or damaged" in refused(kaihu, cut, tmp_path / "restored")


def test_an_archive_with_a_flipped_bit_is_refused(kaihu: Kaihu, archive: Path, tmp_path: Path) -> None:
    for place in (0.3, 0.7):
        content = bytearray(archive.read_bytes())
        content[int(len(content) * place)] ^= 1
        (tmp_path / "flipped.tar.gz").write_bytes(content)
        assert "was not restored" in refused(kaihu, tmp_path / "flipped.tar.gz", tmp_path / "restored")


def renamed(info: tarfile.TarInfo, name: str) -> tarfile.TarInfo:
    info.name = name
    return info


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> Member:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


HOSTILE: dict[str, Forge] = {
    "a path outside": lambda made: [*made, member("../escaped", b"x")],
    "an absolute path": lambda made: [*made, member("/escaped", b"x")],
    "a file beside the documents": lambda made: [*made, member("documents/.bashrc", b"x")],
    "a document in capitals": lambda made: [*made, member(f"documents/AB/{'C' * 62}", b"x")],
    "a link": lambda made: [*made, link(f"documents/ab/{'c' * 62}", "/etc/passwd")],
    "a hard link": lambda made: [*made, link(f"documents/ab/{'c' * 62}", "kaihu.db", tarfile.LNKTYPE)],
    "a device": lambda made: [*made, link("documents", "", tarfile.CHRTYPE)],
    "a long name": lambda made: [*made, member(f"documents/{'a' * 300}", b"x")],
    "the same document twice": lambda made: [*made, made[-1]],
    "a renamed document": lambda made: [*made[:-1], (renamed(made[-1][0], f"documents/ab/{'c' * 62}"), made[-1][1])],
    "a document too few": lambda made: made[:-1],
    "no documents": lambda made: made[:2],
    "no database": lambda made: [made[0], *made[2:]],
    "no manifest": lambda made: made[1:],
    "the manifest last": lambda made: [*made[1:], made[0]],
    "another manifest": lambda made: [member("manifest.json", b'{"format": "x"}'), *made[1:]],
    "a manifest of nothing but brackets": lambda made: [member("manifest.json", b"[" * 60_000), *made[1:]],
    "a manifest that is a list": lambda made: [member("manifest.json", b"[]"), *made[1:]],
    "a huge manifest": lambda made: [member("manifest.json", b" " * 1_000_000), *made[1:]],
    "a negative size": lambda made: with_manifest(made, documents_bytes=-1),
    "a database of another size": lambda made: with_manifest(made, database_bytes=5),
    "a database of other content": lambda made: [made[0], member("kaihu.db", b"\0" * made[1][0].size), *made[2:]],
    "nothing": lambda made: [],
}


@pytest.mark.parametrize("what", HOSTILE)
def test_an_archive_with_anything_but_a_backup_is_refused(
    kaihu: Kaihu, archive: Path, tmp_path: Path, what: str
) -> None:
    said = refused(kaihu, forged(archive, HOSTILE[what]), tmp_path / "restored")
    assert "forged.tar.gz was not restored" in said
    assert not (tmp_path / "escaped").exists()


def test_a_bomb_is_refused_by_what_it_says_before_it_goes_off(kaihu: Kaihu, archive: Path, tmp_path: Path) -> None:
    needs = forged(archive, lambda made: with_manifest(made, database_bytes=1 << 60))
    assert "bytes; only" in refused(kaihu, needs, tmp_path / "restored")
    block = tarfile.TarInfo("manifest.json")
    block.type, block.size = tarfile.XHDTYPE, 1 << 40  # a header that tar would read into memory whole
    with gzip.open(tmp_path / "bomb.tar.gz", "wb") as stream:
        stream.write(block.tobuf(tarfile.GNU_FORMAT))
        for _ in range(64):
            stream.write(bytes(1 << 20))
    assert "something that no backup holds" in refused(kaihu, tmp_path / "bomb.tar.gz", tmp_path / "restored")


def test_more_after_the_end_is_refused(kaihu: Kaihu, archive: Path, tmp_path: Path) -> None:
    for more in (b"more", bytes(1 << 20)):
        (tmp_path / "long.tar.gz").write_bytes(archive.read_bytes() + gzip.compress(more))
        assert "no backup holds" in refused(kaihu, tmp_path / "long.tar.gz", tmp_path / "restored")


def test_what_is_no_archive_is_refused(kaihu: Kaihu, home: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.tar.gz").write_text("Dear bank")
    assert "incomplete or damaged" in refused(kaihu, tmp_path / "letter.tar.gz", tmp_path / "restored")


def test_database_and_documents_of_two_backups_do_not_go_together(
    kaihu: Kaihu, home: Path, archive: Path, tmp_path: Path
) -> None:
    DocumentStore(home / "documents").put(b"a later document")
    with closing(sqlite3.connect(home / "kaihu.db")) as connection:
        connection.execute("UPDATE key_node SET last = last + 1")
        connection.commit()
    assert kaihu("backup", tmp_path / "later.tar.gz").exit_code == 0
    later = members(tmp_path / "later.tar.gz")
    mixed = forged(archive, lambda made: [made[0], later[1], *made[2:]])
    assert "not what was backed up" in refused(kaihu, mixed, tmp_path / "restored")
    mixed = forged(archive, lambda made: [*made[:2], *later[2:]])
    assert "its size is not the one in the manifest" in refused(kaihu, mixed, tmp_path / "restored")


@pytest.fixture
def changed(archive: Path, tmp_path: Path) -> Callable[..., Path]:
    """The archive with a database that was changed by statements, and a manifest made to fit."""

    def change(*statements: str) -> Path:
        def run(connection: sqlite3.Connection) -> None:
            for statement in statements:
                connection.execute(statement)

        return forged(archive, lambda made: with_database(made, run, tmp_path))

    return change


JOURNAL_TRIGGERS = tuple(f"journal_entry_no_{kind}" for kind in ("update", "delete", "replace"))


def without_triggers(statement: str) -> tuple[str, ...]:
    """The statement between the removal of the journal's triggers and their return."""
    return (
        "CREATE TEMP TABLE kept AS SELECT sql FROM sqlite_schema WHERE type = 'trigger'",
        *(f"DROP TRIGGER {name}" for name in JOURNAL_TRIGGERS),
        statement,
    )


def put_triggers_back(connection: sqlite3.Connection) -> None:
    present = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    for (sql,) in connection.execute("SELECT sql FROM kept").fetchall():
        if sql.split()[2] not in present:
            connection.execute(sql)


def tampered(archive: Path, folder: Path, statement: str) -> Path:
    """Somebody changed the database itself, triggers and manifest fitting again."""

    def run(connection: sqlite3.Connection) -> None:
        for each in without_triggers(statement):
            connection.execute(each)
        put_triggers_back(connection)

    return forged(archive, lambda made: with_database(made, run, folder))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET actor_person = 1 WHERE seq = 2",
        "UPDATE journal_entry SET time = time - 1 WHERE seq = 3",
    ],
)
def test_a_changed_entry_shows_and_is_restored_only_when_asked_for(
    kaihu: Kaihu, archive: Path, tmp_path: Path, statement: str
) -> None:
    flawed = tampered(archive, tmp_path, statement)
    said = refused(kaihu, flawed, tmp_path / "restored")
    assert "1 case journals broken" in said
    accepted = kaihu("restore", flawed, "--home", tmp_path / "restored", "--accept-flaws")
    assert accepted.exit_code == 0
    assert "Its content has been changed." in accepted.stdout
    checked = kaihu("verify", "--json", KAIHU_HOME=str(tmp_path / "restored"))
    assert checked.exit_code == 1
    assert len(json.loads(checked.stdout)["broken_cases"]) == 1


def test_a_database_that_lost_entries_is_not_the_one_of_the_manifest(
    kaihu: Kaihu, archive: Path, tmp_path: Path
) -> None:
    latest = "(SELECT max(seq) FROM journal_entry)"
    cut = tampered(archive, tmp_path, f"DELETE FROM journal_entry WHERE seq = {latest}")
    assert "not what was backed up" in refused(kaihu, cut, tmp_path / "restored", "--accept-flaws")


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER journal_entry_no_update",
        "CREATE TRIGGER steal AFTER INSERT ON login BEGIN DELETE FROM login; END",
        "CREATE VIEW everything AS SELECT * FROM login",
        "DROP INDEX ix_job_available",
        "CREATE TABLE more (id INTEGER)",
    ],
)
def test_a_database_of_another_shape_is_refused(
    kaihu: Kaihu, changed: Callable[..., Path], tmp_path: Path, statement: str
) -> None:
    said = refused(kaihu, changed(statement), tmp_path / "restored", "--accept-flaws")
    assert "its tables and triggers are not those of it" in said


def test_a_database_of_a_newer_schema_is_refused(kaihu: Kaihu, changed: Callable[..., Path], tmp_path: Path) -> None:
    newer = changed("UPDATE alembic_version SET version_num = '9999'")
    said = refused(kaihu, newer, tmp_path / "restored")
    assert "The database has schema revision 9999" in said
    assert "Start the newer version" in said


def test_a_missing_document_shows_and_is_restored_only_when_asked_for(kaihu: Kaihu, home: Path, tmp_path: Path) -> None:
    lost = next(path for path in (home / "documents").rglob("*") if path.is_file())
    lost.unlink()
    assert kaihu("verify").exit_code == 1
    assert kaihu("backup", tmp_path / "flawed.tar.gz").exit_code == 0
    assert "1 documents missing" in refused(kaihu, tmp_path / "flawed.tar.gz", tmp_path / "restored")
    accepted = kaihu("restore", tmp_path / "flawed.tar.gz", "--home", tmp_path / "restored", "--accept-flaws")
    assert accepted.exit_code == 0
    assert "is missing or was changed" in accepted.stdout


def test_a_backup_of_an_older_schema_is_brought_up_to_date(kaihu: Kaihu, home: Path, tmp_path: Path) -> None:
    assert kaihu("migrate", "--to", "0002", "--lose-data").exit_code == 0
    assert kaihu("backup", tmp_path / "old.tar.gz").exit_code == 0
    result = kaihu("restore", tmp_path / "old.tar.gz", "--home", tmp_path / "restored", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(members(tmp_path / "old.tar.gz")[0][1])["schema"] == "0002"
    assert json.loads(result.stdout)["schema"] > "0002"
