"""How remote handlers end an attempt that met an unavailable system."""

from __future__ import annotations

import datetime as dt

from bank.systems import SystemUnavailable
from engine.worker_api import BpmnError, Failed, Job, Result

_FIRST_WAIT = dt.timedelta(seconds=5)
_LONGEST_WAIT = dt.timedelta(minutes=10)


def back_off(attempt: int) -> dt.timedelta:
    """5 s after the first attempt, doubled after each further one, at most 10 minutes."""
    doublings: int = min(attempt - 1, 10)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def unavailable(job: Job, error: SystemUnavailable, code: str) -> Result:
    """Try again later; after the last attempt the diagram decides what people do without the system."""
    message = error.message("en")
    if job.last_attempt:
        return BpmnError(code, message)
    return Failed(message, back_off(job.attempt))
