"""What the server grants a connection, tried with bare sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from cli.web_server import Limits, WebServer

PATIENCE = 30.0  # seconds after which a test has failed
BRIEF = Limits(threads=2, connections=20, silence=0.5, arrival=0.5, look_every=0.1, stop_within=PATIENCE)

Start = Callable[..., object]
Serve = Callable[..., tuple[WebServer, socket.socket]]


class Pages:
    """An application that can be held up in the middle of an answer."""

    def __init__(self) -> None:
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.seen: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        self.seen.append(environ)
        body = environ["wsgi.input"].read()
        if environ["PATH_INFO"] == "/slow":
            self.asked.set()
            assert self.may_answer.wait(PATIENCE)
        start_response("200 OK", [("Content-Length", str(len(body) + 2))])
        return [b"ok" + body]


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def serve(pages: Pages) -> Iterator[Serve]:
    running: list[tuple[WebServer, threading.Thread]] = []

    def start(limits: Limits = BRIEF, **options: bool) -> tuple[WebServer, socket.socket]:
        listening = socket.create_server(("127.0.0.1", 0))
        server = WebServer(pages, listening, limits, **options)
        thread = threading.Thread(target=server.run)
        thread.start()
        running.append((server, thread))
        return server, listening

    yield start
    pages.may_answer.set()
    for server, thread in running:
        server.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def connect(address: tuple[str, int]) -> socket.socket:
    return socket.create_connection(address, timeout=PATIENCE)


def until_closed(client: socket.socket) -> bytes:
    """All the server sends before it closes the connection."""
    received = b""
    try:
        while piece := client.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def ask(address: tuple[str, int], path: str = "/", headers: str = "") -> bytes:
    with connect(address) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: bank\r\nConnection: close\r\n{headers}\r\n".encode())
        return until_closed(client)


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: bank\r\n",
        b"POST / HTTP/1.1\r\nHost: bank\r\nContent-Length: 1000\r\n\r\nhalf of it",
        b"POST / HTTP/1.1\r\nHost: bank\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    ],
)
def test_a_request_that_stops_half_way_is_cut_off(serve: Serve, pages: Pages, half: bytes) -> None:
    _, listening = serve()
    with connect(listening.getsockname()) as client:
        client.sendall(half)
        until_closed(client)
    assert pages.seen == []


def test_a_client_that_sends_a_byte_now_and_then_is_cut_off_too(serve: Serve, pages: Pages) -> None:
    _, listening = serve(Limits(threads=2, silence=PATIENCE, arrival=0.5, look_every=0.1))
    cut_off = threading.Event()
    with connect(listening.getsockname()) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: bank\r\n")

        def drip() -> None:
            while not cut_off.wait(0.05):
                try:
                    client.sendall(b"X-A: b\r\n")
                except OSError:
                    return

        dripping = threading.Thread(target=drip)
        dripping.start()
        until_closed(client)
        cut_off.set()
        dripping.join()
    assert pages.seen == []


def test_a_large_body_on_a_slow_line_may_take_its_time(serve: Serve, pages: Pages) -> None:
    _, listening = serve(Limits(threads=2, silence=PATIENCE, arrival=0.2, slowest=1000, look_every=0.05))
    waited = threading.Event()
    with connect(listening.getsockname()) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: bank\r\nConnection: close\r\nContent-Length: 20000\r\n\r\n")
        for _ in range(10):
            client.sendall(b"x" * 2000)
            waited.wait(0.05)
        assert until_closed(client).endswith(b"ok" + b"x" * 20000)


def test_half_sent_requests_keep_no_others_waiting(serve: Serve) -> None:
    _, listening = serve(Limits(threads=2, connections=60, silence=PATIENCE, arrival=PATIENCE))
    address = listening.getsockname()
    half = [connect(address) for _ in range(40)]
    for client in half:
        client.sendall(b"POST / HTTP/1.1\r\nHost: bank\r\nContent-Length: 9\r\n\r\n")
    assert ask(address).startswith(b"HTTP/1.1 200")
    for client in half:
        client.close()


def test_beyond_the_limit_connections_wait_and_are_served_when_the_others_are_cut_off(serve: Serve) -> None:
    _, listening = serve()
    address = listening.getsockname()
    half = [connect(address) for _ in range(40)]
    for client in half:
        client.sendall(b"GET / HT")
    assert ask(address).startswith(b"HTTP/1.1 200")
    for client in half:
        client.close()


def test_headers_and_bodies_have_their_bounds(serve: Serve, pages: Pages) -> None:
    _, listening = serve(Limits(header_bytes=2048, body_bytes=4096))
    address = listening.getsockname()
    assert b" 431 " in ask(address, headers=f"X-A: {'a' * 4096}\r\n").splitlines()[0]
    assert b" 413 " in ask(address, headers="Content-Length: 1000000\r\n").splitlines()[0]
    assert pages.seen == []


def test_what_has_begun_is_answered_after_the_server_was_told_to_stop(serve: Serve, pages: Pages) -> None:
    server, listening = serve()
    address = listening.getsockname()
    with connect(address) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: bank\r\n\r\n")
        assert pages.asked.wait(PATIENCE)
        server.stop()
        refused = False
        while not refused:  # until the listening socket is closed
            try:
                connect(address).close()
            except OSError:
                refused = True
        pages.may_answer.set()
        assert until_closed(client).endswith(b"ok")


@pytest.mark.parametrize("kept", [False, True])
def test_what_proxies_say_reaches_the_pages_only_when_there_are_proxies(serve: Serve, pages: Pages, kept: bool) -> None:
    _, listening = serve(keep_proxy_headers=kept)
    ask(listening.getsockname(), headers="X-Forwarded-For: 198.51.100.1\r\n")
    assert pages.seen[0].get("HTTP_X_FORWARDED_FOR") == ("198.51.100.1" if kept else None)
