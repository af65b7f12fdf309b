"""Who runs jobs and timers: threads of this process, or a test that steps until nothing is left to do."""

from __future__ import annotations

import datetime as dt
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import structlog

from engine.model.errors import StateConflict
from engine.services.housekeeping import Housekeeping
from engine.services.jobs import ClaimedJob, Jobs
from engine.services.parts import EngineParts
from engine.services.settling import Attempt, crashed
from engine.services.timers import Timers
from engine.worker_api import Handler, Mode
from persistence.errors import KaihuError

log = structlog.get_logger()

_BATCH = 10
_LONGEST_SLEEP = 2.0  # seconds that new work from another process may lie before this one looks
_SHORTEST_SLEEP = 0.1  # seconds; work that is due but cannot be had (another process is at it) must not spin
_PAUSE = dt.timedelta(minutes=5)  # before a job is tried again that could not be run or told to its case
_SPARE = dt.timedelta(seconds=30)  # a lease outlives its handler's own time limit by this
_TIDY_EVERY = dt.timedelta(hours=1)


class WorkSource(Protocol):
    """What the executor needs of `engine.process_engine.ProcessEngine`."""

    parts: EngineParts
    jobs: Jobs
    timers: Timers
    housekeeping: Housekeeping


class JobExecutor:
    """Runs the jobs that have a handler here, and fires timers. Any number may work on one database."""

    def __init__(self, engine: WorkSource, *, threads: int = 4, name: str | None = None) -> None:
        self._engine = engine
        self._threads = threads
        self._name = name or f"{os.uname().nodename}-{os.getpid()}"
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._counting = threading.Lock()
        self._running = 0
        self._tidied_at: dt.datetime | None = None
        self._thread: threading.Thread | None = None
        handlers = engine.parts.handlers.values()
        self._remote = {handler.type: handler for handler in handlers if handler.mode is Mode.REMOTE}

    def run_until_idle(self, limit: int = 10_000) -> int:
        """Do in this thread all that is due now; how many pieces of work it was, at most about `limit`."""
        done = 0
        while done < limit:
            step = self.run_once()
            if not step:
                return done
            done += step
        return done

    def run_once(self) -> int:
        """Fire due timers and run one batch of jobs in this thread; how many pieces of work it was."""
        self._tidy()
        done = self._engine.timers.fire_due() + self._run_local()
        return done + sum(self._run(job) for job in self._claim(_BATCH, in_turn=True))

    def start(self) -> None:
        """Work in the background until `stop`."""
        self._stopping.clear()
        self._engine.parts.bell.listen(self._woken.set)
        self._thread = threading.Thread(target=self._work, name="job-executor", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the background work goes on; also true before it was started and after it was stopped."""
        return self._thread is None or self._thread.is_alive()

    def stop(self) -> None:
        """Take no more work, let what is running finish and be told to its case, then return."""
        self._stopping.set()
        self._woken.set()
        self._engine.parts.bell.forget(self._woken.set)
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        with ThreadPoolExecutor(self._threads, thread_name_prefix="job") as pool:
            while not self._stopping.is_set():
                self._woken.clear()  # before looking, so that what comes while looking is seen next time
                if not self._round(pool):
                    self._woken.wait(self._sleep())

    def _round(self, pool: ThreadPoolExecutor) -> int:
        """Fire timers, run local jobs, hand remote ones to free threads; how many pieces of work it was."""
        try:
            self._tidy()
            return self._engine.timers.fire_due() + self._run_local() + self._hand_out(pool)
        except Exception as error:  # the database is away, perhaps: the next round must come in any case
            log.error("executor.round_failed", error=type(error).__name__, exc_info=error)
            return 0

    def _hand_out(self, pool: ThreadPoolExecutor) -> int:
        claimed = self._claim(self._threads - self._running)
        for job in claimed:
            with self._counting:
                self._running += 1
            pool.submit(self._run_in_thread, job)
        return len(claimed)

    def _run_in_thread(self, claimed: ClaimedJob) -> None:
        try:
            self._run(claimed)
        except Exception as error:  # nobody asks for this thread's error; the lease will run out
            log.error("job.not_told", job=claimed.key, error=type(error).__name__, exc_info=error)
        finally:
            with self._counting:
                self._running -= 1
            self._woken.set()

    def _sleep(self) -> float:
        """Seconds until something is due, within bounds; a ring of the bell or a thread getting free ends it."""
        try:
            times = [self._engine.timers.next_at()]
            if self._running < self._threads:  # else a job that is due can only wait for a thread
                times.append(self._engine.jobs.next_at())
        except KaihuError:  # the database is away
            return _LONGEST_SLEEP
        now = self._engine.parts.clock.now()
        until = [(time - now).total_seconds() for time in times if time is not None]
        return min(max(min(until, default=_LONGEST_SLEEP), _SHORTEST_SLEEP), _LONGEST_SLEEP)

    def _tidy(self) -> None:
        now = self._engine.parts.clock.now()
        if self._tidied_at is None or now - self._tidied_at >= _TIDY_EVERY:
            self._engine.housekeeping.tidy()
            self._tidied_at = now

    def _claim(self, limit: int, *, in_turn: bool = False) -> list[ClaimedJob]:
        if not self._remote or limit < 1:
            return []
        lease = max(handler.timeout for handler in self._remote.values()) + _SPARE
        # the last of a batch run in one thread waits for all the others
        return self._engine.jobs.claim_batch(
            self._name, self._remote.keys(), limit, lease * limit if in_turn else lease
        )

    def _run_local(self) -> int:
        return sum(self._try_local(key) for key in self._engine.jobs.due_local(_BATCH))

    def _try_local(self, key: int) -> bool:
        try:
            return self._engine.jobs.run_local(key)
        except StateConflict:
            return False
        except Exception as error:  # one case that cannot go on must not stop the others
            self._put_off(key, error)
            return False

    def _run(self, claimed: ClaimedJob) -> bool:
        """Run one remote job outside any transaction and tell its case; True when the case took the answer."""
        attempt = self._attempt(claimed, self._remote[claimed.job.type])
        try:
            self._engine.jobs.finish(claimed.key, claimed.token, attempt)
        except StateConflict:  # the lease ran out, or the case went another way
            return False
        except Exception as error:  # as above
            self._put_off(claimed.key, error)
            return False
        return True

    def _put_off(self, key: int, error: Exception) -> None:
        """Raises DatabaseUnavailable when it cannot even note that."""
        log.error("job.put_off", job=key, error=type(error).__name__, exc_info=error)
        self._engine.jobs.postpone(key, _PAUSE)

    def _attempt(self, claimed: ClaimedJob, handler: Handler[object]) -> Attempt:
        try:
            return Attempt.of(handler.attempt(claimed.job, self._engine.parts.resources), handler.version)
        except Exception as error:  # a handler is foreign code: whatever it raises is a failed attempt
            return crashed(handler, error)
