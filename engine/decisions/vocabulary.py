"""The names a model declares, of which each text is read with those it can contain."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.feel import FeelSyntaxError
from engine.feel.lexer import tokenise

_WORD = re.compile(r"\w+")


class Vocabulary:
    """Names by one of their words, so that reading ten thousand texts does not look at ten thousand names each."""

    def __init__(self, names: Iterable[str]) -> None:
        self.all = {name for name in names if name and _is_readable(name)}
        self._by_word: dict[str, list[tuple[str, frozenset[str]]]] = {}
        for name in self.all:
            words = frozenset(_WORD.findall(name))
            self._by_word.setdefault(max(words, key=len, default=""), []).append((name, words))

    def within(self, text: str) -> frozenset[str]:
        """The names whose words all occur in `text`."""
        words = {"", *_WORD.findall(text)}
        return frozenset(
            name for word in words for name, needed in self._by_word.get(word, ()) if needed <= words
        )  # fmt: skip


def _is_readable(name: str) -> bool:
    """Whether FEEL can read the name at all: a quotation mark that is not closed ends every text."""
    if name.isidentifier():
        return True
    try:
        tokenise(name)
    except FeelSyntaxError:
        return False
    return True
