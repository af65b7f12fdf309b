"""The one JSON form of a text that is to be signed, and its digest."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import orjson


def digest_of(value: object) -> str:
    """SHA-256, in hexadecimal, of the value's JSON with sorted keys and no blanks.

    Takes what a process variable holds; an exact decimal counts as the text that names it. Raises
    TypeError for anything else.
    """
    return hashlib.sha256(orjson.dumps(value, default=_text, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
