"""Jobs taken and ended by hand, in the place of a worker."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from engine.process_engine import ProcessEngine
from engine.queue.work import ClaimedJob
from engine.services.settling import Attempt
from engine.worker_api import Completed, Failed


def claim_batch(
    engine: ProcessEngine, worker: str, types: Collection[str], limit: int, lease: dt.timedelta
) -> list[ClaimedJob]:
    """Up to `limit` jobs, leased to `worker` for that long; attempts whose lease has run out are ended before."""
    engine.jobs.expire_lost(types, limit)
    return engine.jobs.take_batch(worker, types, limit, lease)


def complete(engine: ProcessEngine, claimed: ClaimedJob, variables: Mapping[str, object]) -> None:
    """The work is done."""
    engine.jobs.finish(claimed, Attempt.of(Completed(variables), ""))  # type: ignore[arg-type]  # mended by `of`


def fail(engine: ProcessEngine, claimed: ClaimedJob, message: str, retry_in: dt.timedelta | None = None) -> None:
    """The attempt failed."""
    engine.jobs.finish(claimed, Attempt.of(Failed(message, retry_in), ""))
