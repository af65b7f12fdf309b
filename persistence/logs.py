"""Log lines: one event a line on standard error, never the message of foreign code, never a variable's value.

Messages of libraries quote what people typed; so an error is logged by its kind and the lines it passed, and what a
library wants to say by its name and the line where it says so.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from contextvars import Token
from types import TracebackType
from typing import Any, cast

import structlog

from persistence.telemetry.observation import Operation

_CARRIED = ("request_id", "job")
"""Facts of an operation that every line within it repeats."""


def passed(error: BaseException) -> list[str]:
    """Where the error came from, outermost first: file, line and function."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


def configure_logs(log_format: str = "auto") -> None:
    """Make every logger of this process write such lines, libraries' included.

    `log_format` is `json`, `text`, or `auto`: text on a terminal, JSON elsewhere.
    """
    as_text = log_format == "text" or (log_format == "auto" and sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_messages,
            _on_a_terminal() if as_text else structlog.processors.JSONRenderer(ensure_ascii=False, default=_by_type),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,  # tests exchange standard error
    )
    root = logging.getLogger()
    if not any(isinstance(handler, _Libraries) for handler in root.handlers):
        root.addHandler(_Libraries(logging.WARNING))


def log_crashes() -> None:
    """Log what ends this process or one of its threads like every other error: without its message."""

    def crashed(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            _log().error("process.crashed", error=kind.__name__, exc_info=error)

    def crashed_thread(crash: threading.ExceptHookArgs) -> None:
        name = crash.thread.name if crash.thread else ""
        _log().error("thread.crashed", thread=name, error=crash.exc_type.__name__, exc_info=crash.exc_value)

    sys.excepthook, threading.excepthook = crashed, crashed_thread


class OperationLog:
    """Writes a line for every request, command and attempt at a job; an `Observer`."""

    def began(self, operation: Operation) -> object:
        """From here on every line of this thread names the request or the job; how to end that."""
        carried = {name: operation.facts[name] for name in _CARRIED if name in operation.facts}
        return structlog.contextvars.bind_contextvars(**carried)

    def ended(self, operation: Operation, mark: object) -> None:
        """The line; `mark` is what `began` answered."""
        name, milliseconds = operation.name, round(operation.seconds * 1000, 1)
        facts = {"name": name, "outcome": operation.outcome, "milliseconds": milliseconds}
        _log().info(f"{operation.kind.value}.ended", **facts | operation.facts)
        structlog.contextvars.reset_contextvars(**cast("Mapping[str, Token[Any]]", mark))

    def happened(self, what: str) -> None:
        """Nothing: whoever found it has written a line."""


class _Libraries(logging.Handler):
    """What libraries log, without their words."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line."""
        line: dict[str, Any] = {"logger": record.name, "place": f"{record.pathname}:{record.lineno}"}
        if record.exc_info and record.exc_info[1] is not None:
            line |= {"error": type(record.exc_info[1]).__name__, "exc_info": record.exc_info[1]}
        write = _log().error if record.levelno >= logging.ERROR else _log().warning
        write("library", **line)


def _log() -> Any:
    return structlog.get_logger()


def _without_messages(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    error = line.pop("exc_info", None)
    if isinstance(error, BaseException):
        line["passed"] = " < ".join(reversed(passed(error)))
    return line


def _by_type(value: object) -> str:
    """What JSON cannot hold is not worth a crash, and its text may quote anything."""
    return f"<{type(value).__name__}>"


def _on_a_terminal() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
