"""The worker of one process that looks into the tables itself, woken by the commits of its own process."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import structlog

from engine.queue.bell import Bell
from engine.queue.daemon_threads import DaemonThreads
from engine.queue.work import Pace, Steps, Waiting

log = structlog.get_logger()

_LONGEST_SLEEP = 2.0  # seconds that new work from another process may lie before this one looks
_SHORTEST_SLEEP = 0.1  # seconds; work that is due but cannot be had (another process is at it) must not spin


class PollingPlaces:
    """The threads that run remote jobs, up to `threads` at once. Safe between threads.

    A handler that does not return loses its place after `longest` seconds; its thread stays behind.
    """

    def __init__(
        self, threads: int, freed: Callable[[], None], longest: float, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._threads, self._freed = DaemonThreads("job"), freed
        self._most, self._longest, self._seconds = threads, longest, seconds
        self._running: dict[object, float] = {}
        self._counting = threading.Lock()
        self._kept: deque[Callable[[], object]] = deque()
        self._missed = False

    def free(self) -> int:
        """How many may take up a job; none while older jobs wait in the tables for one."""
        with self._counting:
            return 0 if self._missed else self._free()

    def free_for_waiting(self) -> int:
        """The same for those older jobs; if there is none, `freed` is called once there is."""
        with self._counting:
            free = self._free()
            self._missed = not free
            return free

    def _free(self) -> int:
        now = self._seconds()
        running = sum(now < place_lost for place_lost in self._running.values())
        return max(self._most - running - len(self._kept), 0)

    def nothing_waits(self) -> None:
        """No older job is in the tables."""
        with self._counting:
            self._missed = False

    def give(self, job: Callable[[], object]) -> None:
        """Do it as soon as a thread is free: at once, unless somebody else was given the place meanwhile."""
        thread = object()
        with self._counting:
            if not self._free():
                self._kept.append(job)
                return
            self._running[thread] = self._seconds() + self._longest
        try:
            self._threads.run(lambda: self._run(thread, job))
        except RuntimeError as error:  # the computer has no thread left; the lease will run out
            log.error("job.not_begun", error=type(error).__name__, exc_info=error)
            self._end(thread)

    def wait(self, seconds: float) -> None:
        """Wait until all is done, at most so long."""
        if not self._threads.wait(seconds):
            log.warning("executor.left_behind", jobs=len(self._running))

    def _run(self, thread: object, job: Callable[[], object]) -> None:
        try:
            job()
        except Exception as error:  # nobody asks for this thread's error; the lease will run out
            log.error("job.not_told", error=type(error).__name__, exc_info=error)
        finally:
            self._end(thread)

    def _end(self, thread: object) -> None:
        """The thread's place is free: for a job that was given before, else for those in the tables."""
        with self._counting:
            del self._running[thread]
            missed = self._missed
        if not self.begin_kept() and missed:
            self._freed()

    def begin_kept(self) -> bool:
        """Give a free place to a job that was given when there was none; whether there was such a job."""
        with self._counting:
            job = self._kept.popleft() if self._kept else None
        if job is not None:
            self.give(job)
        return job is not None


class PollingWorker:
    """Timers and local jobs in one thread, remote jobs in others."""

    def __init__(self, steps: Steps, bell: Bell, pace: Pace, longest: float) -> None:
        self._steps, self._bell, self._pace = steps, bell, pace
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self.places = PollingPlaces(pace.threads, self._woken.set, longest)
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
        self.places.wait(max(until - time.monotonic(), 0.0))

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()  # before looking, so that what comes while looking is seen next time
            sleep = self._round()
            if sleep and not self._stopping.is_set():
                self._woken.wait(sleep)

    def _round(self) -> float:
        """Fire timers, run local jobs, hand remote ones to free threads; seconds until there may be more to do."""
        try:
            self._steps.look_after()
            self.places.begin_kept()  # a handler that does not return may have lost its place
            waiting = self._steps.waiting()
            done = self._steps.run_due() if _due(waiting.timers) or _due(waiting.local) else 0
            done += self._hand_out(waiting)
            return 0.0 if done else self._sleep(waiting)
        except Exception as error:  # the database is away, perhaps: the next round must come in any case
            log.error("executor.round_failed", error=type(error).__name__, exc_info=error)
            return _LONGEST_SLEEP

    def _hand_out(self, waiting: Waiting) -> int:
        if not _due(waiting.remote):
            self.places.nothing_waits()
            return 0
        free = self.places.free_for_waiting()
        taken = [] if self._stopping.is_set() else self._steps.take(free)
        for job in taken:
            self.places.give(job)
        return len(taken)

    def _sleep(self, waiting: Waiting) -> float:
        """Within bounds; a ring of the bell, or a thread getting free while jobs wait, ends it sooner."""
        remote = waiting.remote if self.places.free() or not _due(waiting.remote) else None
        times = [time for time in (waiting.timers, waiting.local, remote) if time is not None]
        return min(max(min(times, default=_LONGEST_SLEEP), _SHORTEST_SLEEP), _LONGEST_SLEEP)


def _due(seconds: float | None) -> bool:
    return seconds is not None and seconds <= 0
