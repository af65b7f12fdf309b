"""A worker told by Procrastinate what to do: any number of machines, each taking what it has a handler for.

Procrastinate's worker ends when its connection does; here it is started again until told to stop. The work itself
runs in threads that know nothing of this: what they began they finish, whatever became of the worker meanwhile.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
import structlog
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as Row

from engine.queue.daemon_threads import DaemonThreads
from engine.queue.procrastinate_queue import (
    FIRE_TIMERS,
    HORIZON,
    LOOK_AFTER,
    RUN_JOB,
    TIMERS,
    UPKEEP,
    moment,
    queue_of,
)
from engine.queue.work import Pace, Steps
from engine.worker_api import Handler
from persistence.database import Database

log = structlog.get_logger()

# Both quote server messages and are heard here by way of errors; what matters is logged below, as an event.
for _library in ("procrastinate", "psycopg.pool"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 2.0  # seconds between two attempts to be told again
_LETTING_GO = 1.0  # seconds Procrastinate's worker waits for work under way: our threads finish it without it
_CONNECTING = 5.0  # seconds until a connection of the pool counts as not to be had
_CONNECTIONS = 4  # fetching, finishing, heartbeat and upkeep; listening has one of its own


class _TooEarly(Exception):
    """By the engine's clock it is not time yet; carries the time of the database at which it will be."""

    def __init__(self, at: dt.datetime) -> None:
        super().__init__()
        self.at = at


class _Later(BaseRetryStrategy):
    """What came too early comes again; nothing else does: the job's own row says what happens after a failure."""

    def get_retry_decision(self, *, exception: BaseException, job: Row) -> RetryDecision | None:
        """When the row is to be fetched again."""
        return RetryDecision(retry_at=exception.at) if isinstance(exception, _TooEarly) else None


class ProcrastinateWorker:
    """The worker of this process. `start` and `stop` may alternate; both are called by one thread."""

    def __init__(
        self, database: Database, handlers: Mapping[str, Handler[Any]], steps: Steps, pace: Pace, longest: float
    ) -> None:
        self._address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._queues = [TIMERS, UPKEEP, *(queue_of(type_) for type_ in handlers)]
        self._longest_step = longest
        self._steps, self._pace = steps, pace
        self._threads = DaemonThreads("job")
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._living = threading.Event()
        self._stop_asked = asyncio.Event()

    def start(self) -> None:
        """Begin, and return at once; with the database away, as soon as it is there."""
        self._living.clear()
        self._stop_asked = asyncio.Event()
        self._thread = threading.Thread(target=self._live, name="queue-worker", daemon=True)
        self._thread.start()

    @property
    def places(self) -> None:
        """None: what its threads do is told by Procrastinate, wherever the work comes from."""
        return None

    @property
    def alive(self) -> bool:
        """Whether its thread goes on; also true before it was started and after it was stopped."""
        return self._thread is None or self._thread.is_alive()

    def stop(self) -> None:
        """Take no more work, let what runs be finished and told to its case, return within a bound."""
        if self._thread is None:
            return
        until = time.monotonic() + self._pace.stop_within
        self._living.wait()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop_asked.set)
        self._thread.join(self._pace.stop_within)
        if not self._threads.wait(max(until - time.monotonic(), 0.0)):
            log.warning("queue.left_behind")
        self._thread = None

    def _live(self) -> None:
        asyncio.run(self._until_stopped())

    async def _until_stopped(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._living.set()
        pause = _FIRST_PAUSE
        while not self._stop_asked.is_set():
            began = time.monotonic()
            ended_by = await self._work()
            if self._stop_asked.is_set():
                return
            pause = _FIRST_PAUSE if time.monotonic() - began > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
            log.warning("queue.worker_ended", error=type(ended_by).__name__, pause=pause)
            await self._stop_asked_within(pause)

    async def _stop_asked_within(self, seconds: float) -> None:
        waiting = asyncio.ensure_future(self._stop_asked.wait())
        await asyncio.wait({waiting}, timeout=seconds)
        waiting.cancel()

    async def _work(self) -> BaseException | None:
        """Be told until asked to stop or until the connection is lost; the error that ended it, if it was one."""
        working = asyncio.ensure_future(self._be_told())
        stopping = asyncio.ensure_future(self._stop_asked.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (working, stopping):
            task.cancel()  # Procrastinate's worker takes it as the request to stop
        await asyncio.wait({working})
        return None if working.cancelled() else working.exception()

    async def _be_told(self) -> None:
        # a pool asks ever more seldom for a database that is away; this asks as often as `_LONGEST_PAUSE` says
        probe = await psycopg.AsyncConnection.connect(self._address)
        await probe.close()
        app = self._app()
        looking = asyncio.ensure_future(self._look_for_stalled_workers(app))
        try:
            await app.open_async()
            await app.run_worker_async(
                queues=self._queues,
                concurrency=self._pace.threads,
                install_signal_handlers=False,
                listen_notify=True,
                fetch_job_polling_interval=self._pace.poll_every,
                delete_jobs="always",
                shutdown_graceful_timeout=_LETTING_GO,
                update_heartbeat_interval=self._pace.renew_every,
                stalled_worker_timeout=self._pace.lease,
            )
        finally:
            looking.cancel()
            await app.close_async()

    def _app(self) -> App:
        app = App(
            connector=PsycopgConnector(
                conninfo=self._address,
                min_size=1,
                max_size=_CONNECTIONS,
                timeout=_CONNECTING,
                configure=_without_waiting_for_the_disk,
            )
        )

        async def run_job(key: int, at: int) -> None:
            await self._do(app, lambda: self._steps.run_job(key, moment(at)))

        async def fire_timers(case: int, at: int) -> None:
            await self._do(app, lambda: self._steps.fire_timers(case, moment(at)))

        async def look_after(timestamp: int) -> None:
            await self._do(app, self._steps.look_after)

        app.task(name=RUN_JOB, retry=_Later())(run_job)
        app.task(name=FIRE_TIMERS, retry=_Later())(fire_timers)
        # Not only useful in itself: while it has no periodic task, Procrastinate's worker does not notice the end of
        # its listener or of its heartbeat.
        periodic = app.periodic(cron=self._pace.look_after_at)
        periodic(app.task(name=LOOK_AFTER, queue=UPKEEP, queueing_lock=LOOK_AFTER, priority=2)(look_after))
        return app

    async def _do(self, app: App, step: Callable[[], dt.timedelta | None]) -> None:
        """Do a step in a thread; a handler that does not return loses its place when its lease has run out."""
        doing = asyncio.wrap_future(self._threads.run(step))
        done, _ = await asyncio.wait({doing}, timeout=self._longest_step)
        if not done:
            log.error("queue.step_abandoned")
            return
        if doing.exception() is not None:
            log.error("queue.step_failed", error=type(doing.exception()).__name__, exc_info=doing.exception())
            return
        too_early = doing.result()
        if too_early is not None and too_early < HORIZON:
            # by the clock of the database, because that is what Procrastinate compares with
            answer = await app.connector.execute_query_one_async("SELECT clock_timestamp() AS now")
            raise _TooEarly(answer["now"] + too_early)

    async def _look_for_stalled_workers(self, app: App) -> None:
        while True:
            await asyncio.sleep(self._pace.renew_every)
            try:
                await self._take_from_stalled_workers(app)
            except ConnectorException as error:  # if the database is away, Procrastinate's worker ends by it
                log.warning("queue.not_looked", error=type(error).__name__)

    async def _take_from_stalled_workers(self, app: App) -> None:
        """Let rows be fetched again whose worker has shown no heartbeat; their leases are still respected."""
        for row in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._pace.lease):
            try:
                await app.job_manager.retry_job(row)
            except ConnectorException:  # somebody else did, or it came to its end after all
                log.info("queue.stalled_row_gone")


async def _without_waiting_for_the_disk(connection: psycopg.AsyncConnection[Any]) -> None:
    """Procrastinate's notes on who fetched what may be lost in a crash: the job's own row is never written here."""
    await connection.execute("SET synchronous_commit TO off")
    if not connection.autocommit:
        await connection.commit()
