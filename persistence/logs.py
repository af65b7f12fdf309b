"""Log lines: one event a line on standard error, never the message of foreign code, never a variable's value.

Messages of libraries quote what people typed; so an error is logged by its kind and the lines it passed.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog


def passed(error: BaseException) -> list[str]:
    """Where the error came from, outermost first: file, line and function."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


def configure_logs() -> None:
    """Make every logger of this process write such lines."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_messages,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,  # tests exchange standard error
    )


def _without_messages(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    error = line.pop("exc_info", None)
    if isinstance(error, BaseException):
        line["passed"] = " < ".join(reversed(passed(error)))
    return line
