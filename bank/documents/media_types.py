"""What a file is, told from its content: the name and what the browser says are the sender's claims."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import puremagic

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"

EXTENSIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {PDF: (".pdf",), PNG: (".png",), JPEG: (".jpg", ".jpeg", ".jpe", ".jfif")}
)
"""The types the bank takes, each with the endings its files go by, the usual one first."""

_BEGINNINGS = {
    PDF: re.compile(rb"%PDF-[0-9]\.[0-9]"),  # ISO 32000-1, 7.5.2
    PNG: re.compile(rb"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"),  # ISO/IEC 15948, 5.2: IHDR comes first
    JPEG: re.compile(rb"\xff\xd8\xff[\xc0-\xfe]"),  # ISO/IEC 10918-1, annex B: SOI, then another marker
}

_TELLING = 0.5
"""puremagic's confidence in five matching bytes. Shorter signatures turn up by chance inside photographs."""


def media_type_of(content: bytes) -> str | None:
    """The type of the content when the bank takes it, else None; `content` is not empty.

    The beginning must be that of the type's standard, and puremagic's table must agree and see no other type
    in the same bytes (an archive that is also a picture). puremagic alone would not do: it takes two bytes
    for a JPEG, JPEG 2000 for JPEG, and any text for a PDF once it is told the name.
    """
    media_type = next((name for name, beginning in _BEGINNINGS.items() if beginning.match(content)), None)
    try:
        matches = puremagic.magic_string(content)
    except puremagic.PureError:
        return None
    seen = {match.mime_type for match in matches if match.confidence >= _TELLING or match.mime_type == media_type}
    return media_type if seen == {media_type} else None
