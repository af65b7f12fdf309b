"""Processes that begin by themselves: once for each moment, whoever looks, whatever was missed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from engine.job_executor import JobExecutor
from engine.job_runs import JobRuns
from engine.model.actor import ActorKind
from engine.model.errors import NotFound
from engine.process_engine import ProcessEngine
from engine.queue.work import Pace
from engine.services.answers import InstanceFilter, Resource
from engine.services.errors import DeploymentRefused
from persistence.database import Database
from tests.conftest import NOON, TestClock
from tests.engine.conftest import administrator, clerk
from tests.engine.diagrams import chain, diagram, end, start, timer_start, user_task
from tests.engine.test_versions_and_races import together

DAILY = "R/2026-03-01T08:00:00+08:00/P1D"  # NOON is 2 March, 12:00 there


def review(time: str = DAILY, kind: str = "timeCycle", key: str = "", then: str = "look") -> Resource:
    return diagram("review", chain(timer_start("each", time, kind, key), user_task(then, "clerk"), end()))


def begun(engine: ProcessEngine) -> list[str]:
    """Business keys of the cases that began, oldest first."""
    rows = engine.process_instances.list(clerk, InstanceFilter(process_id="review")).rows
    return [row.business_key for row in reversed(rows)]


def at(day: int, hour: int, month: int = 3, year: int = 2026) -> dt.datetime:
    """A full hour in the bank's zone."""
    return dt.datetime(year, month, day, hour, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def test_a_daily_process_begins_each_day_at_its_time_and_not_before(
    engine: ProcessEngine, executor: JobExecutor, clock: TestClock
) -> None:
    engine.deployments.deploy(administrator, [review()])
    for moment in (NOON, at(3, 7), at(3, 8), at(3, 9), at(4, 8), at(4, 8)):
        clock.time = moment.astimezone(dt.UTC)
        executor.run_until_idle()
    assert begun(engine) == ["review-20260303", "review-20260304"]
    entry = engine.history.journal(clerk, engine.process_instances.find(clerk, "review-20260303").key)[0]
    assert (entry.command, entry.actor.kind, entry.actor.name) == ("start_by_timer", ActorKind.SYSTEM, "timer")
    assert entry.body["inputs"]["due"] == "2026-03-03T00:00:00+00:00"


def test_moments_that_were_missed_begin_one_case_for_the_last_of_them(
    engine: ProcessEngine, executor: JobExecutor, clock: TestClock
) -> None:
    engine.deployments.deploy(administrator, [review()])
    clock.time = at(9, 7).astimezone(dt.UTC)
    executor.run_until_idle()
    assert begun(engine) == ["review-20260308"]
    clock.time = at(9, 8).astimezone(dt.UTC)
    executor.run_until_idle()
    assert begun(engine) == ["review-20260308", "review-20260309"]


def test_many_machines_begin_one_case_for_a_moment(
    make_engine: Callable[[], ProcessEngine], engine: ProcessEngine, clock: TestClock
) -> None:
    engine.deployments.deploy(administrator, [review()])
    machines = [engine, *(make_engine() for _ in range(3))]
    for day in (3, 4, 5):
        clock.time = at(day, 8).astimezone(dt.UTC)
        together(*(machine.start_timers.begin_due for machine in machines))
    assert begun(engine) == ["review-20260303", "review-20260304", "review-20260305"]


def test_a_quarterly_process_keeps_its_day_through_months_that_lack_it(
    engine: ProcessEngine, executor: JobExecutor, clock: TestClock
) -> None:
    engine.deployments.deploy(administrator, [review("R/2025-11-30T09:00:00+08:00/P3M")])
    for moment in (at(30, 8, 5), at(30, 9, 5), at(30, 9, 8), at(30, 9, 11), at(28, 9, 2, 2027)):
        clock.time = moment.astimezone(dt.UTC)
        executor.run_until_idle()
    assert begun(engine) == ["review-20260530", "review-20260830", "review-20261130", "review-20270228"]


def test_a_cycle_with_a_count_ends_and_a_date_comes_once(
    engine: ProcessEngine, executor: JobExecutor, clock: TestClock
) -> None:
    engine.deployments.deploy(administrator, [review("R2/PT1H")])
    for _ in range(4):
        clock.pass_by(hours=1)
        executor.run_until_idle()
    assert begun(engine) == ["review-20260302-1300", "review-20260302-1400"]
    engine.deployments.deploy(administrator, [review("2026-03-03T08:00:00", "timeDate")])
    for _ in range(3):
        clock.pass_by(days=1)
        executor.run_until_idle()
    assert begun(engine)[2:] == ["review-20260303"]


def test_the_diagram_names_the_business_key_with_the_day_it_is_due(
    engine: ProcessEngine, executor: JobExecutor, clock: TestClock
) -> None:
    key = "=&quot;RV-&quot; + string(date(due))"
    engine.deployments.deploy(administrator, [review(key=key)])
    clock.time = at(3, 8).astimezone(dt.UTC)
    executor.run_until_idle()
    assert begun(engine) == ["RV-2026-03-03"]


def test_a_new_version_takes_the_place_of_the_older_ones_timers(
    engine: ProcessEngine, executor: JobExecutor, clock: TestClock
) -> None:
    engine.deployments.deploy(administrator, [review()])
    engine.deployments.deploy(administrator, [review("R/2026-03-01T10:00:00+08:00/P1D", then="check")])
    for hour in (8, 9, 10):
        clock.time = at(3, hour).astimezone(dt.UTC)
        executor.run_until_idle()
    assert begun(engine) == ["review-20260303"]
    (task,) = engine.user_tasks.of_case(clerk, engine.process_instances.find(clerk, "review-20260303").key)
    assert task.element_id == "check"
    engine.deployments.deploy(administrator, [diagram("review", chain(start(), user_task("by_hand", "clerk"), end()))])
    clock.time = at(9, 12).astimezone(dt.UTC)
    executor.run_until_idle()
    assert len(begun(engine)) == 1


def test_a_moment_that_is_due_when_a_new_version_comes_is_not_lost(
    engine: ProcessEngine, executor: JobExecutor, clock: TestClock
) -> None:
    engine.deployments.deploy(administrator, [review()])
    clock.time = at(3, 9).astimezone(dt.UTC)
    engine.deployments.deploy(administrator, [review(then="check")])
    executor.run_until_idle()
    assert begun(engine) == ["review-20260303"]


def test_a_date_that_is_past_begins_nothing(engine: ProcessEngine, executor: JobExecutor) -> None:
    engine.deployments.deploy(administrator, [review("2026-03-01T08:00:00", "timeDate")])
    executor.run_until_idle()
    assert begun(engine) == []


def test_a_process_that_begins_by_itself_is_not_begun_by_hand(engine: ProcessEngine) -> None:
    engine.deployments.deploy(administrator, [review()])
    with pytest.raises(NotFound):
        engine.process_instances.start(clerk, "review", business_key="RV-1")


@pytest.mark.parametrize(
    ("time", "kind", "key"),
    [
        ("PT1H", "timeDuration", ""),
        ("0 0 8 * * MON-FRI", "timeCycle", ""),
        ("R0/PT1H", "timeCycle", ""),
        ("R/PT0S", "timeCycle", ""),
        ("R/PT59S", "timeCycle", ""),
        ("R/-P1D", "timeCycle", ""),
        ("R/P1Y2M3D", "timeCycle", ""),
        ("R/2026-13-01T00:00:00/P1D", "timeCycle", ""),
        ("R999999999/P9999Y", "timeCycle", ""),
        ("R/P99999Y", "timeCycle", ""),
        ("tomorrow", "timeDate", ""),
        ("=unknown", "timeDate", ""),
        (DAILY, "timeCycle", "=5"),
        (DAILY, "timeCycle", "=nothing_known"),
    ],
)
def test_what_a_start_timer_cannot_say_is_refused_at_deployment(
    engine: ProcessEngine, time: str, kind: str, key: str
) -> None:
    with pytest.raises(DeploymentRefused) as refused:
        engine.deployments.deploy(administrator, [review(time, kind, key)])
    (problem,) = refused.value.problems
    assert problem.element == "each"
    assert problem.remedy_en
    assert problem.remedy_zh


def test_a_case_that_cannot_begin_is_put_off_and_tried_again(
    engine: ProcessEngine, executor: JobExecutor, clock: TestClock
) -> None:
    in_the_night = "now() &gt; date and time(&quot;2026-03-02T16:00:00Z&quot;)"
    not_yet = "now() &lt; date and time(&quot;2026-03-03T00:20:00Z&quot;)"
    key = f"=if {in_the_night} and {not_yet} then null else &quot;RV-1&quot;"
    engine.deployments.deploy(administrator, [review(key=key)])
    clock.time = at(3, 8).astimezone(dt.UTC)
    executor.run_until_idle()
    assert begun(engine) == []
    clock.pass_by(minutes=4)
    assert engine.start_timers.begin_due() == 0
    clock.pass_by(minutes=20)
    executor.run_until_idle()
    assert begun(engine) == ["RV-1"]


def test_machines_told_by_a_queue_begin_cases_when_they_look_after_what_was_lost(
    engine: ProcessEngine, clock: TestClock, database: Database
) -> None:
    engine.deployments.deploy(administrator, [review()])
    clock.time = at(3, 8).astimezone(dt.UTC)
    JobRuns(engine, "machine", Pace(), patient=True).look_after()
    assert begun(engine) == ([] if database.is_sqlite else ["review-20260303"])
    JobRuns(engine, "machine", Pace(), patient=True).run_due()
    assert begun(engine) == ["review-20260303"]
