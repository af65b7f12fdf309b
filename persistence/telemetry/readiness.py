"""Whether this process can serve: a few quick checks, asked of the outside at most once a second.

The answer names what was checked and nothing else, for anyone may ask.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from persistence.database import Database
from persistence.errors import KaihuError
from persistence.migrations import REVISIONS, revision_of

Check = Callable[[], bool]

_FRESH_SECONDS = 1.0
_STALE_SECONDS = 5.0
"""A check that takes longer than this is a failed one: something hangs."""


@dataclass(frozen=True)
class Verdict:
    """Whether every check passed, and each check's own answer."""

    ready: bool
    checks: Mapping[str, bool] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """For the one who asked."""
        words = {name: "ok" if passed else "failed" for name, passed in self.checks.items()}
        return {"status": "ok" if self.ready else "unavailable", "checks": words}


class Readiness:
    """The checks of one process, by name. Any number of threads may ask; one of them checks."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = dict(checks)
        self._checking = threading.Lock()
        self._known = Verdict(False)
        self._known_at = float("-inf")

    def verdict(self) -> Verdict:
        """The answer as of now, or of a second ago."""
        age = time.monotonic() - self._known_at
        if age < _FRESH_SECONDS:
            return self._known
        if not self._checking.acquire(blocking=False):
            return self._known if age < _STALE_SECONDS else Verdict(False)
        try:
            answers = {name: _passes(check) for name, check in self._checks.items()}
            self._known, self._known_at = Verdict(all(answers.values()), answers), time.monotonic()
            return self._known
        finally:
            self._checking.release()


def database_answers(database: Database) -> bool:
    """Whether a query comes back."""
    with database.reading() as connection:
        return connection.execute(text("SELECT 1")).scalar() == 1


def schema_fits(database: Database) -> bool:
    """Whether every migration this program knows was applied; a newer program may have applied more.

    While machines are upgraded one by one, the old ones go on with a schema that is ahead of them.
    """
    with database.reading() as connection:
        found = revision_of(connection)
    return found is not None and found >= REVISIONS[-1]


def disk_takes(folder: Path) -> bool:
    """Whether the folder takes a file: not full, not read-only, not gone."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"ready?")
        file.flush()
    return True


def _passes(check: Check) -> bool:
    try:
        return check()
    except (KaihuError, SQLAlchemyError, OSError):
        return False
