"""Files under the hash of their content: `ab/cdef…` below one folder, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

_UNFINISHED = ".incoming-"
"""How the names of files begin that are still being written."""


class DocumentStore:
    """A content-addressed store. A file no record refers to is harmless, so files are written before rows."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes) -> str:
        """Keep the content; on return it is on the disk. The SHA-256 in hexadecimal digits is its address.

        What is there already is written anew, which also mends a damaged file. Only the owner may read it.
        """
        address = hashlib.sha256(content).hexdigest()
        target = self._path(address)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, unfinished = tempfile.mkstemp(dir=target.parent, prefix=_UNFINISHED)  # made with mode 0600
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(unfinished).replace(target)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        for folder in (target.parent, self._root):  # a new name is on the disk only with its folder
            _sync(folder)
        return address

    def get(self, address: str) -> bytes | None:
        """The content, None when its file is missing or holds anything else."""
        try:
            content = self._path(address).read_bytes()
        except FileNotFoundError:
            return None
        return content if hashlib.sha256(content).hexdigest() == address else None

    def _path(self, address: str) -> Path:
        return self._root / address[:2] / address[2:]


def whole_documents(root: Path) -> Iterator[Path]:
    """The files below `root` that are whole, in order; those being written may vanish and are not looked at."""
    for path in sorted(root.glob("[0-9a-f][0-9a-f]/*")):
        if not path.name.startswith(_UNFINISHED):
            yield path


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
