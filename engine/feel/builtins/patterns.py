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
_FLAGS = frozenset("smixq")
_GROUP = re.compile(r"\\([\\$])|\$(\d)")


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> Any:
    """The compiled pattern; raises Unsuitable for a bad pattern, an unknown flag or an over-long text."""
    if len(pattern) > MAX_PATTERN or not _FLAGS.issuperset(flags):
        raise Unsuitable
    translated = re2.escape(pattern) if "q" in flags else _translated(pattern, "x" in flags)
    inline = "".join(flag for flag in "ims" if flag in flags)
    try:
        return re2.compile(f"(?{inline})(?:{translated})" if inline else translated, _OPTIONS)
    except re2.error as error:
        raise Unsuitable from error


def _translated(pattern: str, ignore_blanks: bool) -> str:
    out, in_class, at = [], False, 0
    while at < len(pattern):
        character = pattern[at]
        at += 1
        if character == "\\" and at < len(pattern):
            out.append(_escape(pattern[at], in_class))
            at += 1
            continue
        if character in " \t\n\r" and ignore_blanks and not in_class:
            continue
        if character == "[":
            in_class = True
        elif character == "]":
            in_class = False
        elif character == "(" and pattern[at : at + 1] == "?" and pattern[at + 1 : at + 2] != ":":
            raise Unsuitable  # XPath has no other extension groups
        out.append(character)
    return "".join(out)


def _escape(letter: str, in_class: bool) -> str:
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
