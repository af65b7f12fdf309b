"""What the bank knows of a document."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document of one case; its content lies in the store under its hash."""

    key: int
    business_key: str
    """The case it was handed in for; no other case may refer to it."""
    file_name: str
    """As the sender named it, cleaned; for people to read, never a path."""
    media_type: str
    """Found from the content, not from the name."""
    size: int
    """In bytes."""
    sha256: str
    uploaded_by: int | None
    """Key of the person of the bank, None for the customer."""
    uploaded_at: dt.datetime

    @property
    def id(self) -> str:
        """How forms and variables refer to it."""
        return str(self.key)
