"""Any value as FEEL text: what `string()` gives (DMN 1.5, 10.3.4.1)."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.feel.arithmetic import shortest
from engine.feel.environment import MAX_TEXT
from engine.feel.errors import ValueTooLarge
from engine.feel.temporal import temporal_text
from engine.feel.types import FeelValue, Kind, kind_of

_PLAIN_KEY = re.compile(r"[^\W\d]\w*(?: \w+)*")


def text_of(value: FeelValue) -> str:
    """The text of `value`; a text is itself, inside lists and contexts it is quoted."""
    return value if isinstance(value, str) else literal_of(value)


def literal_of(value: FeelValue) -> str:
    """The text of `value` as it stands inside a list: a text is quoted, and so never looks like another value.

    Raises ValueTooLarge when it becomes longer than a text may be.
    """
    writer = _Writer()
    writer.write(value)
    return "".join(writer.pieces)


class _Writer:
    """Pieces of a text that may not become longer than a value may be."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._size = 0

    def put(self, piece: str) -> None:
        """Add a piece. Raises ValueTooLarge."""
        self._size += len(piece)
        if self._size > MAX_TEXT:
            raise ValueTooLarge(limit=MAX_TEXT)
        self.pieces.append(piece)

    def write(self, value: FeelValue) -> None:
        """Add a value as it stands inside a list."""
        match kind_of(value):
            case Kind.STRING:
                self.put(_quoted(value))
            case Kind.LIST:
                self._several("[", [("", item) for item in value], "]")
            case Kind.CONTEXT:
                self._several("{", [(f"{_key(key)}: ", item) for key, item in value.items()], "}")
            case Kind.RANGE:
                self._range(value)
            case Kind.FUNCTION:
                self.put(f"{value.name}({', '.join(value.parameters)})")
            case _:
                self.put(_plain(value))

    def _several(self, opening: str, parts: list[tuple[str, FeelValue]], closing: str) -> None:
        self.put(opening)
        for at, (label, value) in enumerate(parts):
            self.put(f", {label}" if at else label)
            self.write(value)
        self.put(closing)

    def _range(self, value: FeelValue) -> None:
        if value.of_test and value.start is None:
            self._several(f"({'<=' if value.end_included else '<'} ", [("", value.end)], ")")
        elif value.of_test and value.end is None:
            self._several(f"({'>=' if value.start_included else '>'} ", [("", value.start)], ")")
        else:
            self.put("[" if value.start_included else "(")
            self.write(value.start)
            self.put("..")
            self.write(value.end)
            self.put("]" if value.end_included else ")")


def _plain(value: FeelValue) -> str:
    match kind_of(value):
        case Kind.NULL:
            return "null"
        case Kind.BOOLEAN:
            return "true" if value else "false"
        case Kind.NUMBER:
            return number_text(value)
    return temporal_text(value)


def _quoted(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueTooLarge(limit=MAX_TEXT)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _key(key: str) -> str:
    """A key as it may stand in a context: quoted when it would otherwise not be read back."""
    return key if _PLAIN_KEY.fullmatch(key) else _quoted(key)


def number_text(value: int | Decimal) -> str:
    """A number in full, without an exponent and without needless zeros."""
    if isinstance(value, Decimal):
        value = shortest(value)
    if isinstance(value, int):
        return str(value)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
