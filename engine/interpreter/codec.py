"""The tree of a case to canonical bytes and back. Variables are rows of their own and not in here.

Everything is written by ascending number, so that equal cases have equal bytes whatever happened before.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import orjson

from engine.interpreter.elements.multi_instance import only_waits
from engine.interpreter.environment import CaseEnvironment
from engine.interpreter.process_model import Program
from engine.interpreter.scopes import ItemLoader, Loader
from engine.interpreter.tree import ROOT, Task, TokenTree, Workflow
from engine.model import values

VERSION = 2
"""Raised when the layout changes; running cases keep theirs. 2 may have `folded`, and scopes a fourth part."""


def dump_tree(tree: TokenTree) -> bytes:
    """All of the case but its variables, as canonical JSON."""
    items = {number for number, task in tree.tokens.items() if task.triggered and only_waits(task)}
    state: dict[str, Any] = {
        "version": VERSION,
        "last": tree.last_number,
        "completed": tree.completed,
        "workflows": [[number, workflow.spec.name, _tokens(workflow, items)] for number, workflow in tree.workflows()],
        "incidents": [[number, phase] for number, phase in sorted(tree.incidents.items())],
        "scopes": [list(row) for row in tree.scopes.rows() if row[0] not in items],
    }
    if items or tree.folded:
        state["folded"] = [[body, f"{bits:x}"] for body, bits in sorted(_folded(tree, items).items())]
    return values.dumps(state)


def _folded(tree: TokenTree, items: Iterable[int]) -> dict[int, int]:
    """The bits of all items that only wait, by body."""
    folded = dict(tree.folded)
    for number in items:
        task = tree.tokens[number]
        body = task.parent.number
        folded[body] = folded.get(body, 0) | 1 << task.internal_data["index"]
    return folded


def _tokens(workflow: Workflow, but: Container[int]) -> list[list[Any]]:
    return [
        [
            task.number,
            0 if task.parent.number == ROOT else task.parent.number,
            task._state,
            task.task_spec.name,
            task.triggered,
            task.internal_data,
        ]
        for task in workflow.open_tasks()
        if task.number not in but
    ]


def load_tree(
    program: Program, data: bytes, load_scope: Loader, environment: CaseEnvironment, load_items: ItemLoader | None
) -> TokenTree:
    """The case as it was written, its variables to be loaded when first read."""
    state = orjson.loads(data)
    tree = TokenTree(program.specs, program.root, program.decisions, environment, load_scope, load_items)
    for number, spec, rows in state["workflows"]:
        workflow: Workflow = tree if number == 0 else tree.create_subprocess(tree.tokens[number], spec)
        for row in rows:
            _restore_token(workflow, row)
    for scope, parent, inherited, *gathered in state["scopes"]:
        tree.scopes.restore(scope, parent, set(inherited), *gathered)
    tree.incidents = dict(state["incidents"])
    tree.folded = {body: int(bits, 16) for body, bits in state.get("folded", ())}
    tree.last_number, tree.completed = state["last"], state["completed"]
    return tree


def _restore_token(workflow: Workflow, row: list[Any]) -> None:
    number, parent, state, spec, triggered, internal = row
    around = workflow.tasks[parent] if parent else workflow.task_tree
    task = Task(workflow, workflow.spec.task_specs[spec], around, state, number)
    task.triggered, task.internal_data = triggered, internal
