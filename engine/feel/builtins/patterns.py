"""XPath regular expressions on RE2: linear time (DMN 1.5, 10.3.4.3; XQuery F&O 3.1, 5.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

import re2

from engine.feel.builtins.pattern_translation import MAX_PATTERN, UnusablePattern, literal, translated
from engine.feel.environment import Environment
from engine.feel.errors import Unsuitable

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 2 << 20  # with less, a few \w fill it; with more, refusing a huge pattern would itself take long
_FLAGS = frozenset("smixq")
_REPLACEMENT = re.compile(r"\\([\\$])|\$([0-9]+)|([\\$])")

# Measured on one core, where a step is a quarter of a microsecond.
_REFUSAL = 180_000  # what RE2 does before it finds that a pattern is too large for it
_INSTRUCTIONS_PER_STEP = 20  # of RE2's slowest way to match
_CHARACTERS_PER_STEP = 40  # of its fast way, with Python's counting of characters
_CHARACTERS_BEYOND_PER_STEP = 100  # of its fast way alone
_STEPS_PER_MATCH, _STEPS_PER_GROUP = 20, 5
_STEPS_PER_INSTRUCTION, _STEPS_FOR_BOTH_WAYS = 3, 14  # to find where a match begins, RE2 writes the pattern backwards
_FREE_INSTRUCTIONS = 16
_KEPT_WIDTH = 6  # so few states that they are built once
_STEPS_TO_PARSE, _STEPS_TO_SUBTRACT, _STEPS_TO_WRITE = 8, 4_000, 25_000


class Use(Enum):
    """What is asked of a pattern; the less, the quicker."""

    FIND = "find"
    """Whether it matches somewhere."""
    PLACES = "places"
    """Where it matches."""
    GROUPS = "groups"
    """Where it matches, and what its groups capture."""


@dataclass(frozen=True)
class Pattern:
    """A pattern ready to match. `groups` are the numbers XPath gives to RE2's groups, `group_count` how many there are.

    `width` is how many places in the pattern a text can be at once; `settled` says that RE2 never reads
    far beyond the end of a match to find it.
    """

    compiled: Any
    groups: tuple[int, ...]
    group_count: int
    width: int
    settled: bool

    def found_in(self, text: str, environment: Environment) -> bool:
        """Whether the pattern, compiled to FIND, matches somewhere; charges for the way through the text."""
        environment.spend(self._way(len(text)))
        return self.compiled.match(text) is not None

    def matches_in(self, text: str, environment: Environment) -> Iterator[Any]:
        """The matches from left to right; charges for the way through the text and for each match."""
        environment.spend(self._way(len(text)))
        instructions = self.compiled.programsize
        for match in self.compiled.finditer(text):
            steps = _STEPS_PER_MATCH + _STEPS_PER_GROUP * len(self.groups)
            if self.groups:
                steps += (match.end() - match.start()) * instructions // _INSTRUCTIONS_PER_STEP
            if not self.settled:
                steps += (len(text) - match.end()) // _CHARACTERS_BEYOND_PER_STEP
            environment.spend(steps)
            yield match

    def _way(self, length: int) -> int:
        """Steps for one way through a text: RE2 builds at most a state per set of places, and keeps a few of them."""
        states = 0 if self.width <= _KEPT_WIDTH else min(length, 1 << min(self.width, 30))
        instructions: int = self.compiled.programsize
        return 1 + length // _CHARACTERS_PER_STEP + states * instructions // _INSTRUCTIONS_PER_STEP

    def matches_nothing(self) -> bool:
        """Whether the pattern matches the empty text, which F&O forbids in replace and tokenize."""
        return self.compiled.search("") is not None

    def group(self, match: Any, number: int) -> str:
        """What XPath's group captured, empty for one that took no part."""
        if number == 0:
            return str(match.group(0))
        parts = (match.group(at + 1) for at, own in enumerate(self.groups) if own == number)
        return next((part for part in parts if part is not None), "")


def compile_pattern(pattern: str, flags: str, environment: Environment, use: Use) -> Pattern:
    """The compiled pattern; raises Unsuitable for a bad pattern, an unknown flag or an over-long text.

    A command pays for a pattern once; which patterns this process happens to remember does not matter.
    """
    usable, steps = _compiled(pattern, flags, use)
    known = (pattern, f"{use.value} {flags}")
    if known not in environment.patterns:
        environment.spend(steps)
        if len(environment.patterns) >= 64:
            environment.patterns.clear()
        environment.patterns.add(known)
    if usable is None:
        raise UnusablePattern
    return usable


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str, use: Use) -> tuple[Pattern | None, int]:
    """The pattern, None if it cannot be used, and the steps it takes to find out."""
    if len(pattern) > MAX_PATTERN or not _FLAGS.issuperset(flags):
        return None, 1
    steps = 1 + _STEPS_TO_PARSE * len(pattern) + _STEPS_TO_SUBTRACT * pattern.count("-[")
    try:
        translation = literal(pattern) if "q" in flags else translated(pattern, flags, use is Use.GROUPS)
    except UnusablePattern:
        return None, steps + _STEPS_TO_WRITE
    except Unsuitable:
        return None, steps
    inline = "".join(flag for flag in "im" if flag in flags)
    text = f"{f'(?{inline})' if inline else ''}{'(?s:.*?)' if use is Use.FIND else ''}(?:{translation.text})"
    try:
        compiled = re2.compile(text, _OPTIONS)
    except re2.error:
        return None, steps + _REFUSAL
    usable = Pattern(
        compiled, tuple(translation.groups), translation.group_count, translation.width, translation.settled
    )
    states = 1 << translation.width if translation.width <= _KEPT_WIDTH else 0
    steps += states * compiled.programsize // _INSTRUCTIONS_PER_STEP
    each = _STEPS_PER_INSTRUCTION if use is Use.FIND else _STEPS_FOR_BOTH_WAYS
    return usable, steps + max(0, each * (compiled.programsize - _FREE_INSTRUCTIONS))


def replacement_parts(replacement: str, groups: int) -> list[str | int]:
    """A replacement as texts and group numbers: `$12` is group 12, or group 1 and a 2 where there are fewer.

    `\\$` and `\\\\` stand for themselves; a lone `$` or `\\` raises Unsuitable (F&O, error FORX0004).
    """
    parts: list[str | int] = []
    at = 0
    for found in _REPLACEMENT.finditer(replacement):
        parts.append(replacement[at : found.start()])
        at = found.end()
        if found[3]:
            raise UnusablePattern
        if found[1]:
            parts.append(found[1])
            continue
        digits = found[2]
        while len(digits) > 1 and (len(digits) > 4 or int(digits) > groups):
            digits = digits[:-1]
        parts += [int(digits), found[2][len(digits) :]]
    return [*parts, replacement[at:]]
