"""Tells this process's job executors at once that there is new work; other processes find it when they next look."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Bell:
    """Rung after a commit that leaves work behind. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._open = threading.local()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` at every ring, in the thread that rings; it must be quick and must not fail."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def forget(self, listener: Callable[[], None]) -> None:
        """The end of `listen`."""
        with self._lock:
            self._listeners = tuple(other for other in self._listeners if other != listener)

    def begin(self) -> None:
        """A transaction of this thread begins: it has left no work behind yet."""
        self._open.work = False

    def work_added(self) -> None:
        """The transaction that is open in this thread leaves a job or timer behind."""
        self._open.work = True

    def committed(self) -> None:
        """This thread's transaction is committed: ring if it left work behind."""
        if getattr(self._open, "work", False):
            self._open.work = False
            for listener in self._listeners:
                listener()
