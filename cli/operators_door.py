"""The operators' own door: `/metrics` and health at an address of its own, away from the customers' port.

Whoever reaches it may ask, so it belongs on the loopback or into the monitoring network; it is off by default.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from cli.web_server import Limits, WebServer
from persistence.telemetry.metrics import CONTENT_TYPE, Metrics
from persistence.telemetry.readiness import Readiness

_LIMITS = Limits(
    threads=1,
    connections=20,
    header_bytes=8 * 1024,
    body_bytes=1024,
    silence=10.0,
    arrival=5.0,
    stop_within=1.0,
)
"""A scraper asks a few times a minute; whoever asks more often, or half, waits or is cut off."""

_JSON = "application/json"
StartResponse = Callable[[str, list[tuple[str, str]]], object]


class OperatorsPages:
    """The WSGI application behind the door."""

    def __init__(self, metrics: Metrics, readiness: Readiness) -> None:
        self._metrics, self._readiness = metrics, readiness

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer GET and HEAD at three addresses; everything else is not found."""
        method = environ["REQUEST_METHOD"]
        status, media_type, body = self._answer(environ["PATH_INFO"] if method in {"GET", "HEAD"} else "")
        length = ("Content-Length", str(len(body)))
        start_response(status, [("Content-Type", media_type), length, ("Cache-Control", "no-store")])
        return [] if method == "HEAD" else [body]

    def _answer(self, path: str) -> tuple[str, str, bytes]:
        match path:
            case "/metrics":
                return "200 OK", CONTENT_TYPE, self._metrics.text()
            case "/health/live":
                return "200 OK", _JSON, b'{"status": "ok"}'
            case "/health/ready":
                verdict = self._readiness.verdict()
                status = "200 OK" if verdict.ready else "503 Service Unavailable"
                return status, _JSON, json.dumps(verdict.as_json()).encode()
            case _:
                return "404 Not Found", "text/plain", b""


class OperatorsDoor:
    """Serves them on a listening socket in a thread of its own, until closed."""

    def __init__(self, metrics: Metrics, readiness: Readiness, listening: socket.socket) -> None:
        self._server = WebServer(OperatorsPages(metrics, readiness), listening, _LIMITS)
        self._thread = threading.Thread(target=self._server.run, name="operators-door", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening, then return."""
        self._server.stop()
        self._thread.join()
