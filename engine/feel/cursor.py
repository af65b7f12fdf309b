"""A place in a row of tokens: what the parser asks and takes, and how names are read there."""

from __future__ import annotations

from collections.abc import Collection

from engine.feel.errors import Expected, FeelSyntaxError
from engine.feel.lexer import Token, TokenType, position, tokenise
from engine.feel.mistakes import HALF_WIDTH, NO_HINT, Hint, foreign_sign, hint_at
from engine.feel.names import NameIndex, index_of

MAX_NESTING = 48
"""Brackets within brackets; each costs seven Python frames of the parser, of a thousand there are."""

MAX_HEIGHT = 160
"""Levels of an expression's tree; each is two Python frames to compile and one to run."""

BREAKING_WORDS = frozenset({"or", "and", "between", "in", "then", "else", "return", "satisfies"})
"""Words that end a name the scope does not know."""

_NAME_SYMBOLS = frozenset({".", "/", "-", "+", "*", "**", ".."})
_NOT_IN_LABELS = frozenset("：，；")  # an analyst who types one means the half-width sign, not a letter


class TokenCursor:
    """Of one text. `known` are the names the scope may have."""

    def __init__(self, source: str, known: Collection[str] = ()) -> None:
        self._source = source
        self._tokens = tokenise(source)
        self._at = 0
        self._nesting = 0
        self._names = NameIndex(behind=index_of(frozenset(known)))
        self._properties = NameIndex(behind=self._names)
        """Keys of the text's contexts too, which may stand behind a dot wherever the context went."""

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _fail(self, expected: Expected | str, hint: Hint = NO_HINT) -> FeelSyntaxError:
        token = self._token
        if token.type is TokenType.OTHER and token.text in HALF_WIDTH:
            expected = Expected.HALF_WIDTH
        elif token.type is TokenType.CUT:
            expected = Expected.SHORTER_TEXT
        start, found = foreign_sign(self._source, token.start) or (token.start, self._source[token.start : token.end])
        meant = hint_at(self._source, self._tokens, self._at, expected)
        return FeelSyntaxError(*position(self._source, start), expected, found[:40], meant if meant.en else hint)

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

    def _ends(self, closing: str) -> bool:
        """Take the closing bracket, or the comma before a next item."""
        if self._skip(closing):
            return True
        if not self._skip(","):
            raise self._fail(f"“,” or “{closing}”")
        return False

    def _need_word(self, word: str, expected: Expected, hint: Hint = NO_HINT) -> None:
        if not self._is_word(word):
            raise self._fail(expected, hint)
        self._at += 1

    def _end(self) -> None:
        if self._token.type is not TokenType.END:
            raise self._fail(Expected.OPERATOR_OR_END)

    def _deeper(self) -> None:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise self._fail(Expected.LESS_NESTING)

    # --- names --------------------------------------------------------------------------------

    def _name(self, names: NameIndex) -> str:
        """Read a name: the longest known one, or the neighbouring words if they are more."""
        length = names.longest(self._tokens, self._at)
        end = self._at
        while self._continues_name(end):
            end += 1
        if length and length >= end - self._at:
            name = names.known(self._tokens, self._at)
            self._at += length
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
        return self._name(self._properties)

    def _may_name(self, index: int) -> bool:
        """Whether the token may stand in a name that is being defined."""
        token = self._tokens[index]
        if token.type is TokenType.SYMBOL:
            return token.text in _NAME_SYMBOLS
        if token.type is TokenType.OTHER:
            return token.text not in _NOT_IN_LABELS
        return token.type in (TokenType.NAME, TokenType.NUMBER)

    def _label(self, before: str = "") -> str:
        """A name that is being defined, blanks made single; it ends at a sign no name holds, or the word `before`."""
        first, start = self._token, self._at
        if first.type is TokenType.QUOTED_NAME:
            return self._take().text
        if first.type not in (TokenType.NAME, TokenType.OTHER):
            raise self._fail(Expected.NAME)
        while self._may_name(self._at) and not (before and self._at > start and self._is_word(before)):
            self._at += 1
        if self._at == start:
            raise self._fail(Expected.NAME)
        return " ".join(self._source[first.start : self._tokens[self._at - 1].end].split())
