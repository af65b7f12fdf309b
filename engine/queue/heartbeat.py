"""The leases a process holds, and the thread that shows it is alive by renewing them.

A lease is short, so that another takes over soon when the process is killed. It is renewed while its job is under
way, until the job's own time limit: a handler that never returns loses its job all the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from persistence.errors import KaihuError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Held:
    """A job of this process: until `end` (monotonic seconds) its lease, last written at `written`, is renewed."""

    key: int
    token: str
    written: float
    end: float


class HeldLeases:
    """The jobs this process has claimed and not told the end of. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, Held] = {}

    def keep(self, key: int, token: str, limit: float) -> float:
        """Renew this lease for so many seconds from now; returns when that ends (monotonic seconds)."""
        now = time.monotonic()
        with self._lock:
            known = self._held.get(token)
            self._held[token] = Held(key, token, now if known is None else known.written, now + limit)
        return now + limit

    def lasts(self, token: str) -> bool:
        """Whether the lease is still renewed: it is this process's, and the job's time is not over."""
        with self._lock:
            held = self._held.get(token)
        return held is not None and time.monotonic() < held.end

    def let_go(self, token: str) -> None:
        """Its job has ended here, whatever became of it."""
        with self._lock:
            self._held.pop(token, None)

    def fading(self, age: float) -> list[Held]:
        """Those last written at least so many seconds ago whose job may still go on; they count as written now."""
        now = time.monotonic()
        with self._lock:
            fading = [held for held in self._held.values() if now - held.written >= age and now < held.end]
            self._held |= {held.token: Held(held.key, held.token, now, held.end) for held in fading}
        return fading


class Heartbeat:
    """Calls `beat` again and again in a thread of its own; what it raises is logged, and it goes on."""

    def __init__(self, beat: Callable[[], None], every: float) -> None:
        self._beat, self._every = beat, every
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, and return at once."""
        self._stopping = threading.Event()  # that of a thread which is still ending stays set
        self._thread = threading.Thread(target=self._go_on, args=(self._stopping,), name="heartbeat", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether its thread goes on; also true before it was started and after it was stopped."""
        return self._thread is None or self._thread.is_alive()

    def stop(self) -> None:
        """End it; a beat under way may still come to its end."""
        self._stopping.set()
        self._thread = None

    def _go_on(self, stopping: threading.Event) -> None:
        while not stopping.wait(self._every):
            try:
                self._beat()
            except KaihuError as error:  # the database is away, most likely
                log.warning("heartbeat.missed", error=error.code)
            except Exception as error:  # without beats this process would lose all its jobs to others
                log.error("heartbeat.failed", error=type(error).__name__, exc_info=error)
