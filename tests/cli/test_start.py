"""A command starts with what it needs and no more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import COMMANDS
from tests.cli.conftest import Kaihu

ROOT = Path(__file__).resolve().parents[2]
PLAIN = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
<bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="s"/></bpmn:process></bpmn:definitions>"""

EMPTY_MODEL = '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m"/>'


def imported(home: Path, *arguments: str) -> set[str]:
    """The modules a process of its own has imported when the command is done."""
    code = (
        "import sys\nfrom cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "print('imported', *sys.modules)"
    )
    command = [sys.executable, "-c", code, *arguments]
    environment = {**os.environ, "KAIHU_HOME": str(home), "PYTHONPATH": str(ROOT)}
    result = subprocess.run(command, cwd=home, env=environment, check=True, capture_output=True, text=True)
    return set(result.stdout.splitlines()[-1].split())


def test_help_waits_for_neither_engine_nor_bank_nor_pages(tmp_path: Path) -> None:
    assert imported(tmp_path, "--help").isdisjoint({"app", "engine", "bank", "web", "workers", "flask", "sqlalchemy"})


def test_a_play_waits_for_no_pages_no_workers_and_no_migrations(tmp_path: Path) -> None:
    (tmp_path / "plain.bpmn").write_text(PLAIN)
    found = imported(tmp_path, "run", "plain.bpmn")
    assert "engine.simulation" in found
    assert found.isdisjoint({"app", "web", "workers", "flask", "alembic"})


def test_an_evaluation_waits_for_neither_bank_nor_database_nor_interpreter(tmp_path: Path) -> None:
    (tmp_path / "plain.dmn").write_text(EMPTY_MODEL)
    for arguments in (("feel", "1 + 1"), ("dmn", "plain.dmn")):
        found = imported(tmp_path, *arguments)
        assert "engine.feel" in found
        assert found.isdisjoint({"app", "bank", "web", "workers", "flask", "sqlalchemy", "SpiffWorkflow"})


def test_the_whole_of_kaihu_starts_without_what_only_some_cases_need(tmp_path: Path) -> None:
    imported(tmp_path, "migrate")
    found = imported(tmp_path, "user", "first", "--name-zh", "何敏", "--name-en", "He Min")
    assert {"app", "web", "workers"} <= found
    assert found.isdisjoint({"alembic", "holidays", "procrastinate", "pypinyin"})


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_list_explains_itself(kaihu: Kaihu, name: str) -> None:
    assert COMMANDS[name][2] in kaihu("--help").stdout
    told = kaihu(name, "--help")
    assert told.exit_code == 0
    assert f"kaihu {name} " in told.stdout
