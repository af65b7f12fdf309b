"""Work that a commit leaves behind, who is told of it, and what those do who take it up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from engine.worker_api import Job
from persistence.database import Database


class JobDue(NamedTuple):
    """A job that may be taken from `at` on (UTC)."""

    key: int
    type: str
    at: dt.datetime


class TimersDue(NamedTuple):
    """The timers of one case that are due at the same moment (UTC): one command fires them together."""

    instance_key: int
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one transaction leaves behind."""

    jobs: Collection[JobDue] = ()
    timers: Collection[TimersDue] = ()


@dataclass(frozen=True, kw_only=True)
class ClaimedJob:
    """A job that is this worker's until `until`, for whoever shows the token.

    `job` is for the handler, which is foreign code: what the engine goes by stands beside it.
    """

    key: int
    type: str
    instance_key: int
    job: Job
    token: str
    until: dt.datetime


class Taker(Protocol):
    """What may take jobs in the transaction that makes them. Safe between threads."""

    def offer(self, type_: str, taken: int) -> Lease | None:
        """A lease for one more job of this type, besides `taken` others of the same transaction; None: no thread."""

    def hand(self, claimed: ClaimedJob) -> None:
        """Begin this job, whose transaction is committed; quick, and must not fail."""


class Lease(NamedTuple):
    """What is written at a job that `taker` will have from the first."""

    taker: Taker
    token: str
    worker: str
    lasts: dt.timedelta


class Waiting(NamedTuple):
    """Seconds until something may be done, negative if it is late, None if there is nothing of the kind."""

    timers: float | None
    local: float | None
    remote: float | None
    lost: float | None
    """A lease of a remote job runs out."""


class WorkQueue(Protocol):
    """Carries word of work to whoever does it. The rows of `job` and `timer` stay the only truth."""

    def hand_over(self, connection: Connection, work: Work, now: dt.datetime) -> None:
        """Pass `work` on as a part of the open transaction: a rollback takes it back.

        Raises DatabaseUnavailable.
        """

    def bring_back(self, database: Database, now: dt.datetime) -> int:
        """Pass on what is due soon and of which no word is under way; how much that was."""


class NothingCarried:
    """Where everybody looks into the tables, as on SQLite, no word need be carried."""

    def hand_over(self, connection: Connection, work: Work, now: dt.datetime) -> None:
        """The rows themselves are enough."""

    def bring_back(self, database: Database, now: dt.datetime) -> int:
        """Nothing can be lost that is not carried."""
        return 0


class Steps(Protocol):
    """What workers of either backing do; `engine.job_runs` does it. No step raises what a handler raised."""

    def run_job(self, key: int, at: dt.datetime) -> dt.timedelta | None:
        """Take a job that was told to be due `at` to the end of an attempt.

        Returns how much too early that is, None when there is no more to do about this word.
        """

    def fire_timers(self, instance_key: int, at: dt.datetime) -> dt.timedelta | None:
        """Fire the due timers of a case of which one was told to be due `at`; the answer as above."""

    def look_after(self) -> None:
        """Clear away what is past its time, bring back what got lost."""

    def waiting(self) -> Waiting:
        """When what is to be done here next, found with one look."""

    def run_due(self) -> int:
        """Fire all due timers and run all due local jobs; how many cases moved."""

    def take(self, limit: int) -> list[Callable[[], object]]:
        """Up to `limit` remote jobs, leased; each call runs one and tells its case."""


class Places(Protocol):
    """Threads of a worker that may take up a job at once. Safe between threads."""

    def free(self) -> int:
        """How many there are."""

    def give(self, job: Callable[[], object]) -> None:
        """Do it as soon as a thread is free: at once, unless somebody else was given the place meanwhile."""


class Background(Protocol):
    """Work going on beside this thread."""

    def start(self) -> None:
        """Begin, and return at once."""

    @property
    def places(self) -> Places | None:
        """Its threads, if they may be given jobs from outside."""

    @property
    def alive(self) -> bool:
        """Whether it goes on, from `start` to `stop`; also true before and after."""

    def stop(self) -> None:
        """Take no more work, let what runs be finished and told to its case, return within a bound."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How much a worker does at once and how often it looks. Times are seconds."""

    threads: int = 4
    """Jobs under way at the same time."""
    lease: float = 6.0
    """How long a killed process's jobs stay its own, and what Procrastinate gave it; a living one renews both."""
    turn: float = 1.0
    """How long a thread goes on with the next job of a case before older work has its turn."""
    spare: float = 30.0
    """How much longer than its handler may take an answer waits for a database that is away."""
    stop_within: float = 25.0
    """The bound of `Background.stop`: below the 30 s that service managers commonly leave."""
    poll_every: float = 1.0
    """How late work may be that was scheduled for a later time; new work is told by NOTIFY at once."""
    look_after_at: str = "* * * * *"
    """When one of the machines looks after what was lost: cron, with seconds as an optional sixth field."""

    @property
    def renew_every(self) -> float:
        """Seconds between two signs of life: two may fail before leases run out. The dead are looked for as often."""
        return self.lease / 3
