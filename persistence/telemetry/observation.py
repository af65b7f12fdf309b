"""Where commands, jobs and requests are measured: the code says what it does, observers make of it what they will.

Without observers an operation costs one look at an empty tuple. Observers are shared by the whole process, like
loggers; they see names, numbers and durations, never a variable's value.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias

from persistence.errors import KaihuError

Fact: TypeAlias = str | int


class Kind(StrEnum):
    """What is measured."""

    REQUEST = "request"
    """An HTTP request, named by its method and the template of its address."""
    COMMAND = "command"
    """A command of the engine, named as in the journal."""
    JOB = "job"
    """One attempt at a job, named by the job's type."""


DONE = "done"
FAILED = "failed"
"""An error that nobody foresaw; refusals have the `kind` of their error as outcome."""


@dataclass(slots=True)
class Operation:
    """One measured piece of work. `name` and `outcome` come from small fixed sets; `facts` may be keys."""

    kind: Kind
    name: str
    facts: dict[str, Fact] = field(default_factory=dict)
    outcome: str = DONE
    seconds: float = 0.0
    """How long it took; known at its end."""


class Observer(Protocol):
    """Told of every operation and of every happening; must be quick and must not fail."""

    def began(self, operation: Operation) -> object:
        """The operation begins, in the thread that carries it out; the answer comes back with `ended`."""

    def ended(self, operation: Operation, mark: object) -> None:
        """It has ended, in the same thread."""

    def happened(self, what: str) -> None:
        """Something that is only counted, such as a lost connection."""


_observers: tuple[Observer, ...] = ()


def observe(observer: Observer) -> None:
    """Tell `observer` of everything from now on."""
    global _observers  # noqa: PLW0603  one list a process, as with loggers
    _observers = (*_observers, observer)


def forget(observer: Observer) -> None:
    """The end of `observe`."""
    global _observers  # noqa: PLW0603  as above
    _observers = tuple(other for other in _observers if other is not observer)


def happened(what: str) -> None:
    """Count a happening; `what` comes from a small fixed set."""
    for observer in _observers:
        observer.happened(what)


def observed(kind: Kind, name: str, **facts: Fact) -> AbstractContextManager[Operation]:
    """Measure the block; it may set the operation's outcome and add facts. What it raises passes through."""
    operation = Operation(kind, name, facts)
    return _observing(operation) if _observers else nullcontext(operation)


@contextmanager
def _observing(operation: Operation) -> Iterator[Operation]:
    span = Span(operation)
    try:
        yield operation
    except BaseException as error:
        operation.outcome = outcome_of(error)
        raise
    finally:
        span.end()


class Span:
    """The time between two points that are no block; `end` may be called again and then does nothing."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self._marks = [(observer, observer.began(operation)) for observer in _observers]
        self._began = time.perf_counter()
        self._ended = False

    def end(self) -> None:
        """The operation is over."""
        if self._ended:
            return
        self._ended = True
        self.operation.seconds = time.perf_counter() - self._began
        for observer, mark in reversed(self._marks):
            observer.ended(self.operation, mark)


def outcome_of(error: BaseException) -> str:
    """The word for how an operation ended that raised `error`: the kind of a refusal, else `failed`."""
    return error.kind.value if isinstance(error, KaihuError) else FAILED
