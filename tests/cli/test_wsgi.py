"""The pages under a WSGI server of the bank's own are measured as under ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cli.test_serve import ROOT, free_port

SERVER = """
import urllib.request
import app
pages = app.create_app().test_client()
assert pages.get("/sign-in").text
print(urllib.request.urlopen("http://%s/metrics").read().decode())
"""


def test_the_pages_of_another_server_have_metrics_and_lines_about_their_operations(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    environment = {
        **os.environ,
        "KAIHU_HOME": str(tmp_path / "home"),
        "KAIHU_METRICS_ADDRESS": address,
        "KAIHU_LOG_FORMAT": "json",
        "PYTHONPATH": str(ROOT),
    }
    told = subprocess.run(
        [sys.executable, "-c", SERVER % address], env=environment, capture_output=True, text=True, check=True
    )
    counted = {line.rpartition(" ")[0] for line in told.stdout.splitlines()}
    assert any(line.startswith("kaihu_http_request_duration_seconds_count") and "/sign-in" in line for line in counted)
    events = [json.loads(line) for line in told.stderr.splitlines() if line.startswith("{")]
    assert "request.ended" in {event["event"] for event in events}


def test_a_second_process_that_asks_for_the_same_address_is_told_so(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    environment = {**os.environ, "KAIHU_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    twice = SERVER % address + "app.create_app()"
    told = subprocess.run(
        [sys.executable, "-c", twice],
        env=environment | {"KAIHU_METRICS_ADDRESS": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "PortInUse" in told.stderr
