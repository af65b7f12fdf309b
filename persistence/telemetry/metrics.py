"""Figures for Prometheus: what happened since the start, and how much waits to be done.

No label holds a key, a person or an address: every label's values come from the code or from deployed diagrams.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from persistence.errors import KaihuError
from persistence.telemetry.observation import Kind, Operation

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Seconds: from a command of a millisecond to a job of a minute."""
_FRESH_SECONDS = 10.0
"""Counting is asked of the database this often at most, however many scrape."""
_MOST_TYPES = 200
"""Job types shown one by one; those with fewer jobs are shown together as `other`."""


class Workload(Protocol):
    """What is open, as `engine.services.workload.WorkloadFigures` has it; ages in seconds."""

    @property
    def jobs(self) -> Mapping[tuple[str, str], int]: ...
    @property
    def oldest_job_seconds(self) -> float: ...
    @property
    def open_tasks(self) -> int: ...
    @property
    def open_incidents(self) -> int: ...
    @property
    def late_timers(self) -> int: ...
    @property
    def latest_timer_seconds(self) -> float: ...


_GAUGES: tuple[tuple[str, str, Callable[[Workload], float]], ...] = (
    ("kaihu_oldest_available_job_seconds", "How long the oldest job waits.", lambda now: now.oldest_job_seconds),
    ("kaihu_open_tasks", "User tasks that are open.", lambda now: now.open_tasks),
    ("kaihu_open_incidents", "Incidents that are open.", lambda now: now.open_incidents),
    ("kaihu_late_timers", "Timers due that have not fired.", lambda now: now.late_timers),
    ("kaihu_latest_timer_seconds", "How late the latest timer is.", lambda now: now.latest_timer_seconds),
)


class Metrics:
    """The figures of this process; an `Observer`."""

    def __init__(self, workload: Callable[[], Workload]) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, that nobody asks for
        self._registry = registry = CollectorRegistry()
        self._commands = Histogram(
            "kaihu_command_duration_seconds",
            "Commands of the engine by name and outcome.",
            ("command", "outcome"),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._jobs = Histogram(
            "kaihu_job_duration_seconds",
            "Attempts at jobs by type and outcome.",
            ("type", "outcome"),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._requests = Histogram(
            "kaihu_http_request_duration_seconds",
            "HTTP requests by method, route and status.",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._errors = Counter("kaihu_errors", "Failures by kind.", ("error",), registry=registry)
        release = Gauge("kaihu_build_info", "1, for the version that runs.", ("version",), registry=registry)
        release.labels(_version()).set(1)
        ProcessCollector(registry=registry)
        registry.register(_Waiting(workload))

    def began(self, operation: Operation) -> object:
        """Nothing: the span knows how long it takes."""

    def ended(self, operation: Operation, mark: object) -> None:
        """Count it with its duration."""
        match operation.kind:
            case Kind.COMMAND:
                labelled = self._commands.labels(operation.name, operation.outcome)
            case Kind.JOB:
                labelled = self._jobs.labels(operation.name, operation.outcome)
            case Kind.REQUEST:
                method, _, route = operation.name.partition(" ")
                labelled = self._requests.labels(method, route, operation.outcome)
        labelled.observe(operation.seconds)

    def happened(self, what: str) -> None:
        """Count it."""
        self._errors.labels(what).inc()

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)


class _Waiting(Collector):
    """What is open, counted in the database when somebody asks and the last count is no longer fresh."""

    def __init__(self, workload: Callable[[], Workload]) -> None:
        self._ask = workload
        self._lock = threading.Lock()
        self._figures: Workload | None = None
        self._counted_at: float | None = None

    def describe(self) -> list[Metric]:
        """Nothing before it is asked for: registering must not wait for the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The gauges; without a database only that it is away."""
        figures = self._current()
        yield GaugeMetricFamily("kaihu_database_up", "1 while the database answers.", value=float(figures is not None))
        if figures is None:
            return
        jobs = GaugeMetricFamily("kaihu_jobs", "Jobs by type and state.", labels=("type", "state"))
        for (type_, state), count in _bounded(figures.jobs).items():
            jobs.add_metric((type_, state), count)
        yield jobs
        for name, text, value in _GAUGES:
            yield GaugeMetricFamily(name, text, value=value(figures))

    def _current(self) -> Workload | None:
        with self._lock:
            now = time.monotonic()
            if self._counted_at is None or now - self._counted_at >= _FRESH_SECONDS:
                self._figures, self._counted_at = self._counted(), now
            return self._figures

    def _counted(self) -> Workload | None:
        try:
            return self._ask()
        except (KaihuError, SQLAlchemyError):  # whoever scrapes must learn that, and everything else
            return None


def _bounded(jobs: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """The most frequent types one by one, the rest together."""
    largest = sorted(jobs, key=lambda key: (-jobs[key], key))
    bounded = {key: jobs[key] for key in largest[:_MOST_TYPES]}
    for type_, state in largest[_MOST_TYPES:]:
        other = ("other", state)
        bounded[other] = bounded.get(other, 0) + jobs[type_, state]
    return bounded


def _version() -> str:
    try:
        return version("kaihu")
    except PackageNotFoundError:  # run from its source tree
        return "source"
