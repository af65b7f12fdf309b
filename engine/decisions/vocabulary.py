"""The names a model declares, of which each text is read with those it can contain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from engine.feel import FeelSyntaxError
from engine.feel.lexer import tokenise

_WORD = re.compile(r"\w+")

_READING = 50
"""A name of several words that FEEL is given to look for costs as much as so many looked at here."""


class Vocabulary:
    """Names by the rarest of their words, so that reading ten thousand texts does not look at ten thousand names each.

    `work` counts what was looked at nevertheless: names made of the same few words may be in every text.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.all = {name for name in names if name and _is_readable(name)}
        self.work = 0
        self._by_word: dict[str, list[tuple[str, frozenset[str]]]] = {}
        words_of = {name: frozenset(_WORD.findall(name)) for name in self.all}
        uses = Counter(word for words in words_of.values() for word in words)
        for name, words in words_of.items():
            rarest = min(words, key=lambda word: uses[word], default="")
            self._by_word.setdefault(rarest, []).append((name, words))

    def within(self, text: str) -> frozenset[str]:
        """The names whose words all occur in `text`."""
        words = {"", *_WORD.findall(text)}
        found = set[str]()
        for word in words & self._by_word.keys():
            near = self._by_word[word]
            self.work += len(near)
            found.update(name for name, needed in near if needed <= words)
        self.work += _READING * sum(not name.isidentifier() for name in found)
        return frozenset(found)


def _is_readable(name: str) -> bool:
    """Whether FEEL can read the name at all: a quotation mark that is not closed ends every text."""
    if name.isidentifier():
        return True
    try:
        tokenise(name)
    except FeelSyntaxError:
        return False
    return True
