"""How a variable's value becomes bytes: canonical JSON, compressed where that is worth it.

A compressed value begins with zstd's magic number, which no JSON text begins with, so each value says itself
what it is.
"""

from __future__ import annotations

import threading
from typing import Any

import zstandard

from engine.model.values import dumps, loads

_WORTH_IT = 512  # bytes; below that a page holds several values anyway
_LEVEL = 1
_MAX_VALUE = 64 * 1024 * 1024  # far beyond any variable; a forged length must not exhaust memory


class _Local(threading.local):
    """zstd contexts are not safe between threads and cost more to make than to use."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_local = _Local()


def encode(value: object) -> bytes:
    """The bytes of a normalised value."""
    return compressed(dumps(value))


def compressed(data: bytes) -> bytes:
    """The bytes of a value whose canonical JSON is known."""
    return _local.compressor.compress(data) if len(data) > _WORTH_IT else data


def decode(data: bytes) -> Any:
    """The value that `encode` wrote."""
    if data.startswith(zstandard.FRAME_HEADER):
        data = _local.decompressor.decompress(data, max_output_size=_MAX_VALUE)
    return loads(data)
