"""Who runs jobs and timers: threads of this process, or a test that steps until nothing is left to do."""

from __future__ import annotations

import datetime as dt
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import structlog

from engine.model.errors import StateConflict
from engine.services.jobs import ClaimedJob, Jobs
from engine.services.parts import EngineParts
from engine.services.settling import Attempt, crashed, storable
from engine.services.timers import Timers
from engine.worker_api import Failed, Handler, Mode
from persistence.errors import KaihuError

log = structlog.get_logger()

_BATCH = 10
_IDLE_SECONDS = 1.0  # how long new work from another process may lie before this one looks
_PAUSE = dt.timedelta(minutes=5)  # before a job is tried again that could not be run or told to its case
_SPARE = dt.timedelta(seconds=30)  # a lease outlives its handler's own time limit by this


class WorkSource(Protocol):
    """What the executor needs of `engine.process_engine.ProcessEngine`."""

    parts: EngineParts
    jobs: Jobs
    timers: Timers


class JobExecutor:
    """Runs the jobs that have a handler here, and fires timers. Any number may work on one database."""

    def __init__(self, engine: WorkSource, *, threads: int = 4, name: str | None = None) -> None:
        self._engine = engine
        self._threads = threads
        self._name = name or f"{os.uname().nodename}-{os.getpid()}"
        self._stopping = threading.Event()
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
        return self._engine.timers.fire_due() + self._run_local() + sum(self._run(job) for job in self._claim(_BATCH))

    def start(self) -> None:
        """Work in the background until `stop`."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._work, name="job-executor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let what is running finish, then return."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        with ThreadPoolExecutor(self._threads, thread_name_prefix="job") as pool:
            while not self._stopping.is_set():
                if not self._round(pool):
                    self._stopping.wait(_IDLE_SECONDS)

    def _round(self, pool: ThreadPoolExecutor) -> int:
        try:
            done = self._engine.timers.fire_due() + self._run_local()
            return done + sum(pool.map(self._run, self._claim(self._threads)))
        except KaihuError as error:  # the database is away: the next round will see
            log.error("executor.round_failed", code=error.code)
            return 0

    def _claim(self, limit: int) -> list[ClaimedJob]:
        if not self._remote:
            return []
        lease = max(handler.timeout for handler in self._remote.values()) + _SPARE
        return self._engine.jobs.claim_batch(self._name, self._remote.keys(), limit, lease)

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
            result = handler.run(claimed.job, self._engine.parts.resources)
            if not isinstance(result, Failed):
                storable(result.variables)
            return Attempt(result=result, version=handler.version)
        except Exception as error:  # a handler is foreign code: whatever it raises is a failed attempt
            return crashed(handler, error)
