"""A place in a row of tokens: what the parser asks and takes, and how names are read there."""

from __future__ import annotations

from collections.abc import Collection

from engine.feel.errors import Expected, FeelSyntaxError
from engine.feel.lexer import Token, TokenType, is_full_width, position, tokenise
from engine.feel.names import NameIndex

MAX_NESTING = 48
"""Brackets within brackets; each costs six Python frames of the parser, of a thousand there are."""

BREAKING_WORDS = frozenset({"or", "and", "between", "in", "then", "else", "return", "satisfies"})
"""Words that end a name the scope does not know."""


class TokenCursor:
    """Of one text. `known` are the names the scope may have."""

    def __init__(self, source: str, known: Collection[str] = ()) -> None:
        self._source = source
        self._tokens = tokenise(source)
        self._at = 0
        self._nesting = 0
        self._names = NameIndex(known)

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _fail(self, expected: Expected | str, token: Token | None = None) -> FeelSyntaxError:
        token = token or self._token
        if is_full_width(token):
            expected = Expected.HALF_WIDTH
        found = self._source[token.start : token.end]
        return FeelSyntaxError(*position(self._source, token.start), expected, found[:40])

    def _is(self, *symbols: str) -> bool:
        return self._token.type is TokenType.SYMBOL and self._token.text in symbols

    def _is_word(self, *words: str) -> bool:
        return self._token.type is TokenType.NAME and self._token.text in words

    def _take(self) -> Token:
        token = self._token
        self._at += 1
        return token

    def _skip(self, symbol: str) -> bool:
        if self._is(symbol):
            self._at += 1
            return True
        return False

    def _need(self, symbol: str) -> None:
        if not self._skip(symbol):
            raise self._fail(f"“{symbol}”")

    def _need_word(self, word: str, expected: Expected) -> None:
        if not self._is_word(word):
            raise self._fail(expected)
        self._at += 1

    def _end(self) -> None:
        if self._token.type is not TokenType.END:
            raise self._fail(Expected.OPERATOR_OR_END)

    def _deeper(self) -> None:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise self._fail(Expected.LESS_NESTING)

    # --- names --------------------------------------------------------------------------------

    def _name(self, known_length: int) -> str:
        """Read a name: the longest known one, or the neighbouring words if they are longer."""
        end = self._at
        while self._continues_name(end):
            end += 1
        if known_length and known_length >= end - self._at:
            name = self._names.known(self._tokens, self._at, known_length)
            self._at += known_length
            return name
        if end == self._at:
            raise self._fail(Expected.NAME)
        name = " ".join(token.text for token in self._tokens[self._at : end])
        self._at = end
        return name

    def _continues_name(self, index: int) -> bool:
        token = self._tokens[index]
        if token.type is not TokenType.NAME:
            return False
        if index == self._at:
            return True
        return token.text not in BREAKING_WORDS and not (
            token.text == "instance" and self._tokens[index + 1].text == "of"
        )

    def _property_name(self) -> str:
        if self._token.type is TokenType.QUOTED_NAME:
            return self._take().text
        return self._name(self._names.longest(self._tokens, self._at))

    def _label(self, *ends: str) -> str:
        """A name that is being defined: everything up to one of `ends`, blanks made single."""
        first = self._token
        if first.type not in (TokenType.NAME, TokenType.QUOTED_NAME, TokenType.OTHER):
            raise self._fail(Expected.NAME)
        start = self._at
        while not self._is(*ends, "{", "}", "(", ")", "[", "]", ",", ":"):
            if self._token.type in (TokenType.END, TokenType.STRING, TokenType.AT):
                raise self._fail(f"“{ends[0]}”")
            self._at += 1
        if self._at == start + 1:
            return first.text
        return " ".join(self._source[first.start : self._tokens[self._at - 1].end].split())

    def _variable(self) -> str:
        """The name of an iteration variable, up to `in`."""
        if self._token.type is TokenType.QUOTED_NAME:
            return self._take().text
        words: list[str] = []
        while self._token.type is TokenType.NAME and not (words and self._is_word("in")):
            words.append(self._take().text)
        if not words:
            raise self._fail(Expected.NAME)
        return " ".join(words)
