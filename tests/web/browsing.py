"""A real Chromium, and the pages served to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from tests.web.conftest import Site  # which offers the fixtures of this file


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve the pages to browsers: the address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Where the pages are served."""
    with serving(site.app) as found:
        yield found


def enter(page: Page, address: str, site: Site, name: str, language: str = "zh") -> None:
    page.goto(f"{address}/sign-in")
    if language == "en":
        page.click("button[value=en]")
    page.fill("#name", site.members[name].login)
    page.fill("#password", site.members[name].password)
    page.click("main button")
    page.wait_for_url(f"{address}/")
