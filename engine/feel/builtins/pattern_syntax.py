"""XPath regular expressions as a tree (XQuery F&O 3.1, 5.6.1, over XML Schema Part 2, appendix F).

What the grammar does not know, such as `(?=…)`, `\\b` or `[[:alpha:]]`, raises Unsuitable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from engine.feel.builtins import character_sets as sets
from engine.feel.builtins.character_sets import Ranges
from engine.feel.errors import Unsuitable

MAX_NESTING = 40
"""Groups in groups; the parser and what reads the tree call themselves as often."""

MAX_COMPUTED = 16
"""Classes in a pattern whose characters must be counted out: those with a subtraction, or `\\W` in them."""

MAX_REPEAT = 1_000
"""The highest count RE2 takes in braces."""


@dataclass(frozen=True)
class Characters:
    """One character of a set. `named` are categories RE2 knows by name, `negated` takes all others."""

    ranges: Ranges = ()
    named: tuple[str, ...] = ()
    negated: bool = False


@dataclass(frozen=True)
class Anchor:
    """`^` or `$`."""

    sign: str


@dataclass(frozen=True)
class BackReference:
    """`\\1`: what the group matched, again."""

    group: int


@dataclass(frozen=True)
class Repeat:
    """A quantified node; `most` is None where there is no end to it."""

    node: Node
    least: int
    most: int | None
    reluctant: bool


@dataclass(frozen=True)
class Group:
    """A bracketed choice; `number` is 0 for one that does not capture."""

    node: Choice
    number: int


@dataclass(frozen=True)
class Choice:
    """Branches, the first that matches taken; each is a sequence of nodes."""

    branches: tuple[tuple[Node, ...], ...]


Node: TypeAlias = "Characters | Anchor | BackReference | Repeat | Group"

_LITERAL_ESCAPES = frozenset("\\|.?*+(){}-[]^$")
_CONTROL_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_SYNTAX = frozenset(".\\?*+{}()|[]")
_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_WORD = ("L", "M", "N", "S")  # all but punctuation, separators and others


def parse_pattern(pattern: str, dot_matches_all: bool) -> Choice:
    """The tree of a pattern. Raises Unsuitable."""
    parser = _Parser(pattern, dot_matches_all)
    tree = parser.choice()
    if parser.at < len(pattern):
        raise Unsuitable
    return tree


@dataclass
class _Parser:
    pattern: str
    dot_matches_all: bool
    at: int = 0
    groups: int = 0
    nesting: int = 0
    computed: int = 0
    open_groups: list[int] = field(default_factory=list)

    def _peek(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def _skip(self, text: str) -> bool:
        found = self._peek(text)
        if found:
            self.at += len(text)
        return found

    def _take(self) -> str:
        if self.at >= len(self.pattern):
            raise Unsuitable
        self.at += 1
        return self.pattern[self.at - 1]

    def choice(self) -> Choice:
        branches = [self._branch()]
        while self._skip("|"):
            branches.append(self._branch())
        return Choice(tuple(branches))

    def _branch(self) -> tuple[Node, ...]:
        nodes: list[Node] = []
        while self.at < len(self.pattern) and not self._peek("|") and not self._peek(")"):
            nodes.append(self._quantified(self._atom()))
        return tuple(nodes)

    def _atom(self) -> Node:
        character = self._take()
        if character == "(":
            return self._group()
        if character in "^$":
            return Anchor(character)
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        if character == ".":
            return Characters(((0, sets.LAST),) if self.dot_matches_all else sets.complement(((0xA, 0xA), (0xD, 0xD))))
        if character in _SYNTAX:
            raise Unsuitable
        return single_character(character)

    def _group(self) -> Group:
        self.nesting += 1
        if self.nesting > MAX_NESTING or (self._peek("?") and not self._peek("?:")):
            raise Unsuitable
        number = 0
        if not self._skip("?:"):
            self.groups += 1
            number = self.groups
            self.open_groups.append(number)
        inner = self.choice()
        if not self._skip(")"):
            raise Unsuitable
        if number:
            self.open_groups.pop()
        self.nesting -= 1
        return Group(inner, number)

    def _quantified(self, node: Node) -> Node:
        if self.at >= len(self.pattern) or self.pattern[self.at] not in "?*+{":
            return node
        sign = self._take()
        least, most = _QUANTIFIERS.get(sign) or self._quantity()
        return Repeat(node, least, most, reluctant=self._skip("?"))

    def _quantity(self) -> tuple[int, int | None]:
        inside, closing, rest = self.pattern[self.at :].partition("}")
        least, comma, most = inside.partition(",")
        if not closing or not all(part.isascii() and part.isdigit() and len(part) < 5 for part in (least, most or "0")):
            raise Unsuitable
        self.at = len(self.pattern) - len(rest)
        low, high = int(least), int(most) if most else (None if comma else int(least))
        if low > MAX_REPEAT or (high is not None and not low <= high <= MAX_REPEAT):
            raise Unsuitable
        return low, high

    def _escape(self) -> Node:
        if self._digit("123456789"):
            return self._back_reference()
        return self._escaped()

    def _digit(self, digits: str) -> bool:
        return self.at < len(self.pattern) and self.pattern[self.at] in digits

    def _back_reference(self) -> BackReference:
        """The longest number of a group that has been closed before."""
        number = int(self._take())
        while self._digit("0123456789") and number * 10 + int(self.pattern[self.at]) <= self.groups:
            number = number * 10 + int(self._take())
        if number > self.groups or number in self.open_groups:
            raise Unsuitable
        return BackReference(number)

    def _escaped(self) -> Characters:
        """What stands behind a backslash, outside or inside brackets."""
        letter = self._take()
        if letter in "pP":
            return self._property(letter == "P")
        if letter in _CONTROL_ESCAPES or letter in _LITERAL_ESCAPES:
            return single_character(_CONTROL_ESCAPES.get(letter, letter))
        negated = letter.isupper()
        match letter.lower():
            case "s":
                return Characters(sets.SPACE, negated=negated)
            case "d":
                return Characters(named=("Nd",), negated=negated)
            case "w":
                return Characters(named=_WORD, negated=negated)
            case "i":
                return Characters(sets.NAME_START, negated=negated)
            case "c":
                return Characters(sets.name_characters(), negated=negated)
        raise Unsuitable

    def _property(self, negated: bool) -> Characters:
        name, closing, rest = self.pattern[self.at :].partition("}")
        if not closing or not name.startswith("{"):
            raise Unsuitable
        self.at = len(self.pattern) - len(rest)
        name = name[1:]
        if name in ("C", "Cn"):  # RE2 leaves out the unassigned
            return Characters(sets.category_ranges(name), negated=negated)
        if name in sets.CATEGORIES:
            return Characters(named=(name,), negated=negated)
        if not name.startswith("Is") or name[2:] not in sets.BLOCKS:
            raise Unsuitable
        return Characters((sets.BLOCKS[name[2:]],), negated=negated)

    def _class(self) -> Characters:
        """A bracketed class, the opening bracket already taken."""
        self.nesting += 1
        negated = self._skip("^")
        ranges: list[tuple[int, int]] = []
        named: list[str] = []
        removed: Characters | None = None
        first = self.at
        while not self._peek("]") or self.at == first:
            if self.at > first and self._skip("-["):
                removed = self._class()
                break
            self._member(ranges, named)
        if not self._skip("]") or self.nesting > MAX_NESTING:
            raise Unsuitable
        self.nesting -= 1
        members = Characters(sets.joined(ranges), tuple(dict.fromkeys(named)), negated)
        if removed is None:
            return members
        return Subtracted(self._counted_out(members), removed=self._counted_out(removed))

    def _counted_out(self, characters: Characters) -> Ranges:
        self.computed += 1
        if self.computed > MAX_COMPUTED:
            raise Unsuitable
        return code_points(characters)

    def _member(self, ranges: list[tuple[int, int]], named: list[str]) -> None:
        start = self._class_character()
        if not isinstance(start, int):
            if start.negated or (start.named and start.ranges):
                ranges.extend(self._counted_out(start))
            else:
                ranges.extend(start.ranges)
                named.extend(start.named)
            return
        end = start
        if self._peek("-") and not self._peek("-]") and not self._peek("-["):
            self.at += 1
            last = self._class_character()
            if not isinstance(last, int) or last < start:
                raise Unsuitable
            end = last
        ranges.append((start, end))

    def _class_character(self) -> int | Characters:
        """The code point of a single character, or what an escape for many stands for."""
        character = self._take()
        if character in "[]":
            raise Unsuitable
        if character != "\\":
            return ord(character)
        many = self._pattern_letter()
        escaped = self._escaped()
        return escaped if many else escaped.ranges[0][0]

    def _pattern_letter(self) -> bool:
        return self.at < len(self.pattern) and self.pattern[self.at] in "pPsSdDwWiIcC"


@dataclass(frozen=True)
class Subtracted(Characters):
    """A class such as `[A-Z-[IO]]`; `removed` is known apart because the flag i applies to both sides."""

    removed: Ranges = ()


def single_character(character: str) -> Characters:
    """The set of one character."""
    return Characters(((ord(character), ord(character)),))


@lru_cache(maxsize=256)
def code_points(characters: Characters) -> Ranges:
    """All code points of a set."""
    if isinstance(characters, Subtracted):
        return sets.difference(characters.ranges, characters.removed)
    named = (each for name in characters.named for each in sets.category_ranges(name))
    members = sets.joined((*characters.ranges, *named))
    return sets.complement(members) if characters.negated else members
