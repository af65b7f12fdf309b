"""The table of requirements says what tests and diagrams say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

DOCS = Path(__file__).resolve().parents[2] / "docs"


def requirement_table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("requirement_table", DOCS / "requirement_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_of_requirements_is_up_to_date() -> None:
    written = (DOCS / "requirements.md").read_text(encoding="utf-8")
    assert written == requirement_table().table(), "run: python docs/requirement_table.py"


def test_every_marked_requirement_exists() -> None:
    module = requirement_table()
    known = {line.split(",")[0] for line in (DOCS / "requirement_ids.csv").read_text(encoding="utf-8").splitlines()}
    marked = {id for id, _ in [*module.marked_tests(), *module.marked_elements()]}
    assert marked <= known
