"""How long the tests of this folder run: a short version by default, `CHAOS_LENGTH=1` for the counts in full."""

from __future__ import annotations

import os

LENGTH = float(os.environ.get("CHAOS_LENGTH", "0"))
"""1 runs every test with the counts that docs/reliability.md names, 0.1 with a tenth of them."""


def times(in_full: int, at_least: int) -> int:
    """How often to do what is done `in_full` times at length; the short version does it `at_least` times."""
    return max(at_least, round(in_full * LENGTH))
