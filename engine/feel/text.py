"""Any value as FEEL text: what `string()` gives (DMN 1.5, 10.3.4.1)."""

from __future__ import annotations

from decimal import Decimal

from engine.feel.arithmetic import shortest
from engine.feel.temporal import temporal_text
from engine.feel.types import FeelValue, Kind, kind_of


def text_of(value: FeelValue) -> str:
    """The text of `value`; a text is itself, inside lists and contexts it is quoted."""
    return value if isinstance(value, str) else _nested(value)


def literal_of(value: FeelValue) -> str:
    """The text of `value` as it stands inside a list: a text is quoted, and so never looks like another value."""
    return _nested(value)


def _nested(value: FeelValue) -> str:
    match kind_of(value):
        case Kind.NULL:
            return "null"
        case Kind.BOOLEAN:
            return "true" if value else "false"
        case Kind.NUMBER:
            return number_text(value)
        case Kind.STRING:
            return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
        case Kind.LIST:
            return "[" + ", ".join(_nested(item) for item in value) + "]"
        case Kind.CONTEXT:
            return "{" + ", ".join(f"{key}: {_nested(item)}" for key, item in value.items()) + "}"
        case Kind.RANGE:
            return _range_text(value)
        case Kind.FUNCTION:
            return f"{value.name}({', '.join(value.parameters)})"
    return temporal_text(value)


def _range_text(value: FeelValue) -> str:
    if value.of_test and value.start is None:
        return f"({'<=' if value.end_included else '<'} {_nested(value.end)})"
    if value.of_test and value.end is None:
        return f"({'>=' if value.start_included else '>'} {_nested(value.start)})"
    opening = "[" if value.start_included else "("
    return f"{opening}{_nested(value.start)}..{_nested(value.end)}{']' if value.end_included else ')'}"


def number_text(value: int | Decimal) -> str:
    """A number in full, without an exponent and without needless zeros."""
    if isinstance(value, Decimal):
        value = shortest(value)
    if isinstance(value, int):
        return str(value)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
