"""What a bank installs beside the program fits the program."""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import app
from cli.main import command_line
from cli.web_server import Limits
from engine.queue.work import Pace
from persistence import settings
from persistence.settings import Settings
from web.settings import WebSettings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SERVICES = ("kaihu-web.service", "kaihu-work@.service")
KNOWN = set(re.findall(r'"(KAIHU_\w+)"', inspect.getsource(settings)))
HARDENING = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "RestrictNamespaces": "yes",
    "SystemCallArchitectures": "native",
    "UMask": "0077",
    "User": "kaihu",
}


def options(name: str) -> dict[str, str]:
    """The settings of a unit; of one given twice, the last."""
    lines = (DEPLOY / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def environment() -> dict[str, str]:
    lines = (DEPLOY / "environment.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_example_environment_is_one_the_program_starts_with(tmp_path: Path) -> None:
    given = environment()
    assert set(given) <= KNOWN
    made = Settings.from_environment({**given, "KAIHU_HOME": str(tmp_path)})
    assert made.database_url.startswith("postgresql://")
    assert (made.secure_cookies, made.trusted_proxies, made.log_format) == (True, 1, "json")


@pytest.mark.parametrize("name", SERVICES)
def test_a_units_command_and_address_are_ones_the_program_takes(name: str) -> None:
    unit = options(name)
    [program, command, *given] = unit["ExecStart"].split()
    assert program.endswith("/kaihu")
    told = CliRunner().invoke(command_line(app.build), [command, "--help"]).stdout
    assert all(option in told for option in given)
    variable, _, address = unit["Environment"].partition("=")
    made = Settings.from_environment({variable: address.replace("%i", "1")})
    assert made.metrics_address is not None
    assert made.metrics_address[0] == "127.0.0.1"


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_gives_the_program_no_more_than_it_needs(name: str) -> None:
    unit = options(name)
    assert {option: unit.get(option) for option in HARDENING} == HARDENING


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_leaves_time_to_finish_what_has_begun_and_restarts_what_hangs(name: str) -> None:
    unit = options(name)
    assert int(unit["TimeoutStopSec"]) > Limits().stop_within + Pace().stop_within
    assert unit["Type"] == "notify"
    assert unit["Restart"] == "always"
    assert int(unit["WatchdogSec"]) > 0


def test_proxy_and_program_agree_on_sizes_and_on_who_says_where_a_request_comes_from() -> None:
    proxy = (DEPLOY / "nginx.conf.example").read_text(encoding="utf-8")
    largest = re.search(r"client_max_body_size (\d+)m;", proxy)
    assert largest
    uploads = next(field for field in dataclasses.fields(WebSettings) if field.name == "upload_bytes")
    assert uploads.default <= int(largest[1]) * 1024 * 1024 <= Limits().body_bytes
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in proxy
    assert 'proxy_set_header X-Forwarded-Host "";' in proxy
    [listening] = re.findall(r"server (127\.0\.0\.1:\d+);", proxy)
    assert options("kaihu-web.socket")["ListenStream"] == listening
