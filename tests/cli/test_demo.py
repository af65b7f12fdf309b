"""`kaihu demo` opens both accounts; killed in the middle, the case goes on where it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import app
from cli.demo_home import staff_with_role
from cli.demo_story import ENTERPRISE, INDIVIDUAL, Story
from cli.parts import Parts
from persistence.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def demo(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", str(ROOT / "app.py"), "demo", *arguments],
        env={**os.environ, "KAIHU_HOME": str(home), "KAIHU_LANGUAGE": "en", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kaihu_in(home: Path) -> Parts:
    return app.build(replace(Settings.from_environment({"KAIHU_HOME": str(home)}), smtp_url=None))


@pytest.mark.requirement("R020", "R021", "R022", "R023", "R024", "R025", "R026", "R027", "R057", "R083")
def test_the_demo_opens_an_enterprises_and_an_individuals_account(tmp_path: Path) -> None:
    running = demo(tmp_path, "--json")
    output, progress = running.communicate(timeout=300)
    assert running.returncode == 0, progress
    cases = json.loads(output.splitlines()[-1])["cases"]
    assert [(case["kind"], case["state"]) for case in cases] == [("enterprise", "active"), ("individual", "active")]
    assert len({case["account"] for case in cases}) == 2
    assert progress.count("✓") == 2 * (1 + len(ENTERPRISE.steps))
    kaihu = kaihu_in(tmp_path)
    auditor = staff_with_role(kaihu, "internal_auditor")
    for case in cases:
        key = kaihu.engine.process_instances.find(auditor, case["business_key"]).key
        assert kaihu.engine.history.verify_chain(key).whole
        assert len(kaihu.engine.history.journal(auditor, key)) == case["journal_entries"]
        performers = {each.element_id: each.performer_person for each in kaihu.engine.history.activities(auditor, key)}
        makers = {performers[name] for name in performers if name.startswith("enter_")}
        assert makers.isdisjoint({performers["review_documents"], performers["approve_fast_lane"]})
    kaihu.database.close()


@pytest.mark.parametrize(
    ("killed_at", "story"),
    [("Review documents", ENTERPRISE), ("Enter individual application", INDIVIDUAL)],
)
def test_a_demo_killed_in_the_middle_of_a_case_goes_on_with_it(tmp_path: Path, killed_at: str, story: Story) -> None:
    killed = demo(tmp_path)
    assert killed.stderr is not None
    for line in killed.stderr:
        if killed_at in line:
            break
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    again = demo(tmp_path, "--json")
    output, progress = again.communicate(timeout=400)
    assert again.returncode == 0, progress
    (case,) = [case for case in json.loads(output.splitlines()[-1])["cases"] if case["kind"] == story.kind]
    assert killed_at not in progress.split(story.applicant)[1].split(case["account"])[0]
    kaihu = kaihu_in(tmp_path)
    auditor = staff_with_role(kaihu, "internal_auditor")
    key = kaihu.engine.process_instances.find(auditor, case["business_key"]).key
    assert kaihu.engine.history.verify_chain(key).whole
    kaihu.database.close()
