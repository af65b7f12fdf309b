"""Traces tell names and durations, in the order of who called whom, and nothing that was typed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from persistence.database import Database
from persistence.prepared import Prepared
from persistence.telemetry.observation import Kind, forget, observe, observed
from persistence.telemetry.traces import Traces

ROOT = Path(__file__).resolve().parents[2]
TYPED = "顾明远 310101198204152016"

applicant = Table("applicant", MetaData(), Column("id", Integer, primary_key=True), Column("name", Text))
BY_NAME = Prepared(select(applicant).where(applicant.c.name == bindparam("name")))


@pytest.fixture
def exported() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def traces(exported: InMemorySpanExporter) -> Iterator[Traces]:
    traces = Traces(exported)
    observe(traces)
    yield traces
    forget(traces)
    traces.close()


@pytest.fixture
def database(traces: Traces, database_url: str) -> Iterator[Database]:
    """A database whose connections are made while traces are on."""
    database = Database(database_url)
    with database.transaction() as transaction:
        applicant.create(transaction.connection)
    yield database
    database.close()


def spans(traces: Traces, exported: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    """What was exported, by name; and nothing of it was typed by anyone."""
    traces.flush()
    found = exported.get_finished_spans()
    for part in TYPED.split():
        assert part not in "".join(span.to_json() for span in found)
    return {span.name: span for span in found}


def test_statements_are_spans_of_the_command_of_the_request(
    traces: Traces, exported: InMemorySpanExporter, database: Database
) -> None:
    with (
        observed(Kind.REQUEST, "POST /start/<process_id>", request_id="f00d") as request,
        observed(Kind.COMMAND, "start"),
        database.transaction() as transaction,
    ):
        transaction.connection.execute(insert(applicant).values(name=TYPED))
        assert len(BY_NAME.all(transaction.connection, {"name": TYPED})) == 1
        request.outcome = "303"
    found = spans(traces, exported)
    request_span, command = found["POST /start/<process_id>"], found["start"]
    assert request_span.parent is None
    assert request_span.attributes is not None
    assert request_span.attributes["kaihu.outcome"] == "303"
    assert request_span.attributes["kaihu.request_id"] == "f00d"
    for span, parent in ((command, request_span), (found["INSERT applicant"], command)):
        assert span.parent is not None
        assert span.parent.span_id == parent.context.span_id
    assert "SELECT applicant" in found


def test_a_failed_statement_is_marked_without_its_message(
    traces: Traces, exported: InMemorySpanExporter, database: Database
) -> None:
    with (
        pytest.raises(IntegrityError),
        observed(Kind.JOB, "screen-names", job=7),
        database.transaction() as transaction,
    ):
        for _ in range(2):
            transaction.connection.execute(insert(applicant).values(id=1, name=TYPED))
    found = spans(traces, exported)
    assert found["INSERT applicant"].status.status_code is StatusCode.ERROR
    assert found["INSERT applicant"].status.description is None
    assert found["screen-names"].status.status_code is StatusCode.ERROR
    assert not found["INSERT applicant"].events


def test_statements_outside_of_any_operation_are_no_traces(
    traces: Traces, exported: InMemorySpanExporter, database: Database
) -> None:
    with database.reading() as connection:
        connection.execute(select(applicant))
    assert spans(traces, exported) == {}


def test_without_the_setting_nothing_of_opentelemetry_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys, app\nfrom persistence.settings import Settings\n"
        "app.build(Settings.from_environment()).create_web()\n"
        "print(*(name for name in sys.modules if 'opentelemetry' in name or 'prometheus' in name))"
    )
    environment = {**os.environ, "KAIHU_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    result = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert result.stdout.strip() == ""
