"""Commands that write whole files: a disk that is full or fails ends them with a sentence, not with a trace."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from persistence.database import DatabaseUnavailable
from persistence.errors import ErrorKind, KaihuError, Term

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class Cause(Term):
    """Why a file could not be written."""

    FULL = "there is no space left", "磁盘空间不足"
    FORBIDDEN = "writing there is not permitted", "没有写入权限"
    FAILED = "the file system refused it", "文件系统拒绝写入"


class NotWritten(KaihuError):
    """The disk did not take it. Fields: `place`, `cause`."""

    code = "not_written"
    kind = ErrorKind.UNAVAILABLE
    en = "{place} could not be written: {cause}. Nothing that was there has changed."
    zh = "{place} 写入失败：{cause}。原有数据未作任何改动。"


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Within the block files are written at `place`, which the block itself clears away again. Raises NotWritten."""
    try:
        yield
    except BrokenPipeError:  # whoever read our output has gone: no disk's fault
        raise
    except OSError as error:
        full, forbidden = error.errno in _FULL, error.errno in _FORBIDDEN
        cause = Cause.FULL if full else Cause.FORBIDDEN if forbidden else Cause.FAILED
        raise NotWritten(place=place, cause=cause) from error
    except (sqlite3.OperationalError, DatabaseUnavailable) as error:
        raise NotWritten(place=place, cause=Cause.FULL if _is_full(error) else Cause.FAILED) from error


def _is_full(error: Exception) -> bool:
    found: object = error.__cause__ if isinstance(error, DatabaseUnavailable) else error
    if isinstance(found, DBAPIError):
        found = found.orig
    return getattr(found, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
