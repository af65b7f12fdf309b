"""Finished tokens leave the tree at once; the journal is the history.

SpiffWorkflow keeps every finished task as the parent of its successors, so state and cost grow with each
round of a loop, and beyond a depth of 1000 tasks vanish from its iterators. Nothing of ours looks back: joins
note the flow a token came by. So the tokens that follow a task are put under its parent, and it goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.interpreter.tree import Task


def move_out(task: Task) -> None:
    """Take a token off the activity it hangs on, so that the activity's end does not end it."""
    host = task.parent
    host._children.remove(task.number)
    task.parent = host.parent
    host.parent._children.append(task.number)
    task.triggered = False
