"""Log lines tell where something failed and nothing of what people typed."""

from __future__ import annotations

import pytest
import structlog

from persistence.logs import configure_logs


def fail(typed: str) -> None:
    raise ValueError(f"cannot read {typed}")


def test_an_error_is_logged_by_the_lines_it_passed_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    try:
        fail("310101198204152016")
    except ValueError as error:
        structlog.get_logger().error("job.crashed", error=type(error).__name__, exc_info=error)
    finally:
        structlog.reset_defaults()
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "event=job.crashed" in line
    assert "test_logs.py" in line
    assert "fail" in line
    assert "310101198204152016" not in line
