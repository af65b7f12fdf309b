"""New jobs that a free thread of the process takes in the transaction that makes them: no word, no claim."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from engine.job_executor import JobExecutor
from engine.job_runs import JobRuns
from engine.process_engine import ProcessEngine
from engine.queue.bell import Bell
from engine.queue.work import ClaimedJob, Lease, Pace
from engine.services.answers import InboxView
from engine.store.states import InstanceState, JobState
from engine.store.tables import job
from engine.worker_api import Completed, Failed, Job
from persistence.database import Database
from tests.chaos.doom import Doom, Moment
from tests.conftest import NOON, TestClock
from tests.engine.conftest import Outside, administrator, clerk
from tests.engine.diagrams import chain, diagram, end, service_task, start, user_task
from tests.engine.queue_machine import wait_until
from tests.engine.taking import claim_batch
from tests.interpreter.diagrams import each, path
from tests.interpreter.diagrams import job as service

TWICE = diagram(
    "twice", chain(start(), service_task("ask", "ask-registry"), service_task("again", "ask-registry"), end())
)
TASK = diagram("task", chain(start(), user_task("one", "clerk"), service_task("ask", "ask-registry"), end()))
MANY = diagram(
    "many",
    "".join(xml.replace("{flows}", "") for _, xml in (start(), end()))
    + service("ask", body=each("=items", "item"), type_="ask-registry")
    + path("begin", "ask", "finish"),
)


@dataclass
class Free:
    """Threads that are free, and what they were given."""

    threads: int
    given: list[Callable[[], object]] = field(default_factory=list)

    def free(self) -> int:
        return self.threads - len(self.given)

    def give(self, job: Callable[[], object]) -> None:
        self.given.append(job)


@pytest.fixture
def deployed(engine: ProcessEngine) -> ProcessEngine:
    engine.deployments.deploy(administrator, [TWICE, TASK, MANY])
    return engine


def begin(engine: ProcessEngine, process_id: str, **variables: object) -> int:
    return engine.process_instances.start(clerk, process_id, business_key="AO-1", variables=variables).key


def states(engine: ProcessEngine) -> list[str]:
    with engine.parts.database.reading() as connection:
        return list(connection.execute(select(job.c.state).order_by(job.c.number)).scalars())


def case_state(engine: ProcessEngine) -> InstanceState:
    return engine.process_instances.find(clerk, "AO-1").state


def working(engine: ProcessEngine, places: Free | None, pace: Pace | None = None) -> JobRuns:
    runs = JobRuns(engine, "one", pace or Pace(), patient=True)
    runs.begin(places)
    return runs


def test_a_new_job_is_leased_to_a_free_thread_in_the_transaction_that_makes_it(
    deployed: ProcessEngine, clock: TestClock, outside: Outside
) -> None:
    places = Free(1)
    working(deployed, places)
    begin(deployed, "twice")
    assert states(deployed) == [JobState.LEASED]
    with deployed.parts.database.reading() as connection:
        row = connection.execute(select(job)).one()
    assert (row.attempts, row.worker, row.lease_until) == (1, "one", clock.now() + dt.timedelta(seconds=6))
    assert claim_batch(deployed, "two", ["ask-registry"], 5, dt.timedelta(minutes=1)) == []
    (run,) = places.given
    run()
    assert case_state(deployed) is InstanceState.COMPLETED
    assert outside.attempts == [1, 1]
    assert len(places.given) == 1  # the second job was done by the thread of the first


def test_as_many_are_taken_as_threads_are_free_and_the_others_are_left_to_all(deployed: ProcessEngine) -> None:
    places = Free(2)
    working(deployed, places)
    begin(deployed, "many", items=[1, 2, 3, 4, 5])
    assert states(deployed) == [JobState.LEASED] * 2 + [JobState.AVAILABLE] * 3
    assert len(places.given) == 2


def test_a_thread_that_ends_a_job_goes_on_with_the_next_of_the_case_though_no_other_is_free(
    deployed: ProcessEngine, outside: Outside
) -> None:
    begin(deployed, "twice")
    runs = working(deployed, None)
    (run,) = runs.take(5)
    run()
    assert case_state(deployed) is InstanceState.COMPLETED
    assert outside.attempts == [1, 1]


def test_when_its_turn_is_over_it_leaves_the_next_to_all(deployed: ProcessEngine) -> None:
    begin(deployed, "twice")
    (run,) = working(deployed, None, Pace(turn=0)).take(5)
    run()
    assert states(deployed) == [JobState.COMPLETED, JobState.AVAILABLE]


def test_a_process_that_takes_no_more_leaves_new_jobs_to_others(deployed: ProcessEngine) -> None:
    runs = working(deployed, Free(1))
    runs.take_no_more()
    begin(deployed, "twice")
    assert states(deployed) == [JobState.AVAILABLE]


def test_a_job_that_shall_wait_before_it_is_tried_again_is_not_taken(deployed: ProcessEngine, outside: Outside) -> None:
    outside.answers = [Failed("closed")]
    begin(deployed, "twice")
    places = Free(1)
    (run,) = working(deployed, places).take(1)
    run()
    assert states(deployed) == [JobState.AVAILABLE]
    assert places.given == []


def test_a_job_taken_by_a_process_that_died_before_it_began_is_anothers_after_its_lease(
    deployed: ProcessEngine, executor: JobExecutor, clock: TestClock, outside: Outside
) -> None:
    working(deployed, Free(1))
    begin(deployed, "task")
    (row,) = deployed.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    deployed.user_tasks.claim(clerk, row.key)
    deployed.user_tasks.complete(clerk, row.key, {})
    assert states(deployed) == [JobState.LEASED]
    assert executor.run_until_idle() == 0
    clock.pass_by(seconds=6)
    executor.run_until_idle()
    assert case_state(deployed) is InstanceState.COMPLETED
    assert outside.attempts == [2]


class Commits(Doom):
    """Counts them."""

    number = 0

    def __call__(self, moment: Moment) -> None:
        self.number += moment is Moment.AFTER_COMMIT


def test_a_case_with_two_remote_jobs_costs_one_commit_for_its_start_and_one_for_each_job(
    deployed: ProcessEngine, database: Database
) -> None:
    places, commits = Free(1), Commits(None, None)
    working(deployed, places)
    commits.watch(database)
    database.close()  # from now on connections are watched
    begin(deployed, "twice")
    places.given[0]()
    assert case_state(deployed) is InstanceState.COMPLETED
    assert commits.number == 3


class Taking:
    """Takes everything, and notes what it was handed."""

    def __init__(self) -> None:
        self.handed: list[ClaimedJob] = []

    def offer(self, type_: str, taken: int) -> Lease | None:
        return Lease(self, "token", "worker", dt.timedelta(seconds=6))

    def hand(self, claimed: ClaimedJob) -> None:
        self.handed.append(claimed)


def test_what_was_leased_in_a_transaction_that_is_taken_back_is_handed_to_nobody() -> None:
    bell, taker = Bell(), Taking()
    bell.serve(taker)
    bell.begin()
    lease = bell.lease_for("ask-registry")
    assert lease is not None
    bell.leased(lease, _claimed())
    bell.begin()  # the first transaction was taken back
    bell.committed()
    assert taker.handed == []
    bell.begin()
    bell.leased(lease, _claimed())
    bell.committed()
    bell.committed()
    assert [claimed.key for claimed in taker.handed] == [7]


def _claimed() -> ClaimedJob:
    a_job = Job(
        key=7,
        type="ask-registry",
        instance_key=1,
        business_key="AO-1",
        process_id="twice",
        element_id="ask",
        variables={},
        headers={},
        now=NOON,
        attempt=1,
        last_attempt=False,
    )
    return ClaimedJob(key=7, type=a_job.type, instance_key=1, job=a_job, token="token", until=NOON)


def test_answers_reach_the_case_whoever_made_the_job(
    deployed: ProcessEngine, executor: JobExecutor, outside: Outside
) -> None:
    outside.answers = [Completed({"registry": "match"})]
    executor.start()
    case = begin(deployed, "many", items=list(range(20)))
    wait_until(lambda: case_state(deployed) is InstanceState.COMPLETED)
    executor.stop()
    assert outside.attempts == [1] * 20
    assert deployed.history.verify_chain(case).whole
