"""Who runs jobs and timers: a worker in the background, or a test that steps until nothing is left to do."""

from __future__ import annotations

import os
from dataclasses import replace

from engine.job_runs import BATCH, JobRuns, WorkSource
from engine.queue import worker_for
from engine.queue.heartbeat import Heartbeat
from engine.queue.work import Background, Pace


class JobExecutor:
    """Runs the jobs that have a handler here, and fires timers. Any number may work on one database."""

    def __init__(
        self, engine: WorkSource, *, threads: int | None = None, name: str | None = None, pace: Pace | None = None
    ) -> None:
        self._engine = engine
        self._name = name or f"{os.uname().nodename}-{os.getpid()}"
        pace = pace or Pace()
        self._pace = pace if threads is None else replace(pace, threads=threads)
        self._steps = JobRuns(engine, self._name, self._pace, patient=False)
        self._patient_steps = JobRuns(engine, self._name, self._pace, patient=True)
        self._background: Background | None = None
        self._heartbeat = Heartbeat(self._patient_steps.beat, self._pace.renew_every)

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
        self._steps.tidy()
        waiting = self._steps.waiting()
        done = self._steps.run_due() if _due(waiting.timers) or _due(waiting.local) else 0
        if _due(waiting.lost):
            self._steps.expire_lost()
        if _due(waiting.remote) or _due(waiting.lost):
            done += sum(self._steps.run(job) for job in self._steps.claim(BATCH, in_turn=True))
        return done

    def start(self) -> None:
        """Work in the background until `stop`."""
        parts = self._engine.parts
        self._background = worker_for(parts.database, parts.handlers, self._patient_steps, parts.bell, self._pace)
        self._patient_steps.begin(self._background.places)
        self._heartbeat.start()
        self._background.start()

    @property
    def alive(self) -> bool:
        """Whether the background work goes on; also true before it was started and after it was stopped."""
        return self._background is None or (self._background.alive and self._heartbeat.alive)

    def stop(self) -> None:
        """Take no more work, let what is running finish and be told to its case, then return.

        Within `Pace.stop_within` it returns in any case; what was not told by then is repeated elsewhere once its
        lease has run out.
        """
        if self._background is not None:
            self._patient_steps.take_no_more()
            self._background.stop()
            self._heartbeat.stop()
            self._patient_steps.give_up()
            self._background = None


def _due(seconds: float | None) -> bool:
    return seconds is not None and seconds <= 0
