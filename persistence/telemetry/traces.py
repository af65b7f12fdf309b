"""Traces by OpenTelemetry: a span for each request, command, job and statement. Only with the extra `kaihu[otel]`.

A span has names, numbers and durations. Of a statement it tells the kind and the table; neither its text nor its
parameters leave this process. Where spans go, and how many, is said by OpenTelemetry's own settings (OTEL_…).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, cast

import psycopg
from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from sqlalchemy import Engine, event

from persistence.pipelined import PipelinedConnection
from persistence.telemetry.observation import FAILED, Kind, Operation

_KINDS = {Kind.REQUEST: SpanKind.SERVER, Kind.COMMAND: SpanKind.INTERNAL, Kind.JOB: SpanKind.CONSUMER}
_VERB = re.compile(r"\s*([A-Za-z]+)")
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+\"?([A-Za-z_]\w*)", re.IGNORECASE)
_STATEMENTS = 1024  # names kept; the program has a few hundred statements
_OURS = 500  # from this HTTP status on the fault is ours


class Traces:
    """Makes spans of operations; an `Observer`."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._provider = TracerProvider(resource=Resource.create({"service.name": "kaihu"}))
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("kaihu")
        self._statements = _Statements(self._tracer)

    def began(self, operation: Operation) -> object:
        """A span under the one that is open in this thread."""
        span = self._tracer.start_span(operation.name, kind=_KINDS[operation.kind])
        return span, attach(trace.set_span_in_context(span))

    def ended(self, operation: Operation, mark: object) -> None:
        """Its end, with outcome and keys."""
        span, token = cast("tuple[Span, Any]", mark)
        span.set_attribute("kaihu.kind", operation.kind.value)
        span.set_attribute("kaihu.outcome", operation.outcome)
        for name, value in operation.facts.items():
            span.set_attribute(f"kaihu.{name}", str(value))  # keys exceed what many viewers show of a number
        if operation.outcome == FAILED or (operation.kind is Kind.REQUEST and operation.outcome >= str(_OURS)):
            span.set_status(Status(StatusCode.ERROR))
        span.end()
        detach(token)

    def happened(self, what: str) -> None:
        """Note it in the span that is open."""
        trace.get_current_span().add_event(what)

    def flush(self) -> None:
        """Send what has ended by now."""
        self._provider.force_flush()

    def close(self) -> None:
        """Send what is left; statements are no longer watched on new connections."""
        self._statements.forget()
        self._provider.shutdown()


def start_traces() -> Traces:
    """Traces by OTLP over HTTP, to where OTEL_EXPORTER_OTLP_ENDPOINT says."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415  tests need no exporter
        OTLPSpanExporter,
    )

    return Traces(OTLPSpanExporter())


class _Statements:
    """Spans of statements. They are made by the drivers' own connections: hot statements never pass SQLAlchemy."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._connection, self._cursor = _sqlite_connection(tracer), _postgresql_cursor(tracer)
        event.listen(Engine, "do_connect", self._watch)
        event.listen(Engine, "connect", self._watch_pipelined)

    def forget(self) -> None:
        """No more on new connections."""
        event.remove(Engine, "do_connect", self._watch)
        event.remove(Engine, "connect", self._watch_pipelined)

    def _watch_pipelined(self, connection: object, _record: object) -> None:
        if isinstance(connection, PipelinedConnection):
            connection.watched = partial(_span, self._tracer)

    def _watch(self, dialect: Any, _record: object, _positional: object, named: dict[str, Any]) -> None:
        if dialect.name == "sqlite":
            named["factory"] = self._connection
        else:
            named["cursor_factory"] = self._cursor


def _sqlite_connection(tracer: Tracer) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *parameters: Any) -> Any:
            with _span(tracer, sql):
                return super().execute(sql, *parameters)

        def executemany(self, sql: str, parameters: Iterable[Any], /) -> Any:
            with _span(tracer, sql):
                return super().executemany(sql, parameters)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Callable[..., Any] | None = None) -> Any:
            return super().cursor(factory or Cursor)

        def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            return cast("sqlite3.Cursor", self.cursor().execute(sql, *parameters))

    return Connection


def _postgresql_cursor(tracer: Tracer) -> type[psycopg.Cursor[Any]]:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *given: Any, **named: Any) -> Any:
            with _span(tracer, query):
                return super().execute(query, *given, **named)

        def executemany(self, query: Any, *given: Any, **named: Any) -> None:
            with _span(tracer, query):
                super().executemany(query, *given, **named)

    return Cursor


@contextmanager
def _span(tracer: Tracer, sql: object) -> Iterator[None]:
    """A span of a statement, within another one only: a worker's looking for work is no trace of its own."""
    if not trace.get_current_span().is_recording():
        yield
        return
    name = _name(sql) if isinstance(sql, str) else "statement"
    with tracer.start_as_current_span(
        name, kind=SpanKind.CLIENT, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except Exception:
            span.set_status(Status(StatusCode.ERROR))  # without the message, which may quote what was written
            raise


@lru_cache(maxsize=_STATEMENTS)
def _name(sql: str) -> str:
    """Kind and first table, such as `SELECT user_task`."""
    verb, table = _VERB.match(sql), _TABLE.search(sql)
    return " ".join(part[1].upper() if part is verb else part[1] for part in (verb, table) if part)
