"""The names a parser knows, found in a row of tokens however blanks and operators are set in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from engine.feel.lexer import Token, tokenise


class NameIndex:
    """Names by their first token, with blocks that can be opened and closed."""

    def __init__(self, names: Collection[str]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        self._spelling: dict[tuple[str, ...], str] = {}
        self._added: list[tuple[str, ...]] = []
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know `name` from here to the end of the block."""
        words = tuple(token.text for token in tokenise(name)[:-1]) if not name.isidentifier() else (name,)
        if words:
            self._by_first.setdefault(words[0], []).append(words)
            self._spelling.setdefault(words, name)
            self._added.append(words)

    def opened(self) -> int:
        """Open a block; the answer is for `close`."""
        return len(self._added)

    def close(self, block: int) -> None:
        """Forget the names added since `block` was opened."""
        while len(self._added) > block:
            words = self._added.pop()
            self._by_first[words[0]].remove(words)

    def longest(self, tokens: Sequence[Token], at: int) -> int:
        """How many tokens from `at` on the longest known name takes; 0 when none begins here."""
        best = 0
        for words in self._by_first.get(tokens[at].text, ()):
            if len(words) > best and all(
                tokens[at + index].text == word for index, word in enumerate(words) if at + index < len(tokens)
            ):
                best = len(words)
        return best if at + best < len(tokens) else 0

    def known(self, tokens: Sequence[Token], at: int, length: int) -> str:
        """The known name that `length` tokens from `at` on spell."""
        return self._spelling[tuple(token.text for token in tokens[at : at + length])]
