"""What is made while a process starts is never looked at for garbage; what comes later is."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from cli.garbage import made_to_stay


class Knot:
    """Refers to itself: only the collector finds it."""

    def __init__(self) -> None:
        self.myself = self


@pytest.fixture(autouse=True)
def collector_as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_comes_to_be_at_the_start_stays_and_garbage_of_later_goes() -> None:
    with made_to_stay():
        assert not gc.isenabled()
        early = weakref.ref(Knot())
    late = weakref.ref(Knot())
    gc.collect()
    assert early() is not None
    assert late() is None
    assert gc.isenabled()


def test_a_start_that_fails_leaves_the_collector_at_work() -> None:
    with pytest.raises(RuntimeError), made_to_stay():
        raise RuntimeError
    assert gc.isenabled()
