"""What operators watch: how much is open, how old the oldest of it is."""

from __future__ import annotations

import datetime as dt

from engine.job_executor import JobExecutor
from engine.process_engine import ProcessEngine
from engine.worker_api import Failed
from tests.conftest import TestClock
from tests.engine.conftest import Outside, administrator, clerk
from tests.engine.diagrams import chain, diagram, end, service_task, start, timer_catch
from tests.engine.taking import claim_batch

WAITING = diagram("waiting", chain(start(), timer_catch("wait", "PT1H"), end()))
REMOTE = diagram("remote", chain(start(), service_task("ask", "ask-registry", retries=1), end()))


def test_an_empty_engine_has_nothing_open(engine: ProcessEngine) -> None:
    figures = engine.workload.figures()
    assert (dict(figures.jobs), figures.open_tasks, figures.open_incidents, figures.late_timers) == ({}, 0, 0, 0)
    assert (figures.oldest_job_seconds, figures.latest_timer_seconds) == (0.0, 0.0)


def test_jobs_are_counted_by_type_and_state_and_the_oldest_one_ages(engine: ProcessEngine, clock: TestClock) -> None:
    engine.deployments.deploy(administrator, [REMOTE])
    for number in range(3):
        engine.process_instances.start(clerk, "remote", business_key=f"AO-{number}")
    clock.pass_by(seconds=90)
    assert engine.workload.figures().oldest_job_seconds == 90
    claim_batch(engine, "w", ["ask-registry"], 1, dt.timedelta(minutes=5))
    figures = engine.workload.figures()
    assert figures.jobs == {("ask-registry", "available"): 2, ("ask-registry", "leased"): 1}


def test_an_incident_is_open_until_it_is_resolved(
    engine: ProcessEngine, executor: JobExecutor, outside: Outside
) -> None:
    outside.answers = [Failed("no")]
    engine.deployments.deploy(administrator, [REMOTE])
    engine.process_instances.start(clerk, "remote", business_key="AO-1")
    executor.run_until_idle()
    figures = engine.workload.figures()
    assert (figures.open_incidents, dict(figures.jobs)) == (1, {})


def test_a_timer_is_late_from_the_moment_it_is_due_until_it_has_fired(
    engine: ProcessEngine, executor: JobExecutor, clock: TestClock
) -> None:
    engine.deployments.deploy(administrator, [WAITING])
    engine.process_instances.start(clerk, "waiting", business_key="AO-1")
    assert engine.workload.figures().late_timers == 0
    clock.pass_by(hours=1, seconds=30)
    figures = engine.workload.figures()
    assert (figures.late_timers, figures.latest_timer_seconds) == (1, 30)
    executor.run_until_idle()
    assert engine.workload.figures().late_timers == 0
