"""Completing a task in the browser's way: a real server in a process of its own, a signed-in person, the next page.

What is timed is all the person waits for: the form is posted, the answer's redirect followed, and the page of the next
task read to its end, over one connection that stays open. The page shows the case's 10 KB application, a form of two
fields and a list of fifty tasks.
"""

from __future__ import annotations

import html
import multiprocessing
import re
import secrets
import socket
import statistics
import time
import urllib.parse
from http.client import HTTPConnection, HTTPResponse
from multiprocessing.queues import Queue
from pathlib import Path

from bank.notifications import Outbox
from bank.simulators import build_systems
from bench.diagrams import kaihu_diagram
from bench.kaihu_case import HANDLERS, engine_on, start_case
from bench.size import Size
from bench.staff import LOGIN, PASSWORD_FILE, process_owner, staffed_bank
from bench.timing import MILLI, Figure, p99
from cli.web_server import WebServer
from engine.job_executor import JobExecutor
from engine.model.ports import SystemClock
from engine.process_engine import ProcessEngine
from engine.services.answers import Resource
from persistence.database import Database
from web import WebServices, WebSettings, create_web

_FORM = Path(__file__).with_name("review.form")
_ENTERED = {"decision": "accept", "opinion": "材料齐全，同意。"}
_WARM_UP = 9
_SPAWN = multiprocessing.get_context("spawn")


def pages_figures(folder: Path, size: Size) -> dict[str, Figure]:
    """One person completing one task after the other."""
    url = f"sqlite:///{folder / 'pages.db'}"
    engine = _engine(url, folder)
    for number in range((size.requests + _WARM_UP) // 3 + 50):
        start_case(engine, number)
    engine.parts.database.close()
    ports: Queue[int] = _SPAWN.Queue()
    server = _SPAWN.Process(target=_serve, args=(url, folder, ports), daemon=True)
    server.start()
    try:
        times = _completions(_Browser(ports.get()), (folder / PASSWORD_FILE).read_text(), size.requests)
        resident = _resident_mib(server.pid)
    finally:
        server.terminate()
        server.join()
    unit = f"ms, 99th percentile of {len(times)}, over HTTP: post, redirect and next page"
    median = statistics.median(times) * MILLI
    p99_ms = p99(times) * MILLI
    return {
        "complete_task_http_p99": {"kaihu": p99_ms, "median": median, "server_resident_mib": resident, "unit": unit}
    }


def _resident_mib(process: int | None) -> float:
    """The memory a process holds, as Linux tells it; not a number elsewhere."""
    status = Path(f"/proc/{process}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    held = next((line.split()[1] for line in lines if line.startswith("VmRSS:")), "nan")
    return float(held) / 1024


def _engine(url: str, home: Path) -> ProcessEngine:
    engine = engine_on(Database(url), home)
    database = engine.parts.database
    resources = [Resource("bench.bpmn", kaihu_diagram(form_id="review")), Resource(_FORM.name, _FORM.read_bytes())]
    engine.deployments.deploy(process_owner(database, staffed_bank(database, home)), resources)
    return engine


def _serve(url: str, home: Path, ports: Queue[int]) -> None:
    """As `kaihu serve` does: its server, and the executor beside it."""
    engine = _engine(url, home)
    database, clock = engine.parts.database, SystemClock()
    services = WebServices(
        engine=engine,
        bank=staffed_bank(database, home),
        outbox=Outbox(database, clock, build_systems(home).mail),
        database=database,
        clock=clock,
        number_for=lambda request, _prefix: request,
        handlers=HANDLERS,
    )
    listener = socket.create_server(("127.0.0.1", 0))
    JobExecutor(engine).start()
    ports.put(listener.getsockname()[1])
    settings = WebSettings(secret_key=secrets.token_hex())
    WebServer(create_web(services, settings), listener).run()


def _completions(browser: _Browser, password: str, count: int) -> list[float]:
    page = browser.get("/sign-in")
    browser.post("/sign-in", {"csrf_token": _token(page), "name": LOGIN, "password": password})
    page = browser.get("/inbox/?view=mine")
    page = browser.get(_found(r'class="task-card" id="[^"]*" href="([^"]+)"', page))
    times = []
    for _ in range(_WARM_UP + count):
        path = _found(r'action="([^"]+/complete[^"]*)"', page)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page[page.index(path) :]))
        before = time.perf_counter()
        page = browser.post(html.unescape(path), {**hidden, **_ENTERED})
        times.append(time.perf_counter() - before)
    return times[_WARM_UP:]


class _Browser:
    """One connection with its cookies."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port)
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        """The page."""
        return self._answer("GET", html.unescape(path))

    def post(self, path: str, fields: dict[str, str]) -> str:
        """The page to which the answer leads."""
        return self._answer("POST", path, urllib.parse.urlencode(fields))

    def _answer(self, method: str, path: str, body: str | None = None) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        self._keep_cookies(response)
        if response.status == 303:
            return self.get(response.headers["Location"])
        assert response.status == 200, f"{method} {path}: {response.status}"
        return text

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value


def _token(page: str) -> str:
    return _found(r'name="csrf_token" value="([^"]+)"', page)


def _found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match, f"the page has no {pattern}"
    return html.unescape(match[1])
