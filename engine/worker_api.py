"""What a worker sees: its job, its handler's declaration, and the three ways to end.

A **local** handler runs inside the command's transaction and may read and write the bank's records through
`job.transaction`, nothing else: exactly once by construction. A **remote** handler touches the outside world,
runs outside any transaction and must pass `job.idempotency_key` on: at least once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import Connection

from engine.model.values import Value
from persistence.telemetry.observation import FAILED, Kind, observed

R_contra = TypeVar("R_contra", contravariant=True)


class Mode(StrEnum):
    """Where a handler runs."""

    LOCAL = "local"
    REMOTE = "remote"


@dataclass(frozen=True, kw_only=True)
class Job:
    """One piece of work for one handler."""

    key: int
    type: str
    instance_key: int
    business_key: str
    process_id: str
    element_id: str
    variables: Mapping[str, Value]
    """The variables visible at the element; input mappings applied. They are the handler's own: changing them changes
    nothing else."""
    headers: Mapping[str, str]
    """`zeebe:taskHeaders`, plain text."""
    now: dt.datetime
    """The engine's time, UTC: the only clock a handler may use."""
    attempt: int
    """1 at the first try."""
    last_attempt: bool
    open_transaction: Callable[[], Connection] | None = None
    """Of a local handler; None for a remote one."""
    ask_performers: Callable[[Collection[str]], Mapping[str, int]] | None = None
    """Of a local handler; None for a remote one."""

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt at this job, and for no other job."""
        return f"job-{self.key}"

    def performers(self, elements: Collection[str]) -> Mapping[str, int]:
        """Who did these elements of the case last: keys of persons, the acting command's included.

        Elements nobody has done are left out. Only a local handler may ask.
        """
        if self.ask_performers is None:
            raise RuntimeError(f"{self.type} is a remote handler and is told no performers")
        return self.ask_performers(elements)

    @property
    def transaction(self) -> Connection:
        """The open transaction; only a local handler may ask for it."""
        if self.open_transaction is None:
            raise RuntimeError(f"{self.type} is a remote handler and has no transaction")
        return self.open_transaction()


@dataclass(frozen=True)
class Completed:
    """The work is done; the variables go to the case."""

    variables: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """The attempt failed; the engine tries again after `retry_in` (None: its own back-off) until an incident."""

    message: str
    retry_in: dt.timedelta | None = None


@dataclass(frozen=True)
class BpmnError:
    """A failure the diagram knows: caught by the boundary event with this code, else an incident."""

    code: str
    message: str = ""
    variables: Mapping[str, Value] = field(default_factory=dict)


Result: TypeAlias = Completed | Failed | BpmnError
_OUTCOMES = {Completed: "done", Failed: "failed", BpmnError: "error"}
"""Of an attempt, for those who watch."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """An input or output of a handler, for its documentation and its element template."""

    name: str
    description: str
    """One line, English."""
    type: str = "context"
    """FEEL type name."""


@dataclass(frozen=True, kw_only=True)
class Handler(Generic[R_contra]):
    """The declaration of one job type. `run` receives the job and the resources wired in `app.py`."""

    type: str
    mode: Mode
    run: Callable[[Job, R_contra], Result]
    name: str
    """Chinese name for the modeler and the manual."""
    name_en: str
    inputs: tuple[Parameter, ...] = ()
    outputs: tuple[Parameter, ...] = ()
    errors: tuple[str, ...] = ()
    """BPMN error codes `run` may return."""
    timeout: dt.timedelta = dt.timedelta(minutes=1)
    """Lease of one attempt (remote handlers)."""

    def attempt(self, job: Job, resources: R_contra) -> Result:
        """Run one attempt, observed; raises whatever `run` raises."""
        with observed(Kind.JOB, self.type, job=job.key, instance=job.instance_key, attempt=job.attempt) as operation:
            result = self.run(job, resources)
            operation.outcome = _OUTCOMES.get(type(result), FAILED)  # a handler is foreign code
            return result

    @cached_property
    def version(self) -> str:
        """Hash of the source of the module that defines `run`; recorded with every attempt for replay."""
        source: Any = inspect.getsource(inspect.getmodule(self.run) or self.run)
        return hashlib.sha256(source.encode()).hexdigest()[:16]
