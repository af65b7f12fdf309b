"""XPath regular expressions on RE2, which never takes more than linear time (DMN 1.5, 10.3.4.3).

RE2 has no back-references; a pattern that uses one is as unsuitable as one that does not parse.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

from engine.feel.errors import Unsuitable

MAX_PATTERN = 2_000
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 8 << 20

# XML Schema's classes as Unicode categories, usable inside a bracketed class too. `\w` is all but
# punctuation, separators and the unassigned, so that it takes Chinese as well as Latin letters.
_CLASSES = {
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "w": r"\p{L}\p{M}\p{N}\p{S}",
    "W": r"\p{P}\p{Z}\p{C}",
    "i": r"\p{L}_:",
    "c": r"\p{L}\p{N}\p{M}_:.\-",
}
_BLOCKS = {
    "IsBasicLatin": r"\x{0}-\x{7F}",
    "IsLatin-1Supplement": r"\x{80}-\x{FF}",
    "IsCJKSymbolsandPunctuation": r"\x{3000}-\x{303F}",
    "IsCJKUnifiedIdeographs": r"\x{4E00}-\x{9FFF}",
}
_FLAGS = frozenset("smixq")
_BLOCK = re.compile(r"p\{(Is[A-Za-z0-9-]+)\}")
_SUBTRACTION = re.compile(r"\[([^\[\]\\^]+)-\[([^\[\]\\^]+)\]\]")
_MEMBER = re.compile(r"(.)(?:-(.))?", re.DOTALL)
_GROUP = re.compile(r"\\([\\$])|\$(\d)")


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> Any:
    """The compiled pattern; raises Unsuitable for a bad pattern, an unknown flag or an over-long text."""
    if len(pattern) > MAX_PATTERN or not _FLAGS.issuperset(flags):
        raise Unsuitable
    if "q" in flags:
        translated = re2.escape(pattern)
    else:
        translated = _translated(_without_blanks(pattern) if "x" in flags else pattern, "s" in flags)
    inline = "".join(flag for flag in "ims" if flag in flags)
    try:
        return re2.compile(f"(?{inline})(?:{translated})" if inline else translated, _OPTIONS)
    except re2.error as error:
        raise Unsuitable from error


def _without_blanks(pattern: str) -> str:
    """The pattern without white space outside bracketed classes, as the flag `x` asks."""
    return re.sub(r"(\[(?:\\.|[^\]\\])*\])|[ \t\n\r]+", lambda match: match[1] or "", pattern)


def _translated(pattern: str, dot_matches_all: bool) -> str:
    out, in_class, at = [], False, 0
    while at < len(pattern):
        character = pattern[at]
        at += 1
        if character == "\\" and at < len(pattern):
            block = _BLOCK.match(pattern, at)
            out.append(_block(block[1], in_class) if block else _escape(pattern[at], in_class))
            at = block.end() if block else at + 1
            continue
        subtraction = None if in_class else _SUBTRACTION.match(pattern, at - 1)
        if subtraction:
            out.append(_difference(subtraction[1], subtraction[2]))
            at = subtraction.end()
            continue
        if (in_class and character == "[") or (character == "(" and _is_extension(pattern, at)):
            raise Unsuitable  # a subtraction of other shapes, or a group XPath does not know
        if character == "." and not in_class and not dot_matches_all:
            character = r"[^\n\r]"
        in_class = character == "[" or (in_class and character != "]")
        out.append(character)
    return "".join(out)


def _difference(members: str, removed: str) -> str:
    """The class `[members-[removed]]`, which RE2 does not know, as the ranges that are left."""
    gone = _ranges(removed)
    left = []
    for first, end in _ranges(members):
        start = first
        for gone_start, gone_end in gone:
            if gone_start <= end and start <= gone_end:
                if start < gone_start:
                    left.append((start, gone_start - 1))
                start = gone_end + 1
        if start <= end:
            left.append((start, end))
    if not left:
        raise Unsuitable
    return "[" + "".join(f"\\x{{{start:X}}}-\\x{{{end:X}}}" for start, end in left) + "]"


def _ranges(members: str) -> list[tuple[int, int]]:
    """The single characters and ranges of a class, by code point in ascending order."""
    found = [(ord(match[1]), ord(match[2] or match[1])) for match in _MEMBER.finditer(members)]
    return sorted(found)


def _is_extension(pattern: str, at: int) -> bool:
    return pattern[at : at + 1] == "?" and pattern[at + 1 : at + 2] != ":"


def _block(name: str, in_class: bool) -> str:
    if name not in _BLOCKS:
        raise Unsuitable
    return _BLOCKS[name] if in_class else f"[{_BLOCKS[name]}]"


def _escape(letter: str, in_class: bool) -> str:
    if letter.isdigit():
        raise Unsuitable  # a back-reference, or an octal number XPath does not know
    members = _CLASSES.get(letter)
    if members is None:
        return "\\" + letter
    return members if in_class else f"[{members}]"


def expand(replacement: str, match: Any, literal: bool) -> str:
    """The replacement for one match: `$1` is a group, `\\$` and `\\\\` stand for themselves."""
    if literal:
        return replacement

    def one(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        group = int(found[2])
        return (match.group(group) or "") if group <= match.re.groups else ""

    return _GROUP.sub(one, replacement)
