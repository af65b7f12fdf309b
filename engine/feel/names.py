"""The names a parser knows, found in a row of tokens however blanks and operators are set in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import WORDLIKE, Token, TokenType, tokenise

_Node = dict[str, Any]
"""A step in a tree of words: the next words lead on; under `_ENDS` are the spellings of the names that end here."""
_ENDS = ""  # no token has an empty text


class NameIndex:
    """Names as a tree of their words, with blocks that can be opened and closed.

    Finding the longest name takes no longer than that name, however many share their beginning.
    """

    def __init__(self, names: Collection[str] = (), behind: NameIndex | None = None) -> None:
        self._tree: _Node = {}
        self._added: list[_Node] = []
        self._behind = behind
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know `name` from here to the end of the block. One that has no tokens needs backticks."""
        node = self._tree
        for word in (name,) if name.isidentifier() else _words(name):
            node = node.setdefault(word, {})
        if node is not self._tree:
            node.setdefault(_ENDS, []).append(name)
            self._added.append(node)

    def opened(self) -> int:
        """Open a block; the answer is for `close`."""
        return len(self._added)

    def close(self, block: int) -> None:
        """Forget the names added since `block` was opened."""
        while len(self._added) > block:
            self._added.pop()[_ENDS].pop()

    def longest(self, tokens: Sequence[Token], at: int) -> int:
        """How many tokens from `at` on the longest known name takes; 0 when none begins here."""
        return self._longest(tokens, at)[0]

    def known(self, tokens: Sequence[Token], at: int) -> str:
        """The longest known name from `at` on, as it was first given."""
        return self._longest(tokens, at)[1]

    def _longest(self, tokens: Sequence[Token], at: int) -> tuple[int, str]:
        best, spelling = 0, ""
        node, index = self._tree, at
        while tokens[index].type in WORDLIKE:
            node = node.get(tokens[index].text)  # type: ignore[assignment]  # the tree's values are nodes but for _ENDS
            if node is None:
                break
            index += 1
            if node.get(_ENDS):
                best, spelling = index - at, node[_ENDS][0]
        if self._behind is not None:
            found = self._behind._longest(tokens, at)
            if found[0] >= best:
                return found
        return best, spelling


def _words(name: str) -> tuple[str, ...]:
    try:
        tokens = tokenise(name)
    except FeelSyntaxError:
        return ()
    return tuple(token.text for token in tokens[:-1]) if all(token.type in WORDLIKE for token in tokens[:-1]) else ()


@lru_cache(maxsize=256)
def index_of(names: frozenset[str]) -> NameIndex:
    """The index of the names a scope may have, made once; nobody may add to it."""
    return NameIndex(names)


__all__ = ["NameIndex", "TokenType", "index_of"]
