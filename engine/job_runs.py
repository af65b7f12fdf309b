"""Single pieces of work, each to its end: what workers of both backings do, whoever tells them when."""

from __future__ import annotations

import datetime as dt
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

import structlog

from engine.model.errors import StateConflict
from engine.queue.heartbeat import HeldLeases
from engine.queue.work import ClaimedJob, Lease, Pace, Places, Waiting
from engine.services.housekeeping import Housekeeping
from engine.services.jobs import Jobs
from engine.services.parts import EngineParts
from engine.services.settling import Attempt, crashed, not_taken
from engine.services.start_timers import StartTimers
from engine.services.timers import Timers
from engine.services.workload import Workload
from engine.store.states import JobState
from engine.worker_api import Handler, Mode
from persistence.database import DatabaseUnavailable

log = structlog.get_logger()

T = TypeVar("T")

BATCH = 10
_PAUSE = dt.timedelta(minutes=5)  # before a job is tried again that could not be run or told to its case
_TIDY_EVERY = dt.timedelta(hours=1)
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 2.0  # seconds between two questions to a database that is away


class WorkSource(Protocol):
    """What workers need of `engine.process_engine.ProcessEngine`."""

    parts: EngineParts
    jobs: Jobs
    timers: Timers
    start_timers: StartTimers
    housekeeping: Housekeeping
    workload: Workload


class _Here(threading.local):
    """What one thread is at: it may go on with a job that the case begins while it tells how the last one ended."""

    telling = False
    turn_ends = 0.0
    following: ClaimedJob | None = None

    def may_go_on(self) -> bool:
        """Whether it will be free next, and its turn is not over."""
        return self.telling and self.following is None and time.monotonic() < self.turn_ends


class JobRuns:
    """The steps of `engine.queue.work.Steps`, safe between threads.

    With `patient`, a step waits for a database that is away instead of giving up what it has done outside; it waits
    until `give_up`, or until the job's time is over. Its leases are short, and somebody must call `beat` to renew
    them; the others last as long as a handler may take.
    """

    def __init__(self, engine: WorkSource, name: str, pace: Pace, *, patient: bool) -> None:
        self._engine, self._name, self._patient = engine, name, patient
        self._pace, self._lease = pace, dt.timedelta(seconds=pace.lease)
        self._held = HeldLeases()
        self._expires_from = 0.0
        self._given_up = threading.Event()
        self._tidied_at: dt.datetime | None = None
        self._places: Places | None = None
        self._here = _Here()
        handlers = engine.parts.handlers.values()
        self._local = tuple(handler.type for handler in handlers if handler.mode is Mode.LOCAL)
        self._remote = {handler.type: handler for handler in handlers if handler.mode is Mode.REMOTE}
        self._leases = {type_: self._first_lease(handler) for type_, handler in self._remote.items()}

    def _first_lease(self, handler: Handler[object]) -> dt.timedelta:
        return self._lease if self._patient else handler.timeout + self._lease

    def begin(self, places: Places | None) -> None:
        """Take new jobs from the commands of this process, too: in `places`, and where a job's thread can go on."""
        self._given_up.clear()
        self._places = places
        self._engine.parts.bell.serve(self)

    def take_no_more(self) -> None:
        """Leave new jobs to others."""
        self._engine.parts.bell.serve_no_more(self)

    def give_up(self) -> None:
        """Wait for no database any more: this process ends."""
        self._given_up.set()

    def offer(self, type_: str, taken: int) -> Lease | None:
        """A lease for one more new job, if this thread is about to be free or another one is."""
        if type_ not in self._remote:
            return None
        free = self._here.may_go_on() + (self._places.free() if self._places else 0)
        if taken >= free:
            return None
        return Lease(self, secrets.token_urlsafe(24), self._name, self._lease)

    def hand(self, claimed: ClaimedJob) -> None:
        """Begin a job that was leased by `offer`."""
        self._keep(claimed)
        if self._here.telling and self._here.following is None:
            self._here.following = claimed
        else:
            assert self._places is not None  # without places at most one is offered, and only while telling
            self._places.give(lambda: self._run_kept(claimed))

    def _keep(self, claimed: ClaimedJob) -> float:
        """Renew its lease for as long as its handler may take from now; when that ends (monotonic seconds)."""
        limit = self._remote[claimed.type].timeout.total_seconds()
        return self._held.keep(claimed.key, claimed.token, limit)

    def beat(self) -> None:
        """Renew the leases of what is under way here; end the attempts of workers that are gone.

        Who did not reach the database itself cannot know who is gone: after that all may renew their leases first.
        """
        try:
            fading = self._held.fading(self._pace.renew_every / 2)
            for lost in self._engine.jobs.renew(fading, self._lease) if fading else ():
                log.info("job.lease_lost", job=lost.key)
                self._held.let_go(lost.token)
            if time.monotonic() >= self._expires_from:
                self.expire_lost()
        except DatabaseUnavailable:
            self._expires_from = time.monotonic() + self._pace.lease
            raise

    def run_job(self, key: int, at: dt.datetime) -> dt.timedelta | None:
        """Take a job that was told to be due `at` to the end of an attempt.

        Returns how much too early that is, None when there is no more to do about this word. Word of an earlier time
        than the job's present one is outdated: whoever changed the time has passed on new word.
        """
        token = secrets.token_urlsafe(24)
        claimed = self._insist(lambda: self._engine.jobs.claim(key, self._name, token, self._leases))
        if claimed is not None:
            self.run(claimed)
            return None
        standing = self._insist(lambda: self._engine.jobs.standing(key))
        if standing is None or standing.type not in self._engine.parts.handlers:
            return None
        too_early = standing.at - self._engine.parts.clock.now()
        if too_early > dt.timedelta():
            return too_early if standing.state is JobState.LEASED or standing.at <= at else None
        if standing.state is JobState.LEASED and time.monotonic() < self._expires_from:
            return self._lease  # its worker may have been cut off as this one was
        if standing.state is JobState.LEASED:
            self._insist(lambda: self._engine.jobs.expire(key))  # what is left to do is passed on by that
        elif standing.type in self._remote:  # its time has come since the claim: that is to be made again
            return dt.timedelta()
        else:
            self._insist(lambda: self._try_local(key))
        return None

    def fire_timers(self, instance_key: int, at: dt.datetime) -> dt.timedelta | None:
        """Fire the due timers of a case of which one was told to be due `at`; the answer as above."""
        too_early = at - self._engine.parts.clock.now()
        if too_early > dt.timedelta():
            return too_early
        self._insist(lambda: self._engine.timers.fire(instance_key))
        return None

    def look_after(self) -> None:
        """Clear away what is past its time, bring back what got lost."""
        parts = self._engine.parts
        self.tidy()
        brought_back = parts.queue.bring_back(parts.database, parts.clock.now())
        if brought_back:
            log.info("queue.brought_back", rows=brought_back)
        if not parts.database.is_sqlite:  # there they are among the timers that a look at the tables finds
            self._engine.start_timers.begin_due()

    def tidy(self) -> None:
        """Clear away what is past its time, at most once an hour."""
        now = self._engine.parts.clock.now()
        if self._tidied_at is None or now - self._tidied_at >= _TIDY_EVERY:
            self._engine.housekeeping.tidy()
            self._tidied_at = now

    def waiting(self) -> Waiting:
        """When what is to be done here next, found with one look."""
        return self._engine.workload.waiting(self._local, tuple(self._remote))

    def run_due(self) -> int:
        """Fire all due timers and run all due local jobs; how many cases began or moved."""
        local = self._engine.jobs.due_local(BATCH)
        timers = self._engine.start_timers.begin_due() + self._engine.timers.fire_due()
        return timers + sum(self._try_local(key) for key in local)

    def expire_lost(self) -> None:
        """End the attempts of workers that are gone."""
        self._engine.jobs.expire_lost(self._remote.keys(), BATCH * BATCH)

    def take(self, limit: int) -> list[Callable[[], object]]:
        """Up to `limit` remote jobs, leased; each call runs one and tells its case."""
        claimed = self.claim(limit)
        for job in claimed:  # it may wait for its thread
            self._keep(job)
        return [lambda job=job: self._run_kept(job) for job in claimed]  # type: ignore[misc]  # no default seen

    def claim(self, limit: int, *, in_turn: bool = False) -> list[ClaimedJob]:
        """Up to `limit` remote jobs, leased long enough for all at once or, `in_turn`, one after the other."""
        if not self._remote or limit < 1:
            return []
        lease = max(self._leases.values())
        # the last of a batch run in one thread waits for all the others
        lease = lease * limit if in_turn else lease
        return self._engine.jobs.take_batch(self._name, self._remote.keys(), limit, lease)

    def _run_kept(self, claimed: ClaimedJob) -> bool:
        """The same for a job that may have waited for its thread, unless it waited so long that it was given up."""
        if not self._held.lasts(claimed.token):
            log.warning("job.waited_too_long", job=claimed.key)
            self._held.let_go(claimed.token)
            return False
        return self.run(claimed)

    def run(self, claimed: ClaimedJob) -> bool:
        """Run one remote job outside any transaction and tell its case; True when the case took the answer.

        What the case goes on with is done in this thread, too, if it can be taken and for as long as a turn lasts;
        then the answer is about the last job.
        """
        turn_ends = time.monotonic() + self._pace.turn
        following: ClaimedJob | None = claimed
        while following is not None:
            took = self._run_one(following, turn_ends)
            following, self._here.following = self._here.following, None
        return took

    def _run_one(self, claimed: ClaimedJob, turn_ends: float) -> bool:
        handler = self._remote[claimed.type]
        end = self._keep(claimed)
        try:
            attempt = self._attempt(claimed, handler)
            self._here.turn_ends, self._here.telling = turn_ends, True
            return self._tell_or_put_off(claimed, attempt, until=end + self._pace.spare)
        finally:
            self._here.telling = False
            self._held.let_go(claimed.token)

    def _tell_or_put_off(self, claimed: ClaimedJob, attempt: Attempt, until: float) -> bool:
        try:
            try:
                self._tell(claimed, attempt, until)
            except (StateConflict, DatabaseUnavailable):
                raise
            except Exception as error:  # the case cannot go on with this answer: an incident after the last try
                log.warning("job.answer_not_taken", job=claimed.key, error=type(error).__name__, exc_info=error)
                self._tell(claimed, not_taken(attempt.version, error), until)
        except StateConflict:  # the lease ran out, or the case went another way
            log.info("job.refused", job=claimed.key)
            return False
        except DatabaseUnavailable:
            raise
        except Exception as error:  # the case cannot go on; the others must not suffer
            self._put_off(claimed.key, error, claimed.token)
            return False
        return True

    def _tell(self, claimed: ClaimedJob, attempt: Attempt, until: float) -> None:
        self._insist(
            lambda: self._engine.jobs.finish(claimed, attempt),
            until,
        )

    def _attempt(self, claimed: ClaimedJob, handler: Handler[object]) -> Attempt:
        try:
            return Attempt.of(handler.attempt(claimed.job, self._engine.parts.resources), handler.version)
        except Exception as error:  # a handler is foreign code: whatever it raises is a failed attempt
            return crashed(handler, error)

    def _try_local(self, key: int) -> bool:
        try:
            return self._engine.jobs.run_local(key)
        except StateConflict:
            return False
        except DatabaseUnavailable:
            raise
        except Exception as error:  # one case that cannot go on must not stop the others
            self._put_off(key, error)
            return False

    def _put_off(self, key: int, error: Exception, token: str | None = None) -> None:
        """Raises DatabaseUnavailable when it cannot even note that."""
        log.error("job.put_off", job=key, error=type(error).__name__, exc_info=error)
        self._engine.jobs.postpone(key, _PAUSE, token=token)

    def _insist(self, action: Callable[[], T], until: float | None = None) -> T:
        """Do it, again and again while the database is away; the actions here may all be repeated.

        Until `until` (monotonic seconds): somebody else may have the job much sooner, and is safe by its token.
        """
        waits = _waits() if self._patient else iter(())
        while True:
            try:
                return action()
            except DatabaseUnavailable:
                wait = next(waits, None)
                too_late = until is not None and time.monotonic() >= until
                if wait is None or too_late or self._given_up.wait(wait):
                    raise


def _waits() -> Iterator[float]:
    wait = _FIRST_WAIT
    while True:
        yield wait
        wait = min(2 * wait, _LONGEST_WAIT)
