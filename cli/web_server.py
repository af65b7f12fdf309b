"""The HTTP server: waitress, with bounds on what a connection may keep and a stop that finishes what has begun.

Waitress measures how long a connection has been silent. A client that sends a byte now and then is never silent,
so here a request also has a time within which it must have arrived.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

_ROUND = 1.0  # seconds between two looks at the time when nothing happens
_KILOBYTE = 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one server grants. Times are seconds."""

    threads: int = 8
    connections: int = 500
    """Open at once; more wait in the kernel. Well below the 1,024 files that a process may commonly open."""
    header_bytes: int = 32 * _KILOBYTE
    body_bytes: int = 128 * 1024 * _KILOBYTE
    """Of a request that reach the disk at all. The pages' own limit is lower and explains itself; without this one
    the server would take in a gigabyte before it asks them."""
    silence: float = 60.0
    """How long a connection may be open without a byte either way."""
    arrival: float = 30.0
    """How long a request may take to arrive, and a second more for every `slowest` bytes of it."""
    slowest: int = 8 * _KILOBYTE
    """Bytes a second of the slowest line on which somebody may still hand in a document."""
    look_every: float = 5.0
    """How often connections are looked at that are past their time."""
    stop_within: float = 20.0
    """How long requests under way may take once the server was told to stop."""


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection that knows since when its unfinished request has been arriving."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self._arriving_since = 0.0
        self._arrived = 0
        super().__init__(*given, **named)

    def received(self, data: bytes) -> bool:
        """Take in what came; the time of a request begins with its first byte."""
        before = self.request
        answer = bool(super().received(data))
        if self.request is None or self.request is not before:
            self._arriving_since, self._arrived = time.time(), 0
        self._arrived += len(data)
        return answer

    def is_overdue(self, now: float, limits: Limits) -> bool:
        """Whether the request that is arriving should have arrived by now."""
        allowed = limits.arrival + self._arrived / limits.slowest
        return self.request is not None and now - self._arriving_since > allowed

    @property
    def is_busy(self) -> bool:
        """Whether a request is arriving, being answered, or its answer on its way."""
        return bool(self.request is not None or self.requests or self.total_outbufs_len)


class _Server(TcpWSGIServer):  # type: ignore[misc]  # as above
    channel_class = _Channel
    limits: Limits

    def maintenance(self, now: float) -> None:
        """Close what is silent, and what is overdue."""
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if channel.is_overdue(now, self.limits):
                channel.will_close = True


class WebServer:
    """Serves a WSGI application on a listening socket: `run` until another thread or a signal calls `stop`."""

    def __init__(
        self,
        application: Callable[..., Any],
        listening: socket.socket,
        limits: Limits | None = None,
        *,
        keep_proxy_headers: bool = False,
    ) -> None:
        self._limits = limits or Limits()
        settings = self._settings(listening, keep_proxy_headers)
        self._dispatcher = ThreadedTaskDispatcher()
        self._dispatcher.set_thread_count(self._limits.threads)
        self._map: dict[int, Any] = {}
        place = (listening.family, listening.type, listening.proto, listening.getsockname())
        self._server = _Server(
            application,
            self._map,
            True,
            listening,
            dispatcher=self._dispatcher,
            adj=settings,
            sockinfo=place,
            bind_socket=False,
        )
        self._server.limits = self._limits
        self._stop_asked = False

    def _settings(self, listening: socket.socket, keep_proxy_headers: bool) -> Any:
        limits = self._limits
        settings = Adjustments(
            sockets=[listening],
            ident=None,
            threads=limits.threads,
            connection_limit=limits.connections,
            max_request_header_size=limits.header_bytes,
            max_request_body_size=limits.body_bytes,
            asyncore_use_poll=True,  # select() fails on file numbers from 1,024 on
            clear_untrusted_proxy_headers=not keep_proxy_headers,
        )
        # given as arguments they would be cut to whole seconds
        settings.channel_timeout, settings.cleanup_interval = limits.silence, limits.look_every
        return settings

    def run(self, every_round: Callable[[], None] = lambda: None) -> None:
        """Serve until stopped; `every_round` is called about once a second and must be quick."""
        while not self._stop_asked:
            every_round()
            self._one_round()
        wasyncore.dispatcher.close(self._server)  # from here on nobody can connect
        until = time.monotonic() + self._limits.stop_within
        while self._busy() and time.monotonic() < until:
            every_round()
            self._one_round()
        self._dispatcher.shutdown(timeout=_ROUND)
        wasyncore.close_all(self._map)

    def stop(self) -> None:
        """Take no more connections, answer what has begun, and let `run` return; safe in a signal's handler."""
        if not self._stop_asked:
            self._stop_asked = True
            self._server.pull_trigger()

    def _one_round(self) -> None:
        wasyncore.loop(timeout=_ROUND, use_poll=True, map=self._map, count=1)

    def _busy(self) -> bool:
        return any(channel.is_busy for channel in self._server.active_channels.values())
