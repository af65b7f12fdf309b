"""Tells this process's job executors at once that there is new work; other processes find it when they next look.

What an executor can do at once it may take while the work's transaction is open: the job is then leased to it from
the first, and handed to it after the commit. What is rolled back was never anybody's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from engine.queue.work import ClaimedJob, Lease, Taker


class Bell:
    """Rung after a commit that leaves work behind. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._takers: tuple[Taker, ...] = ()
        self._open = threading.local()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` at every ring, in the thread that rings; it must be quick and must not fail."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def forget(self, listener: Callable[[], None]) -> None:
        """The end of `listen`."""
        with self._lock:
            self._listeners = tuple(other for other in self._listeners if other != listener)

    def serve(self, taker: Taker) -> None:
        """Offer new jobs to `taker`."""
        with self._lock:
            self._takers = (*self._takers, taker)

    def serve_no_more(self, taker: Taker) -> None:
        """The end of `serve`."""
        with self._lock:
            self._takers = tuple(other for other in self._takers if other is not taker)

    def begin(self) -> None:
        """A transaction of this thread begins: it has left no work behind yet."""
        self._open.work = False
        self._open.leased = []

    def lease_for(self, type_: str) -> Lease | None:
        """A lease for a new job of this type that the open transaction makes, if a thread of this process is free."""
        for taker in self._takers:
            lease = taker.offer(type_, sum(lease.taker is taker for lease, _ in self._open.leased))
            if lease is not None:
                return lease
        return None

    def leased(self, lease: Lease, claimed: ClaimedJob) -> None:
        """The open transaction writes the job under this lease."""
        self._open.leased.append((lease, claimed))

    def work_added(self) -> None:
        """The transaction that is open in this thread leaves a job or timer behind."""
        self._open.work = True

    def committed(self) -> None:
        """This thread's transaction is committed: hand over what was leased, ring if it left other work behind."""
        handed, self._open.leased = self._open.leased, []
        for lease, claimed in handed:
            lease.taker.hand(claimed)
        if getattr(self._open, "work", False):
            self._open.work = False
            for listener in self._listeners:
                listener()
