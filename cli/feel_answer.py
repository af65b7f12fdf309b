"""What commands that evaluate FEEL print: values as FEEL or exact JSON, warnings, and where a text is wrong."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import click

from engine.feel import FeelSyntaxError, FeelValue, FeelWarning
from engine.feel.text import literal_of, number_text
from engine.feel.types import kind_of
from persistence.errors import KaihuError
from persistence.settings import Settings

_WIDTH = 72
"""Columns of the excerpt around an error."""


class TextNotFeel(KaihuError):
    """A syntax error, with the line it is in and a mark below the place."""

    code = FeelSyntaxError.code
    kind = FeelSyntaxError.kind

    def __init__(self, error: FeelSyntaxError, text: str) -> None:
        self._error = error
        self._text = text
        super().__init__()

    def message(self, language: str) -> str:
        """The sentence, the line, the mark."""
        return f"{self._error.message(language)}\n{excerpt(self._text, self._error.line, self._error.column)}"


def excerpt(text: str, line: int, column: int) -> str:
    """The line of `text`, cut around the column, and below it a caret; both count from 1."""
    lines = text.split("\n")
    whole = lines[line - 1] if line <= len(lines) else ""
    start = max(0, column - 1 - _WIDTH // 2)
    shown = "".join(character if character.isprintable() else " " for character in whole[start : start + _WIDTH])
    before = shown[: column - 1 - start]
    columns = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in before)
    return f"  {shown}\n  {' ' * columns}^"


def echo(text: str, *, err: bool = False) -> None:
    """Print; half a character, which no encoding has, becomes a question mark."""
    click.echo(text.encode(errors="replace").decode(), err=err)


def echo_warnings(settings: Settings, warnings: Sequence[FeelWarning]) -> None:
    """One line each on standard error."""
    label = "warning: " if settings.language == "en" else "提示："
    for warning in warnings:
        echo(f"{label}{warning.message(settings.language)}", err=True)


def answer(settings: Settings, value: FeelValue, warnings: Sequence[FeelWarning]) -> dict[str, Any]:
    """What `--json` says of an evaluation."""
    return {
        "value": value,
        "text": literal_of(value),
        "kind": kind_of(value).value,
        "warnings": [
            {
                "code": warning.code.name.lower(),
                "subject": warning.subject,
                "message": warning.message(settings.language),
            }
            for warning in warnings
        ],
    }


def failure(settings: Settings, error: KaihuError) -> dict[str, Any]:
    """What `--json` says in place of a value."""
    return {"error": {"code": error.code, "message": error.message(settings.language)}}


def exact_json(value: FeelValue) -> str:
    """JSON with every digit of a number; dates, durations, ranges and functions as their FEEL text."""
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {exact_json(item)}" for key, item in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(exact_json, value)) + "]"
    if isinstance(value, str | bool) or value is None:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | Decimal):
        return number_text(value)
    return json.dumps(literal_of(value), ensure_ascii=False)
