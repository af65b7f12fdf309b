"""What systemd and Kaihu tell each other: ready, stopping, still alive, and sockets that outlive a restart.

The protocols are sd_notify(3) and sd_listen_fds(3). Under another supervisor, or none, nothing is told.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

_FIRST_INHERITED = 3
_MICROSECONDS = 1_000_000
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Supervisor:
    """The other end of NOTIFY_SOCKET, if there is one."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        mine = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        limit = int(environ.get("WATCHDOG_USEC", "0")) / _MICROSECONDS if mine else 0.0
        self._beat_every = limit / 3
        self._beaten_at = float("-inf")

    def ready(self) -> None:
        """The pages can be asked, or jobs are taken."""
        self._tell("READY=1")

    def stopping(self) -> None:
        """What has begun is finished, and nothing more taken."""
        self._tell("STOPPING=1")

    def beat(self, *, alive: bool) -> None:
        """Called about once a second: as long as everything is alive the watchdog is kept quiet."""
        now = time.monotonic()
        if alive and self._beat_every and now - self._beaten_at >= self._beat_every:
            self._beaten_at = now
            self._tell("WATCHDOG=1")

    def _tell(self, state: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            try:
                channel.sendto(state.encode(), address)
            except OSError:  # a supervisor that does not listen is no reason to stop
                return


def inherited_socket(environ: Mapping[str, str] = os.environ) -> socket.socket | None:
    """The listening socket that systemd holds open for this process, also while it restarts; None without one."""
    if environ.get("LISTEN_PID") != str(os.getpid()) or environ.get("LISTEN_FDS", "0") == "0":
        return None
    return socket.socket(fileno=_FIRST_INHERITED)


@contextmanager
def told_to_stop(stop: Callable[[], None]) -> Iterator[None]:
    """Within the block Ctrl-C and SIGTERM call `stop`; a second Ctrl-C ends the process at once."""

    def asked(number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    before = {number: signal.signal(number, asked) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
