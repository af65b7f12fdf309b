"""The archive of a backup: what is in it, written in one pass and read by nobody's rules but these.

An archive is a gzip-compressed tar: `manifest.json` first, `kaihu.db`, then the documents by their digest. It may
have been cut, renamed, put together from two, or made by somebody else. Reading it, every member must be one of
these, in this order, of the size the manifest gives, and hold what its digest says; the tar format's other powers
(links, devices, long names, sparse files) are not understood at all.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from bank.documents.store import whole_documents
from persistence.errors import ErrorKind, KaihuError, Term

MANIFEST, DATABASE, DOCUMENTS = "manifest.json", "kaihu.db", "documents"
_FORMAT = "kaihu-backup-1"
_BLOCK = tarfile.BLOCKSIZE
_PIECE = 1024 * 1024
_LARGEST_MANIFEST = 64 * 1024
_LARGEST_DOCUMENT = 128 * 1024 * 1024  # far above what the bank takes in, far below what fills a disk
_LARGEST_END = 64 * 1024  # zeros after the last member
_SPARE_ROOM = 64 * 1024 * 1024  # left on the disk for what the database needs beside itself
_DOCUMENT = re.compile(r"documents/([0-9a-f]{2})/([0-9a-f]{62})")
_UNREADABLE = (EOFError, gzip.BadGzipFile, zlib.error, tarfile.TarError, UnicodeError)


class Flaw(Term):
    """What is wrong with an archive."""

    CUT = "it is incomplete or damaged", "内容不完整或已损坏"
    NO_BACKUP = "it is no backup of Kaihu, or of a version this one does not know", "不是可识别的开户系统备份"
    FOREIGN = "it holds something that no backup holds", "含有备份中不应出现的内容"
    OTHER_CONTENT = "its content is not what was backed up", "内容与备份时不一致"
    OTHER_SIZE = "its size is not the one in the manifest", "大小与清单不符"
    MISSING = "something is missing that the manifest lists", "缺少清单所列内容"


class ArchiveRefused(KaihuError):
    """The archive cannot be trusted. Fields: `name` of the archive, `flaw`, `member` (ours, or a number)."""

    code = "archive_refused"
    en = "{name} was not restored: {flaw} ({member})."
    zh = "{name} 未恢复：{flaw}（{member}）。"


class NoRoom(KaihuError):
    """The disk is too small. Fields: `needed`, `free` (bytes)."""

    code = "no_room"
    kind = ErrorKind.TOO_LARGE
    en = "The backup needs {needed} bytes; only {free} are free. Nothing was changed."
    zh = "备份需要 {needed} 字节，磁盘仅剩 {free} 字节，未作任何改动。"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What the archive holds, and the moment it stands for; sizes are bytes, times ISO 8601 in UTC."""

    created_at: str
    schema: str
    database_bytes: int
    database_sha256: str
    documents: int
    documents_bytes: int
    cases: int
    entries: int
    last_entry: dict[str, Any] | None
    """Of the journal: `instance_key`, `seq`, `time`, `hash`."""

    def as_bytes(self) -> bytes:
        """For the archive."""
        return json.dumps({"format": _FORMAT} | asdict(self), indent=1).encode()

    @classmethod
    def of_bytes(cls, content: bytes) -> Manifest:
        """Raises ValueError, TypeError or KeyError for anything that is no manifest."""
        fields = json.loads(content)
        if fields.pop("format") != _FORMAT:
            raise ValueError
        manifest = cls(**fields)
        sizes = (manifest.database_bytes, manifest.documents, manifest.documents_bytes)
        if not all(type(size) is int and size >= 0 for size in sizes):
            raise ValueError
        return manifest


def sized_documents(folder: Path) -> list[tuple[Path, int]]:
    """The whole documents below a folder, with their sizes: what a backup holds is settled before it is written."""
    return [(path, path.stat().st_size) for path in whole_documents(folder)]


def write_archive(target: IO[bytes], manifest: Manifest, database: Path, documents: Iterable[tuple[Path, int]]) -> None:
    """Write everything; each file is read from one open stream, for a mended one may take its place meanwhile."""
    # "GNU" writes what ustar cannot, sizes above 8 GB, without members that only describe the next one.
    with tarfile.open(fileobj=target, mode="w:gz", format=tarfile.GNU_FORMAT, compresslevel=6) as archive:
        content = manifest.as_bytes()
        archive.addfile(_member(MANIFEST, len(content)), io.BytesIO(content))
        with database.open("rb") as stream:
            archive.addfile(_member(DATABASE, manifest.database_bytes), stream)
        for path, size in documents:
            name = f"{DOCUMENTS}/{path.parent.name}/{path.name}"
            with path.open("rb") as stream:
                archive.addfile(_member(name, size), stream)


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unpack(archive: Path, folder: Path) -> Manifest:
    """Check the archive while writing `kaihu.db` and `documents/` into the empty `folder`.

    Raises ArchiveRefused, NoRoom; what was written by then is the caller's to remove.
    """
    with gzip.open(archive, "rb") as stream:
        return _Reader(archive.name, stream).unpack(folder)


class _Reader:
    """Reads one archive from its beginning to its end."""

    def __init__(self, name: str, stream: gzip.GzipFile) -> None:
        self._name, self._stream = name, stream
        self._number = 0

    def unpack(self, folder: Path) -> Manifest:
        members = self._members()
        manifest = self._manifest(members)
        self._require_room(manifest, folder)
        self._database(members, manifest, folder / DATABASE)
        self._documents(members, manifest, folder)
        return manifest

    def _manifest(self, members: Iterator[tuple[str, int]]) -> Manifest:
        name, size = next(members, ("", 0))
        if name != MANIFEST or size > _LARGEST_MANIFEST:
            raise self._refused(Flaw.NO_BACKUP, MANIFEST)
        try:
            return Manifest.of_bytes(b"".join(self._pieces(size)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise self._refused(Flaw.NO_BACKUP, MANIFEST) from error

    def _require_room(self, manifest: Manifest, folder: Path) -> None:
        needed = manifest.database_bytes + manifest.documents_bytes + _SPARE_ROOM
        free = shutil.disk_usage(folder).free
        if needed > free:
            raise NoRoom(needed=needed, free=free)

    def _database(self, members: Iterator[tuple[str, int]], manifest: Manifest, target: Path) -> None:
        name, size = next(members, ("", 0))
        if name != DATABASE:
            raise self._refused(Flaw.MISSING, DATABASE)
        if size != manifest.database_bytes:
            raise self._refused(Flaw.OTHER_SIZE, DATABASE)
        if self._copy(size, target) != manifest.database_sha256:
            raise self._refused(Flaw.OTHER_CONTENT, DATABASE)

    def _documents(self, members: Iterator[tuple[str, int]], manifest: Manifest, folder: Path) -> None:
        count, total = 0, 0
        for name, size in members:
            address = _DOCUMENT.fullmatch(name)
            if address is None or size > _LARGEST_DOCUMENT:
                raise self._refused(Flaw.FOREIGN)
            count, total = count + 1, total + size
            if count > manifest.documents or total > manifest.documents_bytes:
                raise self._refused(Flaw.OTHER_SIZE, DOCUMENTS)
            target = folder / DOCUMENTS / address[1] / address[2]
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if target.exists():
                raise self._refused(Flaw.FOREIGN)
            if self._copy(size, target) != address[1] + address[2]:
                raise self._refused(Flaw.OTHER_CONTENT)
        if (count, total) != (manifest.documents, manifest.documents_bytes):
            raise self._refused(Flaw.MISSING, DOCUMENTS)

    def _members(self) -> Iterator[tuple[str, int]]:
        """Name and size of each member; its content must be read before the next one is asked for."""
        while (block := self._exactly(_BLOCK)) != bytes(_BLOCK):
            self._number += 1
            try:
                member = tarfile.TarInfo.frombuf(block, "ascii", "strict")
            except (tarfile.HeaderError, ValueError) as error:
                raise self._refused(Flaw.CUT) from error
            if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.size < 0:
                raise self._refused(Flaw.FOREIGN)
            yield member.name, member.size
            self._exactly(-member.size % _BLOCK)
        if any(end := self._read(_LARGEST_END)) or len(end) == _LARGEST_END:
            raise self._refused(Flaw.FOREIGN)

    def _copy(self, size: int, target: Path) -> str:
        """Write the next `size` bytes into a new file; their SHA-256."""
        digest = hashlib.sha256()
        with target.open("xb") as stream:
            target.chmod(0o600)
            for piece in self._pieces(size):
                digest.update(piece)
                stream.write(piece)
        return digest.hexdigest()

    def _pieces(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self._exactly(min(size, _PIECE))
            size -= len(piece)
            yield piece

    def _exactly(self, size: int) -> bytes:
        content = self._read(size)
        if len(content) != size:
            raise self._refused(Flaw.CUT)
        return content

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except _UNREADABLE as error:
            raise self._refused(Flaw.CUT) from error

    def _refused(self, flaw: Flaw, member: str = "") -> ArchiveRefused:
        return ArchiveRefused(name=self._name, flaw=flaw, member=member or f"#{self._number}")
