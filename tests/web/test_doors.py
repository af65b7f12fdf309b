"""Pages give commands and ask questions; where a transaction begins and ends is for services and doors."""

from __future__ import annotations

import ast
from pathlib import Path

import web


def test_no_page_opens_a_transaction() -> None:
    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted(Path(web.__file__).parent.rglob("*.py"))
        if "node_modules" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "transaction"
    ]
    assert found == []
