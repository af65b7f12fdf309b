"""The names a model declares, of which each text is read with those it can contain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from engine.feel import FeelSyntaxError
from engine.feel.lexer import tokenise

_WORD = re.compile(r"\w+")
_PLAIN = re.compile(r"[A-Za-z_\u4E00-\u9FFF][A-Za-z0-9_\u4E00-\u9FFF]*")
_WORDS_OF_FEEL = frozenset(
    {
        "and", "between", "date", "duration", "else", "every", "external", "false", "for", "function", "if", "in",
        "instance", "not", "null", "of", "or", "return", "satisfies", "some", "then", "time", "true",
    }
)  # fmt: skip

_ALL = 100
"""So many names are simply known to every text: FEEL prepares the same names only once."""

_READING = 50
"""A name that FEEL is given to look for costs as much as so many looked at here."""


class Vocabulary:
    """Names by the rarest of their words, so that reading ten thousand texts does not look at ten thousand names each.

    Names that FEEL reads as such without knowing them are left out, unless they are `plain`, too. `work` counts the
    names looked at: those made of the same few words may be in every text.
    """

    def __init__(self, names: Iterable[str], *, plain: bool = False) -> None:
        self.all = frozenset(name for name in names if _is_readable(name) and (plain or not _is_plain(name)))
        self.work = 0
        self._by_word: dict[str, list[tuple[str, frozenset[str]]]] = {}
        if len(self.all) <= _ALL:
            return
        words_of = {name: frozenset(_WORD.findall(name)) for name in self.all}
        uses = Counter(word for words in words_of.values() for word in words)
        for name, words in words_of.items():
            rarest = min(words, key=lambda word: uses[word], default="")
            self._by_word.setdefault(rarest, []).append((name, words))

    def within(self, text: str) -> frozenset[str]:
        """The names that `text` may contain; of many only those whose words all occur in it."""
        if not self._by_word:
            return self.all
        words = {"", *_WORD.findall(text)}
        found = set[str]()
        for word in words & self._by_word.keys():
            near = self._by_word[word]
            self.work += len(near)
            found.update(name for name, needed in near if needed <= words)
        self.work += _READING * len(found)
        return frozenset(found)


def _is_plain(name: str) -> bool:
    return _PLAIN.fullmatch(name) is not None and name not in _WORDS_OF_FEEL


def _is_readable(name: str) -> bool:
    """Whether FEEL can read the name at all: a quotation mark that is not closed ends every text."""
    if _PLAIN.fullmatch(name):
        return True
    try:
        return len(tokenise(name)) > 1
    except FeelSyntaxError:
        return False
