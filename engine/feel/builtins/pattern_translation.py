"""XPath patterns written in RE2's syntax.

RE2 has no back-references. One to a group that can match only a few texts, such as `([md])` or `(ab|cd)`,
is spelt out as so many alternatives; any other is as unsuitable as a pattern that does not parse.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import re2

from engine.feel.builtins import character_sets as sets
from engine.feel.builtins.pattern_syntax import (
    Anchor,
    BackReference,
    Characters,
    Choice,
    Group,
    Node,
    Repeat,
    Subtracted,
    code_points,
    parse_pattern,
)
from engine.feel.errors import Unsuitable, WarningCode

MAX_PATTERN = 2_000
_MAX_TRANSLATED = 60_000
_MAX_WRITTEN = 3 * _MAX_TRANSLATED  # what is written inside groups counts once a level
_MAX_WORDS = 64
_MAX_REFERRED = 9
_BLANKS = frozenset(" \t\n\r")


class UnusablePattern(Unsuitable):
    """A pattern, its flags or a replacement that XPath or RE2 does not know."""

    warning = WarningCode.UNUSABLE_PATTERN


@dataclass
class Translation:
    """A pattern in RE2's syntax, with what `Pattern` says of it."""

    text: str
    groups: list[int]
    group_count: int
    width: int
    settled: bool


def literal(pattern: str) -> Translation:
    """A text that stands for itself, as the flag `q` asks."""
    return Translation(re2.escape(pattern), [], 0, min(len(pattern), 4), settled=True)


def translated(pattern: str, flags: str, capturing: bool) -> Translation:
    """A pattern under its flags. Raises Unsuitable."""
    tree = parse_pattern(_without_blanks(pattern) if "x" in flags else pattern, "s" in flags)
    referred = {number for node in _nodes(tree) for number in _references(node)}
    if len(referred) > _MAX_REFERRED:
        raise UnusablePattern
    writer = _Writer(referred, ignore_case="i" in flags, capturing=capturing)
    text = writer.choice(tree, {})
    if len(text) > _MAX_TRANSLATED:
        raise UnusablePattern
    numbers = [number for node in _nodes(tree) for number in _group_numbers(node)]
    return Translation(text, writer.groups, len(numbers), _width(tree), _settled(tree))


def _without_blanks(pattern: str) -> str:
    """The pattern without white space outside bracketed classes, as the flag `x` asks."""
    kept, depth, escaped = [], 0, False
    for character in pattern:
        if not depth and character in _BLANKS:
            continue
        kept.append(character)
        if character == "[" and not escaped:
            depth += 1
        elif character == "]" and depth and not escaped:
            depth -= 1
        escaped = character == "\\" and not escaped
    return "".join(kept)


class _Writer:
    """Writes a tree in RE2's syntax; `groups` are the numbers of the groups it has opened so far."""

    def __init__(self, referred: set[int], ignore_case: bool, capturing: bool) -> None:
        self._referred = referred
        self.ignore_case = ignore_case
        self._capturing = capturing
        self._size = 0
        self.groups: list[int] = []

    def choice(self, choice: Choice, known: dict[int, str]) -> str:
        return "|".join(self._sequence(branch, known) for branch in choice.branches)

    def _sequence(self, nodes: tuple[Node, ...], known: dict[int, str]) -> str:
        """The nodes one after the other; behind a group that is referred to, once for each text of it."""
        written: list[str] = []
        for at, node in enumerate(nodes):
            if isinstance(node, Group) and node.number in self._referred and node.number not in known:
                return "".join(written) + self._spelt_out(node, nodes[at + 1 :], known)
            written.append(self._node(node, known))
            self._size += len(written[-1])
            if self._size > _MAX_WRITTEN:
                raise UnusablePattern
        return "".join(written)

    def _spelt_out(self, group: Group, rest: tuple[Node, ...], known: dict[int, str]) -> str:
        ways = []
        for word in dict.fromkeys(_words(group.node)):
            ways.append(
                f"{self._opened(group.number)}{_quoted(word)}){self._sequence(rest, {**known, group.number: word})}"
            )
            if sum(map(len, ways)) > _MAX_TRANSLATED:
                raise UnusablePattern
        return f"(?:{'|'.join(ways)})"

    def _opened(self, number: int) -> str:
        if not number or not self._capturing:
            return "(?:"
        self.groups.append(number)
        return "("

    def _node(self, node: Node, known: dict[int, str]) -> str:
        if isinstance(node, Characters):
            return self._characters(node)
        if isinstance(node, Anchor):
            return node.sign
        if isinstance(node, BackReference):
            if node.group not in known:
                raise UnusablePattern
            return f"(?:{_quoted(known[node.group])})"
        if isinstance(node, Group):
            return f"{self._opened(node.number)}{self.choice(node.node, known)})"
        count = f"{{{node.least},{'' if node.most is None else node.most}}}"
        return f"(?:{self._node(node.node, known)}){count}{'?' if node.reluctant else ''}"

    def _characters(self, node: Characters) -> str:
        """A class. The flag i is none of the named categories' business, and applies to both sides of a subtraction."""
        if isinstance(node, Subtracted):
            if not self.ignore_case:
                return _bracketed(code_points(node))
            left = sets.difference(sets.both_cases(node.ranges), sets.both_cases(node.removed))
            return f"(?-i:{_bracketed(left)})"
        if self.ignore_case and node.named:
            return f"(?-i:{_bracketed(sets.both_cases(node.ranges), node.named, node.negated)})"
        return _bracketed(node.ranges, node.named, node.negated)


def _bracketed(ranges: sets.Ranges, named: tuple[str, ...] = (), negated: bool = False) -> str:
    if not ranges and not named:
        return f"[^\\x{{0}}-\\x{{{sets.LAST:X}}}]"
    inside = "".join(f"\\p{{{name}}}" for name in named)
    inside += "".join(f"\\x{{{start:X}}}-\\x{{{end:X}}}" for start, end in ranges)
    return f"[{'^' if negated else ''}{inside}]"


def _quoted(word: str) -> str:
    return "".join(f"\\x{{{ord(character):X}}}" for character in word)


def _nodes(choice: Choice) -> Iterator[Node]:
    return (node for branch in choice.branches for node in branch)


def _group_numbers(node: Node) -> Iterator[int]:
    if isinstance(node, Repeat):
        yield from _group_numbers(node.node)
    elif isinstance(node, Group):
        if node.number:
            yield node.number
        for inner in _nodes(node.node):
            yield from _group_numbers(inner)


def _references(node: Node) -> Iterator[int]:
    if isinstance(node, Repeat):
        yield from _references(node.node)
    elif isinstance(node, Group):
        for inner in _nodes(node.node):
            yield from _references(inner)
    elif isinstance(node, BackReference):
        yield node.group


def _words(choice: Choice) -> list[str]:
    """All texts a choice matches, in the order it tries them; raises Unsuitable where they are many."""
    found: list[str] = []
    for branch in choice.branches:
        heads = [""]
        for node in branch:
            tails = _words_of(node)
            heads = _few([head + tail for head in heads for tail in tails])
        found = _few(found + heads)
    return found


def _words_of(node: Node) -> list[str]:
    if isinstance(node, Characters):
        points = code_points(node) if not node.named and not node.negated else ()
        if not points or sum(end - start + 1 for start, end in points) > _MAX_WORDS:
            raise UnusablePattern
        return [chr(code) for start, end in points for code in range(start, end + 1)]
    if isinstance(node, Group) and not node.number:
        return _words(node.node)
    if isinstance(node, Repeat) and node.most is not None and node.most <= _MAX_WORDS:
        return _repeated(_words_of(node.node), node, 0)
    raise UnusablePattern


def _repeated(words: list[str], node: Repeat, done: int) -> list[str]:
    stop = [""] if done >= node.least else []
    if done == node.most:
        return stop
    further = _few([word + rest for word in words for rest in _repeated(words, node, done + 1)])
    return stop + further if node.reluctant else further + stop


def _few(words: list[str]) -> list[str]:
    if len(words) > _MAX_WORDS or sum(map(len, words)) > MAX_PATTERN:
        raise UnusablePattern
    return words


def _width(choice: Choice) -> int:
    return sum(_width_of(node) for node in _nodes(choice))


def _width_of(node: Node) -> int:
    if isinstance(node, Repeat):
        return _width_of(node.node) * max(node.least, node.most or 1)
    if isinstance(node, Group):
        return _width(node.node)
    return 0 if isinstance(node, Anchor) else 1


def _settled(choice: Choice) -> bool:
    """Whether every branch has an end, or ends in a repeated single character: it may stop after each."""
    return all(
        all(_has_end(node) for node in branch[:-1]) and (not branch or _settled_end(branch[-1]))
        for branch in choice.branches
    )


def _settled_end(node: Node) -> bool:
    if isinstance(node, Repeat) and isinstance(node.node, Characters):
        return True
    return _settled(node.node) if isinstance(node, Group) else _has_end(node)


def _has_end(node: Node) -> bool:
    if isinstance(node, Repeat):
        return node.most is not None and _has_end(node.node)
    return all(_has_end(inner) for inner in _nodes(node.node)) if isinstance(node, Group) else True
