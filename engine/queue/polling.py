"""The worker of one process that looks into the tables itself, woken by the commits of its own process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from engine.queue.bell import Bell
from engine.queue.daemon_threads import DaemonThreads
from engine.queue.work import Pace, Steps
from persistence.errors import KaihuError

log = structlog.get_logger()

_LONGEST_SLEEP = 2.0  # seconds that new work from another process may lie before this one looks
_SHORTEST_SLEEP = 0.1  # seconds; work that is due but cannot be had (another process is at it) must not spin


class PollingWorker:
    """Timers and local jobs in one thread, remote jobs in up to `pace.threads` others."""

    def __init__(self, steps: Steps, bell: Bell, pace: Pace) -> None:
        self._steps, self._bell, self._pace = steps, bell, pace
        self._threads = DaemonThreads("job")
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._counting = threading.Lock()
        self._running = 0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, and return at once."""
        self._stopping.clear()
        self._bell.listen(self._woken.set)
        self._thread = threading.Thread(target=self._work, name="job-executor", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether its thread goes on; also true before it was started and after it was stopped."""
        return self._thread is None or self._thread.is_alive()

    def stop(self) -> None:
        """Take no more work, let what runs be finished and told to its case, return within a bound."""
        until = time.monotonic() + self._pace.stop_within
        self._stopping.set()
        self._woken.set()
        self._bell.forget(self._woken.set)
        if self._thread is not None:
            self._thread.join(self._pace.stop_within)
            self._thread = None
        if not self._threads.wait(max(until - time.monotonic(), 0.0)):
            log.warning("executor.left_behind", jobs=self._running)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()  # before looking, so that what comes while looking is seen next time
            if not self._round() and not self._stopping.is_set():
                self._woken.wait(self._sleep())

    def _round(self) -> int:
        """Fire timers, run local jobs, hand remote ones to free threads; how many pieces of work it was."""
        try:
            self._steps.look_after()
            return self._steps.run_due() + self._hand_out()
        except Exception as error:  # the database is away, perhaps: the next round must come in any case
            log.error("executor.round_failed", error=type(error).__name__, exc_info=error)
            return 0

    def _hand_out(self) -> int:
        taken = [] if self._stopping.is_set() else self._steps.take(self._pace.threads - self._running)
        for job in taken:
            with self._counting:
                self._running += 1
            self._threads.run(lambda job=job: self._run(job))  # type: ignore[misc]  # mypy sees no default
        return len(taken)

    def _run(self, job: Callable[[], object]) -> None:
        try:
            job()
        except Exception as error:  # nobody asks for this thread's error; the lease will run out
            log.error("job.not_told", error=type(error).__name__, exc_info=error)
        finally:
            with self._counting:
                self._running -= 1
            self._woken.set()

    def _sleep(self) -> float:
        """Seconds until something is due, within bounds; a ring of the bell or a thread getting free ends it."""
        try:
            # a job that is due can only wait while no thread is free
            due = self._steps.due_in(jobs=self._running < self._pace.threads)
        except KaihuError:  # the database is away
            return _LONGEST_SLEEP
        return min(max(_LONGEST_SLEEP if due is None else due, _SHORTEST_SLEEP), _LONGEST_SLEEP)
