"""Many at the same moment: threads that wait for each other and then act."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from persistence.errors import KaihuError

Action = Callable[[], object]


class Crowd:
    """Up to `size` who act together, round after round."""

    def __init__(self, size: int) -> None:
        self._threads = ThreadPoolExecutor(size)
        self._chance = random.Random(size)

    def together(self, actions: Sequence[Action]) -> list[object]:
        """What each action returned, or the refusal it met, in order."""
        barrier = threading.Barrier(len(actions))

        def act(action: Action) -> object:
            barrier.wait()
            try:
                return action()
            except KaihuError as refusal:
                return refusal

        order = self._chance.sample(range(len(actions)), len(actions))  # the last to come is often the first to go
        answers = {place: self._threads.submit(act, actions[place]) for place in order}
        return [answers[place].result() for place in range(len(actions))]

    def disperse(self) -> None:
        """The end."""
        self._threads.shutdown()


@contextmanager
def crowd_of(size: int) -> Iterator[Crowd]:
    """A crowd for one test."""
    crowd = Crowd(size)
    try:
        yield crowd
    finally:
        crowd.disperse()
