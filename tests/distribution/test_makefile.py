"""The Makefile installs anew when anything the installation is made from has changed, and only then."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MADE_FROM = sorted(
    file.relative_to(ROOT).as_posix()
    for pattern in (
        "pyproject.toml",
        "requirements.lock",
        "hatch_build.py",
        "web/frontend/build.js",
        "web/frontend/package*.json",
        "web/frontend/src/*",
        "web/translations/*/LC_MESSAGES/*.po",
    )
    for file in ROOT.glob(pattern)
)


def out_of_date(environment: Path, *options: str) -> bool:
    """Whether `make install` has something to do for a virtual environment in this folder."""
    (environment / ".installed").touch()
    command = ["make", "--question", *options, f"VENV={environment}", "install"]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode == 1


def test_an_installation_that_is_newer_than_everything_stays(tmp_path: Path) -> None:
    assert not out_of_date(tmp_path)


@pytest.mark.parametrize("name", MADE_FROM)
def test_a_change_in_what_it_is_made_from_renews_the_installation(tmp_path: Path, name: str) -> None:
    assert out_of_date(tmp_path, f"--what-if={name}")
