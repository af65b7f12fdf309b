"""What a bank installs: the wheel holds everything Kaihu needs, and works away from the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("engine", "workers", "bank", "persistence", "web", "cli", "processes", "forms")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built without network: the front end is up to date wherever tests run."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, "-w", folder, ROOT], check=True)
    return next(folder.glob("kaihu-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """A folder with the wheel's files, far from the repository."""
    folder = wheel.parent / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def in_repository() -> set[str]:
    """The files of every part as the tree holds them, what is built included, what only builds left out."""
    sources = {ROOT / "app.py", *(file for part in PARTS for file in (ROOT / part).rglob("*") if file.is_file())}
    names = {file.relative_to(ROOT).as_posix() for file in sources if "__pycache__" not in file.parts}
    return {name for name in names if not name.startswith("web/frontend/")}


def kaihu(installed: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The installed command, in a folder without the repository's files."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "KAIHU_LANGUAGE": "en"}
    command = [sys.executable, "-c", "from cli import main; print(main.__file__); main.main()", *map(str, arguments)]
    result = subprocess.run(command, check=False, cwd=installed.parent, env=environment, capture_output=True, text=True)
    assert result.stdout.startswith(str(installed / "cli" / "main.py")), "the repository's own files were used"
    return result


def test_the_wheel_holds_every_file_of_every_part_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == in_repository()


def test_the_wheel_holds_the_built_front_end_and_the_compiled_catalogs(installed: Path) -> None:
    for name in ("web/static/built/pages.js", "web/static/built/pages.css", "web/static/built/LICENSES.txt"):
        assert (installed / name).stat().st_size
    assert list((installed / "web" / "translations").glob("*/LC_MESSAGES/messages.mo"))


def test_the_licence_is_the_repositorys(installed: Path) -> None:
    (licence,) = installed.glob("kaihu-*.dist-info/licenses/LICENSE")
    assert licence.read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert "Apache License" in licence.read_text(encoding="utf-8")


def test_the_command_runs_away_from_the_repository(installed: Path) -> None:
    told = kaihu(installed, "--help")
    assert told.returncode == 0, told.stderr
    assert "bank account opening" in told.stdout


def test_the_shipped_scenarios_pass_away_from_the_repository(installed: Path) -> None:
    played = kaihu(installed, "test", installed / "processes")
    assert played.returncode == 0, played.stdout + played.stderr
    assert "✓" in played.stdout
