"""A thread for each piece of work, none of which can keep the process alive."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class DaemonThreads:
    """Starts threads and knows which are still at it.

    A pool's threads are joined when the interpreter exits, so that one handler which never returns would hold up a
    restart for ever. These are left behind; what they did not tell is repeated when the lease has run out.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._running = 0

    def run(self, work: Callable[[], T]) -> Future[T]:
        """Do `work` in a thread of its own; its result or its error comes with the future.

        Raises RuntimeError when the computer has no thread left.
        """
        future: Future[T] = Future()
        with self._changed:
            threading.Thread(target=self._work, args=(work, future), name=self._name, daemon=True).start()
            self._running += 1
        return future

    def _work(self, work: Callable[[], T], future: Future[T]) -> None:
        future.set_running_or_notify_cancel()
        try:
            future.set_result(work())
        except BaseException as error:  # whoever waits for the future deals with it
            future.set_exception(error)
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until all is done, at most so long; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._running == 0, seconds)
