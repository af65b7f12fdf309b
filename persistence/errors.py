"""The one base of every error Kaihu raises on purpose.

An error carries fields, not prose: the sentence is written once per class, in both languages, and filled
in for the person who reads it. Doors (web, command line, job executor) turn errors into answers; nobody
else catches them. Fields never hold personal data, because messages end up in logs.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar


class ErrorKind(Enum):
    """What a door makes of the error; the web maps each kind to one HTTP status."""

    INVALID = "invalid"
    """The request itself is wrong (400)."""
    FORBIDDEN = "forbidden"
    """The person may not do this (403)."""
    NOT_FOUND = "not_found"
    """The thing does not exist, or not for this person (404)."""
    CONFLICT = "conflict"
    """The thing has moved on since the person looked (409)."""
    TOO_LARGE = "too_large"
    """The upload or evaluation exceeds its bound (413)."""
    UNSUPPORTED_TYPE = "unsupported_type"
    """The upload is of a type that is not taken (415)."""
    UNAVAILABLE = "unavailable"
    """A part we depend on does not answer; try again later (503)."""


class Term(Enum):
    """A word that differs by the reader's language. Subclasses list their members as English, Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        self.en = en
        self.zh = zh


class KaihuError(Exception):
    """Base of all expected failures. Subclasses set `code`, `kind`, `en` and `zh`.

    `en` and `zh` are `str.format` templates over the keyword fields given to the constructor; a field that is a
    `Term` is put in the sentence's language.
    """

    code: ClassVar[str] = "error"
    kind: ClassVar[ErrorKind] = ErrorKind.INVALID
    en: ClassVar[str] = "The request could not be carried out."
    zh: ClassVar[str] = "请求未能完成。"

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(self.message("en"))

    def message(self, language: str) -> str:
        """The sentence for a reader of `language` ("zh…" is Chinese, everything else English)."""
        chinese = language.startswith("zh")
        words = {name: _word(value, chinese) for name, value in self.fields.items()}
        return (self.zh if chinese else self.en).format(**words)


def _word(value: object, chinese: bool) -> object:
    if not isinstance(value, Term):
        return value
    return value.zh if chinese else value.en
