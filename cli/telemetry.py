"""Measuring a process that runs for long: `serve` and `work` switch on what their settings ask for."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from cli.listening import listen
from cli.parts import Parts
from persistence.errors import ErrorKind, KaihuError
from persistence.logs import OperationLog, log_crashes
from persistence.settings import Settings
from persistence.telemetry.observation import Observer, forget, observe


class TracesNeedExtra(KaihuError):
    """OpenTelemetry is not installed."""

    code = "traces_need_extra"
    kind = ErrorKind.UNAVAILABLE
    en = "KAIHU_TRACES=1 needs OpenTelemetry. Install it with: pip install 'kaihu[otel]'"
    zh = "KAIHU_TRACES=1 需要 OpenTelemetry，请安装：pip install 'kaihu[otel]'"


@contextmanager
def traced(settings: Settings) -> Iterator[None]:
    """Within the block traces are sent, if the settings say so; begun before the first connection to the database.

    Raises TracesNeedExtra.
    """
    if not settings.traces:
        yield
        return
    try:
        from persistence.telemetry.traces import start_traces  # noqa: PLC0415  no cost without it
    except ModuleNotFoundError as error:
        raise TracesNeedExtra() from error
    traces = start_traces()
    try:
        with _observing(traces):
            yield
    finally:
        traces.close()


@contextmanager
def measured(kaihu: Parts) -> Iterator[None]:
    """Within the block operations are logged, and metrics served if there is an address for them. Raises PortInUse."""
    log_crashes()
    with ExitStack() as open_things:
        open_things.enter_context(_observing(OperationLog()))
        if kaihu.settings.metrics_address is not None:
            open_things.enter_context(
                _metrics(kaihu, listen(*kaihu.settings.metrics_address, setting="KAIHU_METRICS_ADDRESS"))
            )
        yield


@contextmanager
def _metrics(kaihu: Parts, listening: socket.socket) -> Iterator[None]:
    from cli.operators_door import OperatorsDoor  # noqa: PLC0415  no cost without it
    from persistence.telemetry.metrics import Metrics  # noqa: PLC0415  as above

    metrics = Metrics(kaihu.engine.workload.figures)
    door = OperatorsDoor(metrics, kaihu.readiness, listening)
    try:
        with _observing(metrics):
            yield
    finally:
        door.close()


@contextmanager
def _observing(observer: Observer) -> Iterator[None]:
    observe(observer)
    try:
        yield
    finally:
        forget(observer)
