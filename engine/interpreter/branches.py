"""Children of parallel multi-instance activities that have an inside: kept apart from the tokens until asked for.

A branch is what the state says of one such child: its own token, the sub-processes in it with theirs, scopes,
incidents and folded items. The state holds it as a text, so that a command neither reads nor makes what it does not
touch: of ten thousand branches it copies ten thousand texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from engine.model import values

if TYPE_CHECKING:
    from engine.interpreter.tree import Task, TokenTree

Branch: TypeAlias = list[list[Any]]
"""By the places below, as JSON has it."""
TOKEN, INSIDES, SCOPES, INCIDENTS, FOLDED = range(5)

_NOTHING_FOLDED = ",[]]"  # the end of such a branch's text


def apart(tree: TokenTree) -> dict[int, int]:
    """By number of each token that belongs to a branch: the number of the branch's own."""
    heads = {
        number
        for number in tree.subprocesses
        if tree.tokens[number].triggered and "first" in tree.tokens[number].parent.internal_data
    }
    found: dict[int, int] = {}
    if heads:
        for number in sorted(tree.tokens):  # what is around has the lower number
            around = tree.tokens[number].workflow.parent_task_id
            head = found.get(around or 0, number if number in heads else None)
            if head is not None:
                found[number] = head
    return found


def branches_of(tree: TokenTree, heads: dict[int, int], items: Container[int]) -> dict[int, Branch]:
    """The branches that are tokens now; `items` are written as bits, and not yet in them."""
    made: dict[int, Branch] = {head: [tree.tokens[head].row(), [], [], [], []] for head in sorted(set(heads.values()))}
    for number, workflow in tree.workflows():
        if number in heads:
            made[heads[number]][INSIDES].append([number, workflow.spec.name, workflow.rows(items)])
    for scope in tree.scopes.rows():
        if abs(scope[0]) in heads and scope[0] not in items:
            made[heads[abs(scope[0])]][SCOPES].append(list(scope))
    for number, phase in sorted(tree.incidents.items()):
        if number in heads:
            made[heads[number]][INCIDENTS].append([number, phase])
    return made


def text_of(branch: Branch) -> str:
    """The numbers of its tokens, each between blanks, and then all of it."""
    numbers = " ".join(str(row[0]) for row in _rows(branch))
    return f" {numbers} |{values.dumps(branch).decode()}"


def read(text: str) -> Branch:
    """What `text_of` wrote."""
    branch: Branch = orjson.loads(text.partition("|")[2])
    return branch


def holder_of(branches: dict[str, str], number: int) -> str | None:
    """The branch in which the element instance of that number is, as a token or as a folded item."""
    mark = f" {number} "
    for head, text in branches.items():
        if mark in text and mark in text.partition("|")[0]:
            return head
    folding = (head for head, text in branches.items() if not text.endswith(_NOTHING_FOLDED))
    return next((head for head in folding if number in _folded(read(branches[head]))), None)


def _folded(branch: Branch) -> Iterator[int]:
    internals = {row[0]: row[5] for row in _rows(branch)}
    for body, bits in branch[FOLDED]:
        first = internals[body]["first"]
        yield from (first + place for place in places(int(bits, 16)))


def unfold(tree: TokenTree, head: str) -> None:
    """Make tokens of an item with an inside, and of all that is in it."""
    branch = read(tree.branches.pop(head))
    tree.tokens[branch[TOKEN][1]].workflow.restore_token(branch[TOKEN])
    for number, spec, rows in branch[INSIDES]:
        inside = tree.create_subprocess(tree.tokens[number], spec)
        for row in rows:
            inside.restore_token(row)
    tree.restore_beside(branch[SCOPES], branch[INCIDENTS], branch[FOLDED])


def unfold_due(tree: TokenTree) -> None:
    """Make tokens of every branch in which a timer is due."""
    now = tree.environment.now
    for head in [head for head, text in tree.branches.items() if '"arms"' in text and _has_due(read(text), now)]:
        unfold(tree, head)


def _has_due(branch: Branch, now: dt.datetime) -> bool:
    dues = (arm[0] for row in _rows(branch) for arm in row[5].get("arms", ()))
    return any(at is not None and dt.datetime.fromisoformat(at) <= now for at in dues)


def unfold_on(body: Task) -> None:
    """Make tokens of every branch of a parallel body."""
    tree = body.case
    for head in [head for head, text in tree.branches.items() if read(text)[TOKEN][1] == body.number]:
        unfold(tree, head)


def _rows(branch: Branch) -> Iterable[list[Any]]:
    yield branch[TOKEN]
    for _, _, rows in branch[INSIDES]:
        yield from rows


def places(bits: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    return (place for place, bit in enumerate(reversed(f"{bits:b}")) if bit == "1")
