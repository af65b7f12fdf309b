"""Workers that fail, crash and recover; incidents and their resolution."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import update

from engine.job_executor import JobExecutor
from engine.model.errors import NotAuthorised, StateConflict
from engine.process_engine import ProcessEngine
from engine.services.answers import Resource
from engine.store.states import InstanceState
from engine.store.tables import process_instance
from engine.worker_api import BpmnError, Completed, Failed
from persistence.database import Database
from tests.conftest import TestClock
from tests.engine.conftest import Outside, accounts_opened, administrator, clerk, outsider
from tests.engine.diagrams import chain, diagram, end, service_task, start
from tests.engine.taking import claim_batch, complete

LOCAL = diagram("local", chain(start(), service_task("open", "open-account", retries=3), end()))
REMOTE = diagram("remote", chain(start(), service_task("ask", "ask-registry", retries=2), end()))


def begin(engine: ProcessEngine, resource: Resource) -> int:
    process_id = resource.name.partition(".")[0]
    engine.deployments.deploy(administrator, [resource])
    return engine.process_instances.start(clerk, process_id, business_key="AO-1").key


def state_of(engine: ProcessEngine, case: int) -> InstanceState:
    return engine.process_instances.get(clerk, case).state


def test_a_local_worker_runs_in_the_transaction_of_the_command(
    engine: ProcessEngine, database: Database, outside: Outside
) -> None:
    outside.answers = [Completed({"account": {"number": "6222"}})]
    case = begin(engine, LOCAL)
    assert state_of(engine, case) is InstanceState.COMPLETED
    assert accounts_opened(database) == 1
    (entry,) = engine.history.journal(clerk, case)
    assert entry.body["steps"][0]["result"] == "completed"
    assert entry.body["steps"][0]["version"]
    assert engine.history.variables(clerk, case).root["account"] == {"number": "6222"}


@pytest.mark.parametrize("failure", [Failed("core is closed"), KeyError("account")])
def test_what_a_failing_local_worker_wrote_is_taken_back_and_it_is_tried_again_later(
    engine: ProcessEngine,
    executor: JobExecutor,
    database: Database,
    outside: Outside,
    clock: TestClock,
    failure: Failed | Exception,
) -> None:
    outside.answers = [failure, Completed()]
    case = begin(engine, LOCAL)
    assert accounts_opened(database) == 0
    assert executor.run_until_idle() == 0
    clock.pass_by(seconds=10)
    assert executor.run_until_idle() == 1
    assert outside.attempts == [1, 2]
    assert accounts_opened(database) == 1
    assert state_of(engine, case) is InstanceState.COMPLETED


def test_after_the_last_attempt_there_is_an_incident_and_after_its_resolution_the_case_goes_on(
    engine: ProcessEngine, executor: JobExecutor, outside: Outside, clock: TestClock, database: Database
) -> None:
    outside.answers = [Failed("core is closed")]
    case = begin(engine, LOCAL)
    for _ in range(2):
        clock.pass_by(minutes=5)
        executor.run_until_idle()
    (incident,) = engine.incidents.list(clerk)
    assert (incident.code, incident.message, incident.element_id) == ("job_failed", "core is closed", "open")
    assert incident.title == "任务多次执行失败"
    assert engine.process_instances.get(clerk, case).incidents == 1
    clock.pass_by(hours=2)
    assert executor.run_until_idle() == 0

    assert engine.incidents.may_resolve(outsider, incident.key).code == NotAuthorised.code
    with pytest.raises(NotAuthorised):
        engine.incidents.resolve(outsider, incident.key)
    outside.answers = [Completed()]
    assert engine.incidents.may_resolve(administrator, incident.key).allowed
    engine.incidents.resolve(administrator, incident.key)
    assert engine.incidents.may_resolve(administrator, incident.key).code == StateConflict.code
    assert state_of(engine, case) is InstanceState.COMPLETED
    assert accounts_opened(database) == 1
    assert engine.incidents.list(clerk) == []
    with pytest.raises(StateConflict):
        engine.incidents.resolve(administrator, incident.key)
    assert [entry.command for entry in engine.history.journal(clerk, case)] == [
        "start",
        "run_job",
        "run_job",
        "resolve_incident",
    ]


def test_an_error_nobody_catches_is_an_incident_that_can_be_resolved(engine: ProcessEngine, outside: Outside) -> None:
    outside.answers = [BpmnError("CLOSED", "the branch is closed")]
    case = begin(engine, LOCAL)
    (incident,) = engine.incidents.list(clerk, instance_key=case)
    assert incident.code == "error_not_caught"
    outside.answers = [Completed()]
    engine.incidents.resolve(administrator, incident.key)
    assert state_of(engine, case) is InstanceState.COMPLETED


def test_a_remote_job_is_run_by_the_executor(engine: ProcessEngine, executor: JobExecutor, outside: Outside) -> None:
    outside.answers = [Completed({"registry": {"status": "match"}})]
    case = begin(engine, REMOTE)
    assert state_of(engine, case) is InstanceState.ACTIVE
    assert executor.run_until_idle() == 1
    assert engine.history.variables(clerk, case).root["registry"] == {"status": "match"}
    assert [entry.command for entry in engine.history.journal(clerk, case)] == ["start", "finish_job"]


def test_a_remote_result_that_cannot_be_stored_is_a_failed_attempt(
    engine: ProcessEngine, executor: JobExecutor, outside: Outside, clock: TestClock
) -> None:
    outside.answers = [Completed({"score": Decimal("NaN")})]
    case = begin(engine, REMOTE)
    executor.run_until_idle()
    clock.pass_by(seconds=10)
    executor.run_until_idle()
    (incident,) = engine.incidents.list(clerk, instance_key=case)
    assert incident.code == "job_result_unstorable"


def test_a_leased_job_is_nobody_elses_until_its_lease_has_run_out(engine: ProcessEngine, clock: TestClock) -> None:
    begin(engine, REMOTE)
    lease = dt.timedelta(minutes=1)
    (first,) = claim_batch(engine, "one", ["ask-registry"], 5, lease)
    assert claim_batch(engine, "two", ["ask-registry"], 5, lease) == []
    clock.pass_by(minutes=2)
    (second,) = claim_batch(engine, "two", ["ask-registry"], 5, lease)
    assert (second.job.attempt, second.job.last_attempt) == (2, True)
    assert second.job.idempotency_key == first.job.idempotency_key
    with pytest.raises(StateConflict):
        complete(engine, first, {})
    complete(engine, second, {})


def test_who_lost_a_lease_cannot_put_off_the_job_of_its_next_holder(engine: ProcessEngine, clock: TestClock) -> None:
    begin(engine, REMOTE)
    lease, pause = dt.timedelta(minutes=1), dt.timedelta(minutes=5)
    (first,) = claim_batch(engine, "one", ["ask-registry"], 1, lease)
    assert not engine.jobs.postpone(first.key, pause)  # the lease lasts, and who has no token is not its holder
    clock.pass_by(minutes=1)
    (second,) = claim_batch(engine, "two", ["ask-registry"], 1, lease)
    assert not engine.jobs.postpone(first.key, pause, token=first.token)
    assert engine.jobs.postpone(second.key, pause, token=second.token)
    assert not engine.jobs.postpone(second.key, pause, token=second.token)
    with pytest.raises(StateConflict):
        complete(engine, second, {})
    assert engine.workload.waiting((), ("ask-registry",)).remote == pause.total_seconds()


def test_a_job_whose_lease_has_run_out_may_be_put_off_by_anybody_and_an_ended_one_by_nobody(
    engine: ProcessEngine, clock: TestClock
) -> None:
    begin(engine, REMOTE)
    lease, pause = dt.timedelta(minutes=1), dt.timedelta(minutes=5)
    (lost,) = claim_batch(engine, "one", ["ask-registry"], 1, lease)
    clock.pass_by(minutes=1)
    assert engine.jobs.postpone(lost.key, pause)
    clock.pass_by(minutes=5)
    (job,) = claim_batch(engine, "two", ["ask-registry"], 1, lease)
    complete(engine, job, {})
    assert not engine.jobs.postpone(job.key, pause)
    assert not engine.jobs.postpone(job.key, pause, token=job.token)


def test_a_worker_that_is_lost_on_every_attempt_makes_an_incident(
    engine: ProcessEngine, executor: JobExecutor, outside: Outside, clock: TestClock
) -> None:
    case = begin(engine, REMOTE)
    keys = set()
    for attempt in (1, 2):
        (claimed,) = claim_batch(engine, "killed", ["ask-registry"], 5, dt.timedelta(minutes=1))
        assert (claimed.job.attempt, claimed.job.last_attempt) == (attempt, attempt == 2)
        keys.add(claimed.job.idempotency_key)
        clock.pass_by(minutes=1)
    assert claim_batch(engine, "next", ["ask-registry"], 5, dt.timedelta(minutes=1)) == []
    (incident,) = engine.incidents.list(clerk, instance_key=case)
    assert (incident.code, incident.element_id) == ("worker_lost", "ask")
    assert incident.title == "任务程序每次执行均中断"
    with pytest.raises(StateConflict):
        complete(engine, claimed, {})
    assert [entry.command for entry in engine.history.journal(clerk, case)] == ["start", "expire_lease", "expire_lease"]
    clock.pass_by(days=1)
    assert executor.run_until_idle() == 0

    engine.incidents.resolve(administrator, incident.key)
    assert executor.run_until_idle() == 1
    assert state_of(engine, case) is InstanceState.COMPLETED
    assert len(keys) == 1


def test_a_lost_worker_of_a_case_that_cannot_be_read_does_not_hold_back_the_others(
    engine: ProcessEngine, executor: JobExecutor, clock: TestClock, database: Database
) -> None:
    broken = begin(engine, REMOTE)
    claim_batch(engine, "killed", ["ask-registry"], 5, dt.timedelta(minutes=1))
    sound = engine.process_instances.start(clerk, "remote", business_key="AO-2").key
    with database.transaction() as transaction:
        transaction.connection.execute(
            update(process_instance).where(process_instance.c.key == broken).values(tree=b"damaged")
        )
    clock.pass_by(minutes=1)
    assert executor.run_until_idle() == 1
    assert state_of(engine, sound) is InstanceState.COMPLETED
    assert state_of(engine, broken) is InstanceState.ACTIVE


def test_resolving_a_join_that_can_never_complete_is_refused_with_the_reason(engine: ProcessEngine) -> None:
    resource = diagram(
        "dead",
        '<bpmn:startEvent id="begin"/><bpmn:exclusiveGateway id="choice" default="right"/>'
        '<bpmn:task id="a"/><bpmn:task id="b"/><bpmn:parallelGateway id="join"/><bpmn:endEvent id="finish"/>'
        '<bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="choice"/>'
        '<bpmn:sequenceFlow id="left" sourceRef="choice" targetRef="a">'
        "<bpmn:conditionExpression>=false</bpmn:conditionExpression></bpmn:sequenceFlow>"
        '<bpmn:sequenceFlow id="right" sourceRef="choice" targetRef="b"/>'
        '<bpmn:sequenceFlow id="f2" sourceRef="a" targetRef="join"/>'
        '<bpmn:sequenceFlow id="f3" sourceRef="b" targetRef="join"/>'
        '<bpmn:sequenceFlow id="f4" sourceRef="join" targetRef="finish"/>',
    )
    case = begin(engine, resource)
    (incident,) = engine.incidents.list(clerk, instance_key=case)
    with pytest.raises(StateConflict) as refused:
        engine.incidents.resolve(administrator, incident.key)
    assert "join" in refused.value.message("en")
    assert "重试无效" in refused.value.message("zh")
    assert [entry.command for entry in engine.history.journal(clerk, case)] == ["start"]
    assert engine.incidents.list(clerk, instance_key=case) == [incident]
