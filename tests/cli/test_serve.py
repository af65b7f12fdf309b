"""The server as systemd starts it: a socket handed over, metrics at an address of their own, a stop that is heeded."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME, NUMBER, WORD = "顾明远", "310101198204152016", "eight-lanterns-9"
PATIENCE = 120.0  # seconds after which a test has failed

AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.argv[2], sys.argv[2:])
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass
class Running:
    """A Kaihu in a process of its own."""

    process: subprocess.Popen[str]
    pages: str
    operators: str
    errors: Path

    def ask(
        self, address: str, data: dict[str, str] | None = None, opener: urllib.request.OpenerDirector | None = None
    ) -> tuple[int, str]:
        body = None if data is None else urllib.parse.urlencode(data).encode()
        try:
            with (opener or urllib.request.build_opener()).open(address, body, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self) -> list[dict[str, object]]:
        """What was logged, line by line, after the process has ended as it was told to."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0
        return [json.loads(line) for line in self.errors.read_text().splitlines()]


def start(home: Path, errors: IO[str], command: str, listening: socket.socket, port: int) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "KAIHU_HOME": str(home),
        "KAIHU_METRICS_ADDRESS": f"127.0.0.1:{port}",
        "KAIHU_LANGUAGE": "en",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-c", AS_SYSTEMD, str(listening.fileno()), sys.executable, str(ROOT / "app.py"), command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        pass_fds=(listening.fileno(),),
    )


@pytest.fixture(params=["serve", "work"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    port, errors = free_port(), tmp_path / "errors"
    with socket.create_server(("127.0.0.1", 0)) as listening, errors.open("w") as stream:
        process = start(tmp_path / "home", stream, request.param, listening, port)
        assert process.stdout is not None
        assert process.stdout.readline().startswith(("Kaihu:", "kaihu work:"))
        pages = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield Running(process, pages, f"http://127.0.0.1:{port}", errors)
        process.kill()
        process.wait()
        process.stdout.close()


def test_operators_are_told_of_health_and_figures_and_nothing_else(running: Running) -> None:
    assert running.ask(f"{running.operators}/health/live") == (200, '{"status": "ok"}')
    status, answer = running.ask(f"{running.operators}/health/ready")
    assert (status, json.loads(answer)["checks"]) == (
        200,
        dict.fromkeys(["database", "schema", "disk", "executor"], "ok"),
    )
    status, text = running.ask(f"{running.operators}/metrics")
    assert status == 200
    assert "\nkaihu_open_tasks 0.0\n" in text
    assert "\nprocess_resident_memory_bytes " in text
    assert running.ask(f"{running.operators}/sign-in")[0] == 404
    assert running.ask(f"{running.operators}/metrics", {})[0] == 404
    running.stop()


@pytest.mark.parametrize("running", ["serve"], indirect=True)
def test_nothing_that_is_typed_reaches_the_log(running: Running) -> None:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    _, page = running.ask(f"{running.pages}/sign-in", opener=browser)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    typed = {"csrf_token": found[1], "name": NAME, "password": WORD}
    assert running.ask(f"{running.pages}/sign-in", typed, browser)[0] == 403
    secret = urllib.parse.quote(NAME)
    for path in (f"/status/{secret}", f"/activate/{NUMBER}", f"/inbox/tasks/{NUMBER}", f"/sign-in?next={secret}"):
        running.ask(running.pages + path, opener=browser)
    running.ask(f"{running.pages}/sign-in", {"name": NUMBER, "password": WORD}, browser)  # without its token
    with socket.create_connection(("127.0.0.1", int(running.pages.rpartition(":")[2]))) as client:
        client.sendall(f"GET /{NUMBER} HTTP/9.9\r\n{NUMBER}\r\n\r\n".encode())
        client.recv(4096)
    lines = running.stop()
    text = running.errors.read_text()
    for word in (NAME, secret, NUMBER, WORD, found[1]):
        assert word not in text
    ended = [line for line in lines if line["event"] == "request.ended"]
    assert {"GET /sign-in", "POST /sign-in"} <= {line["name"] for line in ended}
    assert all(re.fullmatch(r"[0-9a-f]{16}", str(line["request_id"])) for line in ended)


@pytest.mark.parametrize("running", ["serve"], indirect=True)
def test_the_socket_that_was_handed_over_outlives_the_process(running: Running) -> None:
    assert running.ask(f"{running.pages}/health/ready")[0] == 200
    running.stop()
    host, _, port = running.pages.removeprefix("http://").partition(":")
    socket.create_connection((host, int(port)), timeout=PATIENCE).close()  # waits for the next process


def test_without_an_address_there_are_no_metrics_on_the_customers_port(tmp_path: Path) -> None:
    import app
    from persistence.settings import Settings

    kaihu = app.build(Settings.from_environment({"KAIHU_HOME": str(tmp_path)}))
    assert kaihu.settings.metrics_address is None
    assert kaihu.create_web().test_client().get("/metrics").status_code == 404
    kaihu.database.close()
