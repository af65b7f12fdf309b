"""The pages of the control points say what diagrams, tables, code and tests say."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def controls() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_controls", DOCS / "controls.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["docs_controls"] = module  # its dataclass looks itself up there
    spec.loader.exec_module(module)
    return module


@pytest.mark.requirement("R008")
def test_the_pages_of_the_control_points_are_up_to_date(controls: ModuleType) -> None:
    written = (DOCS / "controls.md").read_text(encoding="utf-8")
    assert written == controls.document(), "run: python docs/controls.py"


def test_every_control_point_is_proven_by_tests_and_stands_in_a_diagram(controls: ModuleType) -> None:
    assert {point for point, _ in controls.marked_tests()} == set(controls.GUARDS)
    assert {step.point for step in controls.steps()} - {""} == set(controls.GUARDS)


def test_a_worker_step_of_a_control_is_done_by_code_of_the_bank(controls: ModuleType) -> None:
    assert [step.id for step in controls.steps() if step.decides == "a person"] == []
    workers = {step.decides for step in controls.steps() if step.decides.startswith("`")}
    assert all(each.startswith("`workers/") for each in workers)
