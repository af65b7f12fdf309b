"""`kaihu work`: says what it does in the person's language, and ends well when told to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Kaihu
from tests.cli.test_start import ROOT

_SAID = {
    "en": ("running", "taking no more work; finishing what runs", "stopped"),
    "zh": ("正在执行", "不再接收新作业", "已停止"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sigterm_ends_it_well_and_every_step_is_said(database_url: str, home: Path, language: str) -> None:
    settings = {"KAIHU_HOME": str(home), "KAIHU_DATABASE_URL": database_url, "KAIHU_LANGUAGE": language}
    command = [sys.executable, "-c", "from cli.main import main\nmain()", "work"]
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as working:
        assert working.stdout is not None
        first = working.stdout.readline()
        working.terminate()
        rest, errors = working.communicate(timeout=90)
    assert working.returncode == 0, errors
    said = [first, *rest.splitlines()]
    assert [expected for expected, line in zip(_SAID[language], said, strict=True) if expected not in line] == []
    assert ("PostgreSQL" in first) is database_url.startswith("postgresql")


def test_threads_beyond_the_connections_of_a_process_are_refused(kaihu: Kaihu) -> None:
    refused = kaihu("work", KAIHU_JOB_THREADS="500")
    assert refused.exit_code == 1
    assert "KAIHU_JOB_THREADS" in refused.stderr


@pytest.mark.parametrize("lease", ["2", "301", "1.5", "soon"])
def test_a_lease_too_short_to_be_renewed_or_too_long_to_wait_for_is_refused(kaihu: Kaihu, lease: str) -> None:
    refused = kaihu("work", KAIHU_JOB_LEASE=lease)
    assert refused.exit_code == 1
    assert "KAIHU_JOB_LEASE" in refused.stderr


def test_on_sqlite_nothing_waits_for_procrastinate(home: Path) -> None:
    code = (
        "import sys\nfrom app import build\nfrom persistence.settings import Settings\n"
        "parts = build(Settings.from_environment())\nparts.executor.start()\nparts.executor.stop()\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    environment = {**os.environ, "KAIHU_HOME": str(home), "PYTHONPATH": str(ROOT)}
    built = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    found = set(built.stdout.split())
    assert "engine" in found
    assert found.isdisjoint({"procrastinate", "psycopg_pool", "asgiref", "croniter"})
