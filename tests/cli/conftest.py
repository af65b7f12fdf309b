"""The `kaihu` command as a person types it, over a home of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import app
from cli.main import command_line

Kaihu = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def kaihu(home: Path) -> Kaihu:
    """Run one command; settings by keyword, e.g. `kaihu("work", KAIHU_ZONE="Mars")`."""

    def run(*arguments: str, **settings: str) -> Result:
        environment = {"KAIHU_HOME": str(home), "KAIHU_LANGUAGE": "en", **settings}
        return CliRunner(env=environment).invoke(command_line(app.build), [str(argument) for argument in arguments])

    return run
