"""The clock jumps, a day has 23 or 25 hours or is the 29th of February: each timer fires once, and never too early."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from engine.job_executor import JobExecutor
from engine.journal import JournalEntry
from engine.model.errors import StateConflict
from engine.model.events import ElementCompleted
from engine.process_engine import ProcessEngine
from engine.store.states import InstanceState
from engine.store.tables import journal_entry, process_instance, timer
from persistence.database import Database
from persistence.keys import Keys
from tests.chaos.conftest import Shown
from tests.chaos.crowd import crowd_of
from tests.chaos.length import times
from tests.conftest import TestClock
from tests.engine.conftest import EveryDay, RolesOnly, administrator, clerk
from tests.engine.diagrams import chain, diagram, end, service_task, start, timer_catch, user_task
from tests.engine.taking import claim_batch, complete
from tests.interpreter.diagrams import boundary, catch, path
from tests.interpreter.diagrams import timer as timed

JUMPS = [dt.timedelta(hours=1), dt.timedelta(hours=-1), dt.timedelta(days=-1), dt.timedelta(minutes=20)]
BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")

WAITING = diagram("waiting", chain(start(), timer_catch("pause", "PT2H"), end()))
AT = diagram(
    "at",
    start()[1].replace("{flows}", "")
    + catch("then", timed("=date and time(at)", "timeDate"))
    + end()[1].replace("{flows}", "")
    + path("begin", "then", "finish"),
)
REMINDED = diagram(
    "reminded",
    "".join(xml.replace("{flows}", "") for _, xml in (start(), user_task("one", "clerk"), end(), end("told")))
    + boundary("reminder", "one", timed("R3/PT1H", "timeCycle"), interrupting=False)
    + path("begin", "one", "finish")
    + path("reminder", "told"),
)
ASKING = diagram("asking", chain(start(), service_task("ask", "ask-registry"), end()))


def noon_of(year: int, month: int, day: int, *, hour: int = 12) -> dt.datetime:
    """In Berlin."""
    return dt.datetime(year, month, day, hour, tzinfo=BERLIN)


def fired(engine: ProcessEngine, case: int, element: str) -> list[JournalEntry]:
    """The entries in which the element ended."""
    return [
        entry
        for entry in engine.history.journal(clerk, case)
        for event in entry.body["events"]
        if (event["type"], event.get("element")) == (ElementCompleted.type, element)
    ]


@pytest.mark.parametrize("seed", range(times(50, at_least=2)))
def test_timers_fire_once_and_not_too_early_however_the_clock_jumps(
    engine: ProcessEngine, executor: JobExecutor, clock: TestClock, seed: int
) -> None:
    chance = random.Random(seed)
    engine.deployments.deploy(administrator, [WAITING, REMINDED])
    begun: dict[int, tuple[str, dt.datetime]] = {}
    for step in range(20):
        process_id = chance.choice(["waiting", "reminded"])
        case = engine.process_instances.start(clerk, process_id, business_key=f"AO-{step}").key
        begun[case] = process_id, clock.now()
        clock.time += chance.choice(JUMPS)
        executor.run_until_idle()
    clock.pass_by(days=30)
    executor.run_until_idle()
    for case, (process_id, at) in begun.items():
        if process_id == "waiting":
            (entry,) = fired(engine, case, "pause")
            assert entry.time >= at + dt.timedelta(hours=2)
        else:
            reminders = [entry.time for entry in fired(engine, case, "reminder")]
            assert len(reminders) == 3
            assert all(time >= at + dt.timedelta(hours=hour) for hour, time in enumerate(reminders, 1))
        assert engine.history.verify_chain(case).whole
    assert engine.workload.waiting((), ()).timers is None


@pytest.mark.parametrize("jump", [dt.timedelta(hours=1), dt.timedelta(hours=-1), dt.timedelta(days=-1)])
def test_a_job_that_is_under_way_is_done_once_however_the_clock_jumps(
    engine: ProcessEngine, clock: TestClock, jump: dt.timedelta
) -> None:
    """Forwards the lease is over too soon and the job is given to another; backwards it lasts longer."""
    engine.deployments.deploy(administrator, [ASKING])
    case = engine.process_instances.start(clerk, "asking", business_key="AO-1").key
    (first,) = claim_batch(engine, "first", ["ask-registry"], 1, dt.timedelta(minutes=1))
    clock.time += jump
    again = claim_batch(engine, "second", ["ask-registry"], 1, dt.timedelta(minutes=1))
    assert len(again) == (jump > dt.timedelta())
    for job in again:
        with pytest.raises(StateConflict):
            complete(engine, first, {})
        complete(engine, job, {})
    if not again:
        complete(engine, first, {})
    assert engine.process_instances.get(clerk, case).state is InstanceState.COMPLETED
    assert len(fired(engine, case, "ask")) == 1


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (BERLIN, dt.date(2026, 3, 29)),  # 02:00 to 03:00 is left out
        (BERLIN, dt.date(2026, 10, 25)),  # 02:00 to 03:00 comes twice
        (SHANGHAI, dt.date(1986, 5, 4)),
        (SHANGHAI, dt.date(1986, 9, 14)),
        (BERLIN, dt.date(2028, 2, 29)),
        (SHANGHAI, dt.date(2028, 2, 29)),
    ],
    ids=str,
)
def test_half_past_every_hour_of_an_odd_day_comes_once(database: Database, zone: ZoneInfo, day: dt.date) -> None:
    clock = TestClock(dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC) - dt.timedelta(hours=1))
    engine = engine_in(zone, database, clock)
    engine.deployments.deploy(administrator, [AT])
    due: dict[int, dt.datetime] = {}
    for hour in range(24):
        local = dt.datetime.combine(day, dt.time(hour, 30))
        text = f"{local.isoformat()}@{zone.key}"
        case = engine.process_instances.start(clerk, "at", business_key=text, variables={"at": text}).key
        due[case] = local.replace(tzinfo=zone).astimezone(dt.UTC)
    walk(engine, clock, dt.timedelta(minutes=20), 3 * 27)
    for case, at in due.items():
        (entry,) = fired(engine, case, "then")
        assert at <= entry.time < at + dt.timedelta(minutes=20)


@pytest.mark.parametrize(
    ("begins", "duration", "ends"),
    [
        (noon_of(2028, 1, 31), "P1M", noon_of(2028, 2, 29)),
        (noon_of(2028, 2, 29), "P1Y", noon_of(2029, 2, 28)),
        (noon_of(2028, 2, 28), "P1D", noon_of(2028, 2, 29)),
        (noon_of(2027, 2, 28), "P1D", noon_of(2027, 3, 1)),
        (noon_of(2026, 3, 28), "P1D", noon_of(2026, 3, 29, hour=13)),  # a day is 24 hours
        (noon_of(2026, 3, 28), "P1M", noon_of(2026, 4, 28)),  # a month is the calendar's
        (noon_of(2026, 10, 24), "P1D", noon_of(2026, 10, 25, hour=11)),
    ],
)
def test_a_timer_over_an_odd_day_ends_when_the_calendar_says(
    database: Database, begins: dt.datetime, duration: str, ends: dt.datetime
) -> None:
    clock = TestClock(begins.astimezone(dt.UTC))
    engine = engine_in(BERLIN, database, clock)
    engine.deployments.deploy(administrator, [diagram("p", chain(start(), timer_catch("pause", duration), end()))])
    case = engine.process_instances.start(clerk, "p", business_key="AO-1").key
    due = ends.astimezone(dt.UTC)
    clock.time = due - dt.timedelta(seconds=1)
    assert JobExecutor(engine).run_until_idle() == 0
    walk(engine, clock, dt.timedelta(seconds=1), 2)
    (entry,) = fired(engine, case, "pause")
    assert entry.time == due


def engine_in(zone: ZoneInfo, database: Database, clock: TestClock) -> ProcessEngine:
    """An engine of a bank in that zone."""
    return ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=RolesOnly(),
        calendar=EveryDay(),
        handlers={},
        resources=None,
        zone=zone,
    )


def walk(engine: ProcessEngine, clock: TestClock, step: dt.timedelta, steps: int) -> None:
    executor = JobExecutor(engine)
    for _ in range(steps):
        executor.run_until_idle()
        clock.time += step


def test_timers_due_at_one_instant_fire_once_each_though_two_workers_fire_them(
    make_engine: Callable[[], ProcessEngine], database: Database, clock: TestClock, shown: Shown
) -> None:
    timers, engine = times(10_000, at_least=150), make_engine()
    engine.deployments.deploy(administrator, [WAITING])
    for number in range(timers):
        engine.process_instances.start(clerk, "waiting", business_key=f"AO-{number}")
    clock.pass_by(hours=2)
    with crowd_of(2) as crowd:
        done = crowd.together([JobExecutor(make_engine()).run_until_idle for _ in range(2)])
    assert sum(int(str(each)) for each in done) == timers
    fires = select(func.count()).select_from(journal_entry).where(journal_entry.c.command == "fire_timers")
    ended = select(func.count()).select_from(process_instance).where(process_instance.c.state == "completed")
    with database.reading() as connection:
        assert connection.execute(fires).scalar_one() == timers
        assert connection.execute(ended).scalar_one() == timers
        assert connection.execute(select(timer)).all() == []
    shown(timers=timers, fired_by_the_first_worker=done[0])
