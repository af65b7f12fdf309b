"""Python's garbage collector while a process starts, and how often it looks afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MADE_BETWEEN_LOOKS = 10_000
"""Objects that came to be and did not go; Python's own 700 are fewer than one page makes."""


@contextmanager
def made_to_stay() -> Iterator[None]:
    """Within the block nothing is collected, and what it leaves behind is never looked at again.

    For modules and parts, which stay as long as the process: looking through them again and again takes a quarter
    of a start, and later holds up a command for 50 ms now and then.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(_MADE_BETWEEN_LOOKS)
        gc.enable()
