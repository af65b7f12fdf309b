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


class KaihuError(Exception):
    """Base of all expected failures. Subclasses set `code`, `kind`, `en` and `zh`.

    `en` and `zh` are `str.format` templates over the keyword fields given to the constructor.
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
        template = self.zh if language.startswith("zh") else self.en
        return template.format(**self.fields)
