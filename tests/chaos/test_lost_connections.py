"""The database goes away at the worst moments: every case completes, each effect once, no repetition duplicates."""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
from sqlalchemy import URL, create_engine, text

from engine.job_executor import JobExecutor
from engine.process_engine import ProcessEngine
from engine.services.answers import Correlated, CorrelationResult, InboxView
from engine.store.states import InstanceState
from persistence.database import Database, DatabaseUnavailable, OutcomeUnknown
from persistence.schema import metadata
from tests.chaos.conftest import Shown
from tests.chaos.doom import Doom, Moment
from tests.chaos.length import times
from tests.chaos.opening import OPENING, Client, World, assert_nothing_lost_and_nothing_twice, engine_on
from tests.chaos.server import BreakingWay, Cut, Server, own_server
from tests.conftest import NOON, TestClock
from tests.engine.conftest import administrator, clerk
from tests.engine.diagrams import chain, diagram, end, message, message_catch, start, user_task

pytestmark = pytest.mark.postgres
log = structlog.get_logger()

SPEED = 300
"""How much faster than time the clock of these tests runs: a lost worker's lease is over in less than a second."""

UNDER_WAY = 20
"""Cases at once."""

SIGNING = diagram(
    "signing",
    chain(start(), user_task("prepare", "clerk"), message_catch("signed", "signed_message"), end()),
    roots=message("signed_message"),
)


class FastClock:
    """A clock that runs ahead of time."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> dt.datetime:
        return NOON + dt.timedelta(seconds=(time.monotonic() - self._began) * SPEED)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with own_server() as server:
        yield server


@contextmanager
def broken_way(url: URL, decide: Callable[[], Cut | None]) -> Iterator[Database]:
    """The database by a way that breaks when `decide` says so."""
    way = BreakingWay(url, decide)
    database = Database(way.url.render_as_string(hide_password=False))
    yield database
    database.close()
    way.close()


def prepared(url: URL) -> Database:
    """The database with every table, by the straight way."""
    database = Database(url.render_as_string(hide_password=False))
    metadata.create_all(database.engine)
    return database


def test_a_connection_lost_under_a_local_worker_is_said_to_be_so(server: Server, tmp_path: Path) -> None:
    """What the worker made of it, and the savepoint around it, must not hide that the database is away."""
    database = prepared(server.new_database("under_a_worker"))
    engine = engine_on(database, TestClock(), World(tmp_path, Losing(database)))
    engine.deployments.deploy(administrator, [OPENING])
    for _ in range(2):  # before the worker's own statement, and after it
        with pytest.raises(DatabaseUnavailable) as away:
            engine.process_instances.start(clerk, "opening", business_key="AO-1")
        assert away.value.code == DatabaseUnavailable.code  # nothing was saved, and nobody is told otherwise
    started = engine.process_instances.start(clerk, "opening", business_key="AO-1")
    assert engine.process_instances.find(clerk, "AO-1").key == started.key
    database.close()


class Losing(Doom):
    """Has the server end the connections of others at a worker's effect: before the first, after the second."""

    def __init__(self, database: Database) -> None:
        super().__init__(None, None)
        self._url = database.url
        self._next = [Moment.BEFORE_EFFECT, Moment.AFTER_EFFECT]

    def __call__(self, moment: Moment) -> None:
        if self._next and self._next[0] is moment:
            self._next.pop(0)
            other = create_engine(self._url.set(drivername="postgresql+psycopg"))
            with other.connect() as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
            other.dispose()


@pytest.mark.parametrize("cut", list(Cut))
def test_a_request_repeated_after_a_broken_commit_is_done_once(
    server: Server, cut: Cut, tmp_path: Path, shown: Shown
) -> None:
    """Start, complete and message: each is cut off, told to be uncertain, and sent again under the same key."""
    rounds = times(200, at_least=5)
    pending: list[Cut] = []
    url = server.new_database(f"repeated_{cut.name.lower()}")

    def decide() -> Cut | None:
        return pending.pop() if pending else None

    def cut_off(request: Callable[[], object]) -> object:
        pending.append(cut)
        with pytest.raises(OutcomeUnknown):
            request()
        assert not pending
        return request()

    straight = prepared(url)
    world = World(tmp_path, Doom(None, None))
    with broken_way(url, decide) as database:
        engine_on(straight, TestClock(), world).deployments.deploy(administrator, [SIGNING])
        engine = engine_on(database, TestClock(), world)
        for round_ in range(rounds):
            _one_round(engine, f"AO-{round_}", cut_off)
        case_count = len(engine.process_instances.list(clerk).rows)
    assert case_count == min(rounds, 50)
    straight.close()
    shown(cases=rounds, cut_off_commits=3 * rounds)


def _one_round(engine: ProcessEngine, name: str, cut_off: Callable[[Callable[[], object]], object]) -> None:
    cut_off(lambda: engine.process_instances.start(clerk, "signing", business_key=name, idempotency_key=name))
    (row,) = engine.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    engine.user_tasks.claim(clerk, row.key)
    cut_off(lambda: engine.user_tasks.complete(clerk, row.key, {}, idempotency_key=name))
    answer = cut_off(lambda: engine.messages.correlate(clerk, "signed_message", name, message_id=name))
    assert isinstance(answer, CorrelationResult)
    assert answer.status in (Correlated.DELIVERED, Correlated.DUPLICATE)
    case = engine.process_instances.find(clerk, name)
    assert case.state is InstanceState.COMPLETED
    commands = [entry.command for entry in engine.history.journal(clerk, case.key)]
    assert commands == ["start", "claim_user_task", "complete_user_task", "correlate_message"]


class Load:
    """Two workers and a client that go on whatever happens to the database, until every case is done."""

    def __init__(self, database: Database, folder: Path, cases: int) -> None:
        self.world = World(folder, Doom(None, None))
        self.engine = engine_on(database, FastClock(), self.world)
        self._cases = cases
        self._over = threading.Event()
        self._counting = threading.Lock()
        self.outages = 0

    def carry_through(self) -> None:
        """Start so many cases, and work until all are completed."""
        workers = [threading.Thread(target=self._work, args=(f"worker-{n}",)) for n in range(2)]
        for worker in workers:
            worker.start()
        client = Client(self.engine, self.world)
        try:
            while not self._done(lambda: self._round(client)):
                pass
        finally:
            self._over.set()
            for worker in workers:
                worker.join()

    def _round(self, client: Client) -> bool:
        """Ask what was not answered, begin what may be begun, approve; True when nothing is left to do."""
        client.ask_again()
        active = client.active()
        for _ in range(active, min(UNDER_WAY, active + self._cases - client.number)):
            client.start_next()
        client.approve_all()
        return client.number >= self._cases and client.active() == 0

    def _work(self, name: str) -> None:
        executor = JobExecutor(self.engine, name=name)
        while not self._over.is_set():
            if not self._done(executor.run_once):
                self._over.wait(0.02)

    def _done(self, step: Callable[[], object]) -> object:
        """The step's answer; None when the database was away."""
        try:
            return step()
        except DatabaseUnavailable:
            with self._counting:
                self.outages += 1
            self._over.wait(0.05)
            return None


def carried_through(database: Database, folder: Path, cases: int) -> Load:
    load = Load(database, folder, cases)
    load.engine.deployments.deploy(administrator, [OPENING])
    load.carry_through()
    return load


def test_cases_complete_though_every_tenth_commit_is_cut_off(server: Server, tmp_path: Path, shown: Shown) -> None:
    cases, chance = times(1_000, at_least=10), random.Random("cut")
    cuts: list[Cut] = []
    deciding = threading.Lock()
    cutting = threading.Event()

    def decide() -> Cut | None:
        with deciding:
            if not cutting.is_set() or chance.random() > 0.1:
                return None
            cuts.append(chance.choice(list(Cut)))
            return cuts[-1]

    url = server.new_database("cut_off")
    straight = prepared(url)
    with broken_way(url, decide) as database:
        engine_on(straight, FastClock(), World(tmp_path, Doom(None, None))).deployments.deploy(administrator, [OPENING])
        load = Load(database, tmp_path, cases)
        cutting.set()
        load.carry_through()
    engine = engine_on(straight, FastClock(), load.world)
    assert cuts
    shown(
        cases=assert_nothing_lost_and_nothing_twice(engine, load.world),
        commits_cut_before=cuts.count(Cut.BEFORE),
        commits_cut_after=cuts.count(Cut.AFTER),
        repeated_effects=len(load.world.effects) - len(set(load.world.effects)),
    )
    straight.close()


def test_cases_complete_though_the_server_is_stopped_and_started(server: Server, tmp_path: Path, shown: Shown) -> None:
    cases, chance = times(5_000, at_least=12), random.Random("restart")
    database = prepared(server.new_database("restarted"))
    over, restarts = threading.Event(), 0

    def restart() -> None:
        nonlocal restarts
        while not over.wait(chance.uniform(0.5, 2)):
            server.stop(chance.choice(["fast", "immediate"]))
            over.wait(chance.uniform(0, 0.5))
            server.start()
            restarts += 1

    trouble = threading.Thread(target=restart)
    load = Load(database, tmp_path, cases)
    load.engine.deployments.deploy(administrator, [OPENING])
    trouble.start()
    try:
        load.carry_through()
    finally:
        over.set()
        trouble.join()
        database.close()
    again = Database(database.url.render_as_string(hide_password=False))
    shown(
        cases=assert_nothing_lost_and_nothing_twice(engine_on(again, FastClock(), load.world), load.world),
        restarts=restarts,
        requests_and_rounds_refused=load.outages,
        repeated_effects=len(load.world.effects) - len(set(load.world.effects)),
    )
    again.close()
