"""Log lines tell where something failed and nothing of what people typed."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from persistence.errors import ErrorKind, KaihuError
from persistence.logs import OperationLog, configure_logs, log_crashes
from persistence.telemetry.observation import Kind, forget, observe, observed

TYPED = "310101198204152016"


def fail(typed: str) -> None:
    raise ValueError(f"cannot read {typed}")


@pytest.fixture(autouse=True)
def _logs_of_a_server() -> Iterator[None]:
    configure_logs("json")
    yield
    structlog.reset_defaults()


@pytest.fixture
def operations() -> Iterator[None]:
    log = OperationLog()
    observe(log)
    yield
    forget(log)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was logged, line by line; and nothing of it was typed by anyone."""
    written = capsys.readouterr().err
    assert TYPED not in written
    return [json.loads(line) for line in written.splitlines()]


def test_an_error_is_logged_by_the_lines_it_passed_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        fail(TYPED)
    except ValueError as error:
        structlog.get_logger().error("job.crashed", error=type(error).__name__, exc_info=error)
    [line] = lines(capsys)
    assert line["event"] == "job.crashed"
    assert line["level"] == "error"
    assert "test_logs.py" in line["passed"]
    assert " fail" in line["passed"]


def test_what_a_library_logs_is_its_name_and_place_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        fail(TYPED)
    except ValueError:
        logging.getLogger("waitress").exception("Exception while serving /apply/%s", TYPED)
    logging.getLogger("waitress.queue").warning("a task of %s waits", TYPED)
    logging.getLogger("waitress").info("Serving %s", TYPED)
    failed, waits = lines(capsys)
    assert (failed["event"], failed["logger"], failed["error"]) == ("library", "waitress", "ValueError")
    assert " fail" in failed["passed"]
    assert (waits["level"], waits["logger"]) == ("warning", "waitress.queue")
    assert "test_logs.py" in waits["place"]


def test_a_thread_that_crashes_is_logged_without_the_errors_message(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.excepthook", None)  # put back after the test
    monkeypatch.setattr("threading.excepthook", None)
    log_crashes()
    thread = threading.Thread(target=fail, args=(TYPED,), name="job-7")
    thread.start()
    thread.join()
    [line] = lines(capsys)
    assert (line["event"], line["thread"], line["error"]) == ("thread.crashed", "job-7", "ValueError")


@pytest.mark.usefixtures("operations")
def test_every_line_within_a_request_and_a_job_carries_their_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    log = structlog.get_logger()
    with observed(Kind.REQUEST, "POST /inbox", request_id="f00d"), observed(Kind.JOB, "screen-names", job=7):
        log.info("list.loaded")
    log.info("later")
    loaded, job, request, later = lines(capsys)
    assert (loaded["request_id"], loaded["job"]) == ("f00d", 7)
    assert (job["event"], job["name"], job["job"], job["outcome"]) == ("job.ended", "screen-names", 7, "done")
    assert job["milliseconds"] >= 0
    assert (request["name"], request["request_id"]) == ("POST /inbox", "f00d")
    assert "job" not in request
    assert "request_id" not in later


@pytest.mark.usefixtures("operations")
def test_a_refused_operation_is_logged_by_the_kind_of_its_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    class Refused(KaihuError):
        kind = ErrorKind.CONFLICT

    for error in (Refused(), ValueError(TYPED)):
        with pytest.raises(type(error)), observed(Kind.COMMAND, "complete"):
            raise error
    assert [line["outcome"] for line in lines(capsys)] == ["conflict", "failed"]


def test_a_value_that_json_cannot_hold_is_logged_by_its_type(capsys: pytest.CaptureFixture[str]) -> None:
    class Applicant:
        def __repr__(self) -> str:
            return TYPED

    structlog.get_logger().info("case.begun", applicant=Applicant())
    [line] = lines(capsys)
    assert line["applicant"] == "<Applicant>"


def test_lines_on_a_terminal_are_made_to_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("text")
    try:
        fail(TYPED)
    except ValueError as error:
        structlog.get_logger().error("job.crashed", error="ValueError", exc_info=error)
    written = capsys.readouterr().err
    assert "job.crashed" in written
    assert "error=ValueError" in written
    assert TYPED not in written
