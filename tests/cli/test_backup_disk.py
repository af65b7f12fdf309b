"""A backup or a restoration that the disk does not take says so, and leaves what was there."""

from __future__ import annotations

import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.chaos.disk import SmallDisk, Tmpfs, small_disk
from tests.cli.conftest import Kaihu
from tests.cli.test_backup import archive, home, lived_in, refused

__all__ = ["archive", "home", "lived_in"]  # fixtures


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """The disk takes no file of more bytes, whatever it says about its space."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_disk_that_is_full_amid_a_restoration_is_named_and_nothing_is_left(
    kaihu: Kaihu, home: Path, archive: Path, tmp_path: Path
) -> None:
    before = (home / "kaihu.db").read_bytes()
    for size in (1, len(before) // 2, len(before) - 1):
        with no_file_beyond(size):
            assert "there is no space left" in refused(kaihu, archive, tmp_path / "target")
            assert "exists already" in kaihu("restore", archive).stderr
    assert (home / "kaihu.db").read_bytes() == before
    assert kaihu("restore", archive, "--home", tmp_path / "target").exit_code == 0


def test_a_disk_that_fills_up_while_the_archive_is_read_is_named_and_nothing_is_left(
    kaihu: Kaihu, archive: Path, tmp_path: Path
) -> None:
    """There is room when the restoration begins; the archive comes by a pipe, and half-way somebody takes the room."""
    (tmp_path / "disk").mkdir()
    pipe = tmp_path / "archive"
    os.mkfifo(pipe)
    content = archive.read_bytes()
    over = threading.Event()

    def send(disk: SmallDisk) -> None:
        with ExitStack() as taken:
            with pipe.open("wb") as stream, suppress(BrokenPipeError):
                stream.write(content[: len(content) // 2])
                stream.flush()
                while not list(disk.folder.glob("home/.restoring-*/kaihu.db")):
                    time.sleep(0.01)
                taken.enter_context(taken_up(disk))
                stream.write(content[len(content) // 2 :])
            over.wait()

    with small_disk(tmp_path / "disk", 128, may_mount=True) as disk:
        sender = threading.Thread(target=send, args=(disk,))
        sender.start()
        result = kaihu("restore", pipe, "--home", disk.folder / "home")
        over.set()
        sender.join()
        assert result.exit_code == 1, result.output
        assert "there is no space left" in result.stderr
        assert list((disk.folder / "home").iterdir()) == []


@contextmanager
def taken_up(disk: SmallDisk) -> Iterator[None]:
    if not isinstance(disk, Tmpfs):
        with no_file_beyond(1):
            yield
        return
    disk.fill(1)
    yield
    disk.free()


def test_documents_do_not_stay_where_their_database_cannot_be(kaihu: Kaihu, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "no-folder").write_text("a file")
    target = tmp_path / "target"
    elsewhere = {"KAIHU_HOME": str(target), "KAIHU_DATABASE_URL": f"sqlite:///{tmp_path}/no-folder/kaihu.db"}
    result = kaihu("restore", archive, **elsewhere)
    assert result.exit_code == 1
    assert f"{target} could not be written: the file system refused it" in result.stderr
    assert list(target.iterdir()) == []


def test_a_disk_that_is_full_amid_a_backup_is_named_and_the_older_backup_stays(
    kaihu: Kaihu, archive: Path, tmp_path: Path
) -> None:
    before = archive.read_bytes()
    for size in (1, len(before) // 2):
        with no_file_beyond(size):
            result = kaihu("backup", archive)
        assert result.exit_code == 1
        assert f"{tmp_path} could not be written" in result.stderr
    assert archive.read_bytes() == before
    assert not [file for file in tmp_path.iterdir() if file.name.startswith("tmp")]
