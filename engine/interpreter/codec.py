"""The tree of a case to canonical bytes and back. Variables are rows of their own and not in here.

Everything is written by ascending number, so that equal cases have equal bytes whatever happened before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from engine.interpreter.branches import FOLDED, apart, branches_of, text_of
from engine.interpreter.elements.multi_instance import only_waits
from engine.interpreter.environment import CaseEnvironment
from engine.interpreter.errors import StateTooNew
from engine.interpreter.process_model import Program
from engine.interpreter.scopes import ItemLoader, Loader
from engine.interpreter.tree import TokenTree, Workflow
from engine.model import values

VERSION = 2
"""Raised when the layout changes. 2 has `folded`, `branches`, scopes with a fourth part.

While machines are upgraded one by one the older program must read what the newer one has written: what is written
here is a layout that the release before could read.
"""

_READABLE = frozenset({1, VERSION})


def dump_tree(tree: TokenTree) -> bytes:
    """All of the case but its variables, as canonical JSON."""
    items = {number for number, task in tree.tokens.items() if task.triggered and only_waits(task)}
    heads = apart(tree) if tree.subprocesses else {}
    beside = items | heads.keys()
    workflows = [(number, workflow) for number, workflow in tree.workflows() if number not in heads]
    state: dict[str, Any] = {
        "version": VERSION,
        "last": tree.last_number,
        "completed": tree.completed,
        "workflows": [[number, workflow.spec.name, workflow.rows(beside)] for number, workflow in workflows],
        "incidents": [[number, phase] for number, phase in sorted(tree.incidents.items()) if number not in heads],
        "scopes": [list(row) for row in tree.scopes.rows() if abs(row[0]) not in beside],
    }
    branches = branches_of(tree, heads, items) if heads else {}
    if items or tree.folded:
        for body, bits in sorted(_folded(tree, items).items()):
            kept = branches[heads[body]][FOLDED] if body in heads else state.setdefault("folded", [])
            kept.append([body, f"{bits:x}"])
    if branches or tree.branches:
        state["branches"] = tree.branches | {str(head): text_of(branch) for head, branch in branches.items()}
    return values.dumps(state)


def _folded(tree: TokenTree, items: Iterable[int]) -> dict[int, int]:
    """The bits of all items that only wait, by body."""
    folded = dict(tree.folded)
    for number in items:
        task = tree.tokens[number]
        body = task.parent.number
        folded[body] = folded.get(body, 0) | 1 << task.internal_data["index"]
    return folded


def load_tree(
    program: Program, data: bytes, load_scope: Loader, environment: CaseEnvironment, load_items: ItemLoader | None
) -> TokenTree:
    """The case as it was written, its variables to be loaded when first read. Raises StateTooNew."""
    state = orjson.loads(data)
    if state["version"] not in _READABLE:
        raise StateTooNew()
    tree = TokenTree(program.specs, program.root, program.decisions, environment, load_scope, load_items)
    for number, spec, rows in state["workflows"]:
        workflow: Workflow = tree if number == 0 else tree.create_subprocess(tree.tokens[number], spec)
        for row in rows:
            workflow.restore_token(row)
    tree.restore_beside(state["scopes"], state["incidents"], state.get("folded", []))
    tree.branches = state.get("branches", {})
    tree.last_number, tree.completed = state["last"], state["completed"]
    return tree
