"""Killed at any moment, started again: nothing is lost and nothing of ours happens twice."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import random
import signal
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select, text

from engine.store.states import InstanceState
from persistence.database import Database
from persistence.schema import metadata
from tests.conftest import NOON, TestClock
from tests.engine.conftest import clerk, ledger
from tests.engine.crashing import CASES, LOCAL, REMOTE, World, engine_on, live

MANY = 300
"""More starts than any seed needs."""

LIFE = 200
"""Moments the longest life has: enough to take over what the last one left behind and get one step further."""

forked = multiprocessing.get_context("forkserver")
forked.set_forkserver_preload(["tests.engine.crashing"])


def kill_again_and_again(url: str, outside: Path, seed: int) -> int:
    """Let processes live and die until one has nothing left to do; how many were killed."""
    chance = random.Random(seed)
    for killed in range(MANY):
        now = NOON + dt.timedelta(days=killed)  # whatever the last one had leased has run out
        process = forked.Process(target=live, args=(url, outside, now, chance.randint(1, LIFE)))
        process.start()
        process.join()
        if process.exitcode == 0:
            return killed
        assert process.exitcode == -signal.SIGKILL
    raise AssertionError("the cases do not get on")


@pytest.mark.parametrize("seed", range(3))
def test_processes_killed_at_any_moment_leave_whole_cases(tmp_path: Path, seed: int) -> None:
    url, outside = f"sqlite:///{tmp_path / 'kaihu.db'}", tmp_path / "outside"
    database = Database(url)
    metadata.create_all(database.engine)
    database.close()
    assert kill_again_and_again(url, outside, seed) >= 5

    database = Database(url)
    engine = engine_on(database, TestClock(), World(outside, lambda: None))
    for business_key in CASES:
        case = engine.process_instances.find(clerk, business_key)
        assert case.state is InstanceState.COMPLETED
        assert engine.history.verify_chain(case.key).whole
        assert set(engine.history.variables(clerk, case.key).root) == {"business_key", *LOCAL, *REMOTE}
    with database.reading() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        effects = Counter(connection.execute(select(ledger.c.case)).scalars())
    assert effects == {f"{case}/{element}": 1 for case in CASES for element in LOCAL}
    sent = {tuple(line.split()) for line in outside.read_text().splitlines()}
    assert sorted(effect for effect, _ in sent) == sorted(f"{case}/{element}" for case in CASES for element in REMOTE)
    assert len({key for _, key in sent}) == len(CASES) * len(REMOTE)  # a repetition carried the key of the first
    database.close()
