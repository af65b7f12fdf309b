"""File names as the bank shows them; nothing is ever stored or opened under them."""

from __future__ import annotations

import unicodedata

from bank.documents.media_types import EXTENSIONS

LONGEST = 200


def shown_name(given: str, media_type: str) -> str:
    """`given` without path, control and direction characters, NFC, at most 200 characters.

    It ends as files of `media_type` do, so that a download opens as what it is. A name of which nothing is
    left is `document`.
    """
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    spaced = "".join(" " if sign.isspace() else sign for sign in last)
    printable = "".join(sign for sign in spaced if unicodedata.category(sign)[0] != "C")
    name = unicodedata.normalize("NFC", " ".join(printable.split()))
    stem, _, ending = name.rpartition(".")
    if f".{ending.lower()}" in EXTENSIONS[media_type]:
        ending = f".{ending}"
    else:
        stem, ending = name, EXTENSIONS[media_type][0]
    stem = stem.strip(" .")[: LONGEST - len(ending)].rstrip(" .")
    return (stem or "document") + ending
