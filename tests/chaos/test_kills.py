"""Killed at any moment, started again: nothing is lost and nothing happens twice."""

from __future__ import annotations

import datetime as dt
import random
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from engine.model.ports import Clock, SystemClock
from persistence.database import Database
from tests.chaos.conftest import Shown
from tests.chaos.doom import Doom, Moment
from tests.chaos.length import times
from tests.chaos.mortal import finish, finish_in_background, forked, work, work_in_background
from tests.chaos.opening import World, assert_nothing_lost_and_nothing_twice, engine_on
from tests.conftest import NOON, TestClock

LONGEST = {Moment.BEFORE_COMMIT: 12, Moment.AFTER_COMMIT: 12, Moment.STATEMENT: 250}
"""Moments of a kind that a process survives at most; a handful of the others."""

LONGEST_SECONDS = 1.0
"""That a process lives which somebody else kills, its start included."""


class Lives:
    """Processes on one database, one after the other."""

    def __init__(self, database: Database, folder: Path, *, in_background: bool) -> None:
        self._url, self._folder = database.url.render_as_string(hide_password=False), folder
        self._database, self._now, self._in_background = database, NOON, in_background
        folder.mkdir()

    def _clock(self) -> Clock:
        """The real one for threads that work by themselves; stepping, whatever the last life had leased has run out."""
        self._now += dt.timedelta(days=1)
        return SystemClock() if self._in_background else TestClock(self._now)

    def _start(self, life: Callable[..., None], *arguments: object) -> BaseProcess:
        process = forked.Process(target=life, args=(self._url, self._folder, self._clock(), *arguments))
        process.start()
        return process

    def dies(self, kind: Moment, at: int) -> None:
        """One that is killed at its `at`-th moment of this kind."""
        process = self._start(work_in_background if self._in_background else work, kind, at)
        process.join()
        assert process.exitcode == -signal.SIGKILL

    def is_killed_after(self, seconds: float) -> None:
        """One that is killed at whatever it does by then."""
        process = self._start(work_in_background, None, None)
        process.join(seconds)
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL

    def ends_well(self) -> dict[str, object]:
        """One that lives and finishes every case; the counts."""
        began = time.monotonic()
        process = self._start(finish_in_background if self._in_background else finish)
        process.join()
        assert process.exitcode == 0
        seconds = time.monotonic() - began
        world = World(self._folder, Doom(None, None))
        engine = engine_on(self._database, TestClock(self._now), world)
        cases = assert_nothing_lost_and_nothing_twice(engine, world)
        return {
            "cases": cases,
            "effects": len(set(world.effects)),
            "repeated_effects": len(world.effects) - len(set(world.effects)),
            "repeated_requests": len(world.requests) - len(set(world.requests)),
            "last_recovery": f"{seconds:.2f} s",
        }


@pytest.mark.parametrize("in_background", [False, True], ids=["step by step", "in the background"])
@pytest.mark.parametrize("kind", list(Moment))
def test_processes_killed_at_such_a_moment_leave_whole_cases(
    database: Database, tmp_path: Path, kind: Moment, in_background: bool, shown: Shown
) -> None:
    lives = Lives(database, tmp_path / "outside", in_background=in_background)
    chance, kills = random.Random(kind.value), times(200, at_least=5)
    for _ in range(kills):
        lives.dies(kind, chance.randint(1, LONGEST.get(kind, 8)))
    found = lives.ends_well()
    assert found["cases"]
    shown(kills=kills, **found)


def test_processes_killed_at_any_time_leave_whole_cases(database: Database, tmp_path: Path, shown: Shown) -> None:
    lives = Lives(database, tmp_path / "outside", in_background=True)
    chance, kills = random.Random("any time"), times(2_000, at_least=8)
    for _ in range(kills):
        lives.is_killed_after(chance.uniform(0, LONGEST_SECONDS))
    found = lives.ends_well()
    assert found["cases"]
    shown(kills=kills, **found)
