"""Python's garbage collector while a process starts."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def made_to_stay() -> Iterator[None]:
    """Within the block nothing is collected, and what it leaves behind is never looked at again.

    For modules and parts, which stay as long as the process: looking through them again and again takes a quarter
    of a start, and later holds up a command for 50 ms now and then. How often the collector looks at what comes
    later is left as it is: seldom and long was measured to be no cheaper than often and short, and is felt.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
