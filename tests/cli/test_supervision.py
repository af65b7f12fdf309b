"""systemd is told what it asks for, and hands over the socket it holds."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.supervision import Supervisor, inherited_socket


@pytest.fixture
def told(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.setblocking(False)
        yield channel


def messages(channel: socket.socket) -> list[str]:
    found = []
    while True:
        try:
            found.append(channel.recv(100).decode())
        except BlockingIOError:
            return found


def test_systemd_is_told_of_the_start_the_stop_and_every_sign_of_life(told: socket.socket) -> None:
    supervisor = Supervisor({"NOTIFY_SOCKET": told.getsockname(), "WATCHDOG_USEC": "1"})
    supervisor.ready()
    supervisor.beat(alive=True)
    supervisor.beat(alive=False)
    supervisor.beat(alive=True)
    supervisor.stopping()
    assert messages(told) == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]


def test_signs_of_life_are_no_more_frequent_than_asked_for(told: socket.socket) -> None:
    supervisor = Supervisor({"NOTIFY_SOCKET": told.getsockname(), "WATCHDOG_USEC": str(3600 * 1_000_000)})
    for _ in range(5):
        supervisor.beat(alive=True)
    assert messages(told) == ["WATCHDOG=1"]


@pytest.mark.parametrize("watchdog", [{}, {"WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"}])
def test_no_sign_of_life_is_given_that_nobody_asked_this_process_for(
    told: socket.socket, watchdog: dict[str, str]
) -> None:
    Supervisor({"NOTIFY_SOCKET": told.getsockname(), **watchdog}).beat(alive=True)
    assert messages(told) == []


def test_a_supervisor_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    Supervisor({"NOTIFY_SOCKET": str(gone)}).ready()
    Supervisor({}).ready()
    assert not gone.exists()


@pytest.mark.parametrize("environ", [{}, {"LISTEN_PID": "1", "LISTEN_FDS": "1"}, {"LISTEN_PID": str(os.getpid())}])
def test_no_socket_is_taken_that_was_not_handed_to_this_process(environ: dict[str, str]) -> None:
    assert inherited_socket(environ) is None
