"""How a journal body becomes bytes: canonical JSON, compressed. The name of the codec is kept with each entry."""

from __future__ import annotations

import threading
from typing import Any

import zstandard

from engine.model.values import dumps, loads
from persistence.errors import ErrorKind, KaihuError

ZSTD = "json+zstd"
_LEVEL = 1  # bodies are a few KB: higher levels cost time and save one per cent
_MAX_BODY = 64 * 1024 * 1024  # a body far beyond any command's; a forged length must not exhaust memory


class UnknownCodec(KaihuError):
    """The entry was written with a codec this version does not know."""

    code = "unknown_codec"
    kind = ErrorKind.UNAVAILABLE
    en = "The journal entry uses the unknown codec {codec}."
    zh = "日志条目使用了未知编码 {codec}。"


class _Local(threading.local):
    """zstd contexts are not safe between threads and cost more to make than to use."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_local = _Local()


def encode(body: object) -> bytes:
    """The bytes of a normalised body under the codec `ZSTD`."""
    return _local.compressor.compress(dumps(body))


def decode(codec: str, body: bytes) -> Any:
    """The body. Raises UnknownCodec."""
    if codec != ZSTD:
        raise UnknownCodec(codec=codec)
    return loads(_local.decompressor.decompress(body, max_output_size=_MAX_BODY))
