"""A disk that can be filled up: a small tmpfs where mounting is allowed, else a bound on the database's pages."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from persistence.database import Database

_PAGE = 4_096
_UNBOUND = 2**30


class SmallDisk(Protocol):
    """A folder on a disk of few megabytes."""

    folder: Path
    kind: str

    def fill(self, leave: int) -> None:
        """Leave so many bytes of space, about."""

    def free(self) -> None:
        """Give the space back."""


class Tmpfs:
    """A file system in memory of a few megabytes; a file of no use to anybody fills it."""

    kind = "tmpfs"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, leave: int) -> None:
        """Take what is free but for the last bytes, whatever others take meanwhile."""
        with self._ballast.open("ab") as stream:
            while True:
                found = os.statvfs(self.folder)
                free = found.f_bavail * found.f_frsize - leave
                try:
                    os.posix_fallocate(stream.fileno(), 0, max(free, 1))
                except OSError as error:
                    if error.errno != errno.ENOSPC or not found.f_bavail:
                        raise
                else:
                    return

    def free(self) -> None:
        """Remove the file."""
        self._ballast.unlink()


class PageBound:
    """SQLite's own limit on the pages of its file: the same error from the same place, without a disk."""

    kind = "bound on SQLite's pages"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._database: Database | None = None

    def holds(self, database: Database) -> None:
        """Bound this database's writes."""
        self._database = database

    def fill(self, leave: int) -> None:
        """So many more than the file has now."""
        with self._connection() as connection:
            bound = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + leave // _PAGE
            connection.exec_driver_sql(f"PRAGMA max_page_count = {bound}")

    def free(self) -> None:
        """As many as one likes."""
        with self._connection() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {_UNBOUND}")

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """The one that writes, in a turn of its own."""
        assert self._database is not None  # `holds` came first
        with self._database.transaction() as transaction:
            yield transaction.connection


@contextmanager
def small_disk(folder: Path, megabytes: int, *, may_mount: bool) -> Iterator[SmallDisk]:
    """Mount it on `folder` where that is allowed, or bound the pages of the databases there."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)]
    if not may_mount or os.geteuid() != 0 or subprocess.run(mount, check=False, stderr=subprocess.DEVNULL).returncode:
        yield PageBound(folder)
        return
    try:
        yield Tmpfs(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
