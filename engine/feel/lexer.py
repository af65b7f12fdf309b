"""FEEL text to tokens (DMN 1.5, 10.3.1.2 and 10.3.1.3).

Keywords are not told from names here: `in` may be an operator or a part of a name that the scope knows,
and only the parser can say which.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import NamedTuple

from engine.feel.errors import Expected, FeelSyntaxError
from engine.feel.mistakes import FULL_WIDTH_QUOTE, NO_HINT

MAX_LENGTH = 65_536
"""Characters of one expression; a diagram's cell or mapping is three orders shorter."""

MAX_TOKENS = 10_000
"""Words and signs of one expression: a list of some thousand codes; more would take longer to compile than to run."""


class TokenType(Enum):
    """The sorts of token."""

    NAME = auto()
    QUOTED_NAME = auto()
    NUMBER = auto()
    STRING = auto()
    AT = auto()
    SYMBOL = auto()
    OTHER = auto()
    CUT = auto()
    """Where a text of too many tokens was cut off; what is wrong before it is said first."""
    END = auto()


class Token(NamedTuple):
    """`text` is the source, except that STRING, AT and QUOTED_NAME hold the unescaped content."""

    type: TokenType
    text: str
    start: int
    end: int


WORDLIKE = frozenset({TokenType.NAME, TokenType.NUMBER, TokenType.SYMBOL, TokenType.OTHER})
"""What a name may be made of; a quoted text never spells one."""

_NAME_START = (
    r"A-Za-z_\u00AA\u00B5\u00BA\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u167F"
    r"\u1681-\u180D\u180F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3005-\u3007\u3012-\u301A\u3021-\uD7FF\uF900-\uFDCF\uFDF0-\uFEFE"
    # The standard takes full-width punctuation and digits for letters. An analyst who types one means the
    # half-width sign, so it begins no name here; names that hold some still match when the scope knows them.
    r"\uFF21-\uFF3A\uFF41-\uFF5A\uFF66-\uFFFD\U00010000-\U000EFFFF"
)
NAME = rf"[{_NAME_START}][{_NAME_START}0-9\uFF10-\uFF19\u00B7\u0300-\u036F\u203F-\u2040]*"
"""One word of a name, as a regular expression."""

_TOKEN = re.compile(
    rf"(?P<space>[\s\u0085\u180E\u200B\uFEFF]+|//[^\n]*|/\*.*?\*/)"
    rf"|(?P<name>{NAME})"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r'|(?P<at>@\s*"[^"\\]*(?:\\.[^"\\]*)*")'
    r'|(?P<string>"[^"\\]*(?:\\.[^"\\]*)*")'
    r"|(?P<quoted>`[^`]+`)"
    r"|(?P<comment>/\*)"
    r"|(?P<symbol>\*\*|\.\.|<=|>=|!=|->|[<>=+\-*/()\[\]{},:.?@])"
    r"|(?P<other>.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


def unescape(body: str) -> str:
    """The content of a string literal; an escape FEEL does not know stays as written."""
    if "\\" not in body:
        return body

    def one(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        if code:
            number = int(code, 16)
            return chr(number) if number <= 0x10FFFF else match[0]
        return _SIMPLE_ESCAPES.get(match[3], match[0])

    text = _ESCAPE.sub(one, body)
    # A pair of \uD83D\uDC0E names one character; a half without its partner is no character at all.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def position(source: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of `offset` in `source`."""
    before = source[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def tokenise(source: str) -> list[Token]:
    """All tokens of `source`, the last one of type END. Raises FeelSyntaxError."""
    if len(source) > MAX_LENGTH:
        raise FeelSyntaxError(*position(source, MAX_LENGTH), Expected.SHORTER_TEXT, "…")
    tokens: list[Token] = []
    for match in _TOKEN.finditer(source):
        sort = match.lastgroup
        if sort == "space":
            continue
        if len(tokens) == MAX_TOKENS:
            tokens.append(Token(TokenType.CUT, "", *match.span()))
            break
        plain = _PLAIN.get(sort or "")
        tokens.append(Token(plain, match[0], *match.span()) if plain else _token(source, match))
    tokens.append(Token(TokenType.END, "", len(source), len(source)))
    return tokens


_PLAIN = {"name": TokenType.NAME, "number": TokenType.NUMBER, "symbol": TokenType.SYMBOL}


def _token(source: str, match: re.Match[str]) -> Token:
    text, start, end = match[0], match.start(), match.end()
    if not text.isascii():
        half = _SURROGATE.search(text)
        if half:
            raise FeelSyntaxError(*position(source, start + half.start()), Expected.WHOLE_CHARACTER, "\ufffd")
    match match.lastgroup:
        case "string":
            return Token(TokenType.STRING, unescape(text[1:-1]), start, end)
        case "at":
            return Token(TokenType.AT, unescape(text[text.index('"') + 1 : -1]), start, end)
        case "quoted":
            return Token(TokenType.QUOTED_NAME, text[1:-1], start, end)
    wanted = _UNCLOSED.get(text)
    if wanted is not None:
        hint = FULL_WIDTH_QUOTE if text == '"' and _FULL_WIDTH_QUOTES.search(source, start) else NO_HINT
        raise FeelSyntaxError(*position(source, start), wanted, hint=hint)
    return Token(TokenType.OTHER, text, start, end)


_UNCLOSED = {'"': Expected.CLOSING_QUOTE, "`": Expected.CLOSING_BACKTICK, "/*": Expected.CLOSING_COMMENT}
_SURROGATE = re.compile(r"[\uD800-\uDFFF]")
_FULL_WIDTH_QUOTES = re.compile("[“”＂]")
