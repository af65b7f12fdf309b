"""What the README lists is what the code has."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from cli import sign_in
from cli.main import COMMANDS
from persistence import settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows(heading: str) -> set[str]:
    """The first word of the first cell of each row of the table under a heading."""
    section = README.split(f"## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)", section, re.MULTILINE))


def test_every_setting_is_in_the_readme() -> None:
    used = set(re.findall(r'"(KAIHU_\w+)"', inspect.getsource(settings) + inspect.getsource(sign_in)))
    assert rows("Settings") == used


def test_every_command_is_in_the_readme() -> None:
    assert rows("The `kaihu` command") == set(COMMANDS)


def test_every_folder_of_the_map_exists() -> None:
    for name in re.findall(r"^\| `(\w+/)`", README, re.MULTILINE):
        assert (ROOT / name).is_dir(), name
