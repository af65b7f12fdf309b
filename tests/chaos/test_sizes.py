"""Large cases complete; what is beyond the engine's bounds is said where it is met, and leaves nothing behind."""

from __future__ import annotations

import pytest

from engine.interpreter.errors import StepBudgetSpent
from engine.interpreter.process_model import MAX_CALL_DEPTH
from engine.job_executor import JobExecutor
from engine.model.errors import NotFound
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Resource
from engine.services.errors import DeploymentRefused
from engine.services.settling import MAX_STEPS, StepsSpent
from engine.store.states import InstanceState
from engine.worker_api import Completed, Failed
from persistence.database import Database
from tests.chaos.conftest import Shown
from tests.chaos.length import times
from tests.conftest import TestClock
from tests.engine.conftest import Outside, accounts_opened, administrator, clerk
from tests.engine.diagrams import (
    chain,
    diagram,
    end,
    message,
    message_catch,
    service_task,
    start,
    timer_catch,
    user_task,
)
from tests.interpreter.diagrams import call, each, flow, gateway, job, path, script

MEGABYTE = 1_000_000
BUDGET = 10_000
"""Elements that one command may enter."""
LOCAL, REMOTE = "open-account", "ask-registry"


def plain(*nodes: tuple[str, str]) -> str:
    return "".join(xml.replace("{flows}", "") for _, xml in nodes)


def many(process_id: str, type_: str, *, sequential: bool) -> str:
    """A process that does one job for each of `items`."""
    return (
        plain(start(), end())
        + job(f"{process_id}_work", body=each("=items", "item", sequential=sequential), type_=type_)
        + path("begin", f"{process_id}_work", "finish")
    )


MANY = [
    diagram(f"{way}_{type_}", many(f"{way}_{type_}", type_, sequential=way == "sequential"))
    for way in ("parallel", "sequential")
    for type_ in (LOCAL, REMOTE)
]
LOOP = diagram(
    "loop",
    plain(start(), end(), service_task("ask", REMOTE))
    + script("count", "=n + 1", "n")
    + gateway("exclusive", "again")
    + gateway("exclusive", "which", "on")
    + path("begin", "again", "ask", "count", "which")
    + flow("which", "again", "=n < rounds")
    + flow("which", "finish", id_="on"),
)
LATE = diagram(
    "late",
    plain(start(), service_task("ask", REMOTE), end())
    + job("each", body=each("=items", "item"), type_=REMOTE)
    + path("begin", "ask", "each", "finish"),
)


def timed(process_id: str, first: tuple[str, str]) -> Resource:
    """What `first` waits for leads to one job for each of `items`."""
    return diagram(
        process_id,
        plain(start(), first, end())
        + job("each", body=each("=items", "item"), type_=REMOTE)
        + path("begin", first[0], "each", "finish"),
    )


LATER = [timed("pausing", timer_catch("wait", "PT1M")), timed("retrying", service_task("open", LOCAL))]
TWO_TIMERS = diagram(
    "two_timers",
    plain(start(), timer_catch("wait", "PT1M"), timer_catch("pause", "PT1M"), user_task("one", "clerk"), end())
    + gateway("parallel", "split")
    + gateway("parallel", "join")
    + job("each", body=each("=items", "item"), type_=REMOTE)
    + path("begin", "split", "wait", "each", "join", "finish")
    + path("split", "pause", "one", "join"),
)
EITHER = diagram(
    "either",
    plain(start(), timer_catch("wait", "PT1M"), message_catch("signed", "agreement_signed"), end())
    + gateway("eventBased", "which")
    + gateway("exclusive", "merge")
    + job("each", body=each("=items", "item"), type_=REMOTE)
    + path("begin", "which", "wait", "each", "merge", "finish")
    + path("which", "signed", "merge"),
    roots=message("agreement_signed"),
)
ENDLESS = diagram(
    "endless",
    plain(start())
    + script("count", "=n + 1", "n")
    + gateway("exclusive", "again")
    + path("begin", "again", "count", "again"),
)
LARGE = diagram(
    "large",
    plain(start(), service_task("ask", REMOTE), user_task("one", "clerk"), service_task("open", LOCAL), end())
    + path("begin", "ask", "one", "open", "finish"),
)


@pytest.fixture
def deployed(engine: ProcessEngine) -> ProcessEngine:
    engine.deployments.deploy(administrator, [*MANY, *LATER, LOOP, LATE, TWO_TIMERS, EITHER, ENDLESS, LARGE])
    return engine


def begin(engine: ProcessEngine, process_id: str, **variables: object) -> int:
    return engine.process_instances.start(clerk, process_id, business_key="AO-1", variables=variables).key


def completed(engine: ProcessEngine, case: int) -> bool:
    assert engine.history.verify_chain(case).whole
    return engine.process_instances.get(clerk, case).state is InstanceState.COMPLETED


def test_a_case_with_megabytes_of_variables_completes(deployed: ProcessEngine, executor: JobExecutor) -> None:
    text = "资" * MEGABYTE
    table = [{"row": row, "name": f"名称{row}"} for row in range(20_000)]
    case = begin(deployed, "large", text=text, table=table)
    executor.run_until_idle()
    (row,) = deployed.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    deployed.user_tasks.claim(clerk, row.key)
    deployed.user_tasks.complete(clerk, row.key, {})
    assert completed(deployed, case)
    variables = deployed.history.variables(clerk, case).root
    assert (variables["text"], variables["table"]) == (text, table)


def test_many_jobs_in_parallel_are_all_done_once(deployed: ProcessEngine, executor: JobExecutor, shown: Shown) -> None:
    items = times(9_990, at_least=40)  # with what is around them as many as one command may enter
    case = begin(deployed, f"parallel_{REMOTE}", items=list(range(items)))
    assert executor.run_until_idle(10 * items) == items
    assert completed(deployed, case)
    shown(items=items)


def test_many_jobs_one_after_the_other_are_all_done_once(
    deployed: ProcessEngine, executor: JobExecutor, shown: Shown
) -> None:
    items = times(10_000, at_least=60)
    case = begin(deployed, f"sequential_{REMOTE}", items=list(range(items)))
    assert executor.run_until_idle(10 * items) == items
    assert completed(deployed, case)
    shown(items=items)


def test_a_loop_of_many_rounds_finishes(deployed: ProcessEngine, executor: JobExecutor, shown: Shown) -> None:
    rounds = times(5_000, at_least=60)
    case = begin(deployed, "loop", n=0, rounds=rounds)
    assert executor.run_until_idle(10 * rounds) == rounds
    assert completed(deployed, case)
    assert deployed.history.variables(clerk, case).root["n"] == rounds
    shown(rounds=rounds)


@pytest.mark.parametrize(
    ("process_id", "element"), [("endless", "count"), (f"parallel_{REMOTE}", f"parallel_{REMOTE}_work")]
)
def test_a_case_that_enters_too_many_elements_at_once_is_refused_and_leaves_nothing(
    deployed: ProcessEngine, process_id: str, element: str
) -> None:
    with pytest.raises(StepBudgetSpent) as refused:
        begin(deployed, process_id, n=0, items=list(range(BUDGET)))
    assert refused.value.fields == {"budget": BUDGET, "element": element}
    with pytest.raises(NotFound):
        deployed.process_instances.find(clerk, "AO-1")


def test_a_worker_whose_answer_leads_beyond_a_bound_ends_in_an_incident_and_is_not_asked_for_ever(
    deployed: ProcessEngine, executor: JobExecutor, clock: TestClock, outside: Outside
) -> None:
    case = begin(deployed, "late", items=list(range(BUDGET)))
    for _ in range(5):
        executor.run_until_idle()
        clock.pass_by(hours=1)
    (incident,) = deployed.incidents.list(administrator)
    assert (incident.code, incident.element_id) == (StepBudgetSpent.code, "ask")
    assert outside.attempts == [1, 2, 3]
    assert not completed(deployed, case)


def incidents(engine: ProcessEngine) -> list[tuple[str, str]]:
    return [(incident.code, incident.element_id) for incident in engine.incidents.list(administrator)]


def test_a_timer_that_leads_beyond_a_bound_ends_in_an_incident_at_its_element_and_is_not_tried_for_ever(
    deployed: ProcessEngine, executor: JobExecutor, clock: TestClock
) -> None:
    case = begin(deployed, "pausing", items=list(range(BUDGET)))
    clock.pass_by(minutes=1)
    executor.run_until_idle()
    assert incidents(deployed) == [(StepBudgetSpent.code, "wait")]
    entries = len(deployed.history.journal(clerk, case))
    clock.pass_by(hours=1)
    assert executor.run_until_idle() == 0
    assert len(deployed.history.journal(clerk, case)) == entries
    deployed.incidents.resolve(administrator, deployed.incidents.list(administrator)[0].key)
    assert incidents(deployed) == []
    executor.run_until_idle()  # it is tried again, and as its cause is still there, it is an incident again
    assert incidents(deployed) == [(StepBudgetSpent.code, "wait")]
    assert not completed(deployed, case)


def test_a_timer_held_by_an_incident_leaves_the_others_of_its_case_alone(
    deployed: ProcessEngine, executor: JobExecutor, clock: TestClock
) -> None:
    case = begin(deployed, "two_timers", items=list(range(BUDGET)))
    clock.pass_by(minutes=1)
    executor.run_until_idle()
    assert incidents(deployed) == [(StepBudgetSpent.code, "wait")]
    (task,) = deployed.user_tasks.inbox(clerk, InboxView.GROUPS).rows
    assert task.element_id == "one"
    assert not completed(deployed, case)


def test_where_a_timer_is_held_by_an_incident_a_message_may_still_come(
    deployed: ProcessEngine, executor: JobExecutor, clock: TestClock
) -> None:
    case = begin(deployed, "either", items=list(range(BUDGET)))
    clock.pass_by(minutes=1)
    executor.run_until_idle()
    assert incidents(deployed) == [(StepBudgetSpent.code, "which")]
    deployed.messages.correlate(clerk, "agreement_signed", "AO-1")
    assert completed(deployed, case)
    assert incidents(deployed) == []


def test_a_local_job_that_waited_and_leads_beyond_a_bound_ends_in_an_incident_and_writes_nothing(
    deployed: ProcessEngine, executor: JobExecutor, clock: TestClock, outside: Outside, database: Database
) -> None:
    outside.answers = [Failed("closed"), Completed()]
    case = begin(deployed, "retrying", items=list(range(BUDGET)))
    for _ in range(5):
        clock.pass_by(hours=1)
        executor.run_until_idle()
    assert incidents(deployed) == [(StepBudgetSpent.code, "open")]
    assert outside.attempts == [1, 2, 3]
    assert accounts_opened(database) == 0
    assert not completed(deployed, case)


@pytest.mark.parametrize("way", ["parallel", "sequential"])
def test_a_case_that_runs_too_many_jobs_at_once_is_refused_and_takes_back_what_they_wrote(
    deployed: ProcessEngine, database: Database, way: str
) -> None:
    with pytest.raises(StepsSpent) as refused:
        begin(deployed, f"{way}_{LOCAL}", items=list(range(MAX_STEPS + 1)))
    assert refused.value.fields == {"limit": MAX_STEPS}
    assert accounts_opened(database) == 0
    with pytest.raises(NotFound):
        deployed.process_instances.find(clerk, "AO-1")


def test_a_process_that_calls_itself_is_refused_when_it_is_deployed(engine: ProcessEngine) -> None:
    itself = diagram("itself", plain(start(), end()) + call("c", "itself") + path("begin", "c", "finish"))
    first = diagram("first", plain(start(), end()) + call("c", "second") + path("begin", "c", "finish"))
    second = diagram("second", plain(start(), end()) + call("c", "first") + path("begin", "c", "finish"))
    for resources in ([itself], [first, second]):
        with pytest.raises(DeploymentRefused, match="call itself without end"):
            engine.deployments.deploy(administrator, resources)


def chain_of(length: int) -> list[Resource]:
    """Processes p1, p2 … that call each the next; the last one asks a worker."""
    calls = [
        diagram(f"p{at}", plain(start(), end()) + call("c", f"p{at + 1}") + path("begin", "c", "finish"))
        for at in range(1, length)
    ]
    return [*calls, diagram(f"p{length}", chain(start(), service_task("ask", REMOTE), end()))]


def test_processes_that_call_one_another_in_a_long_chain_are_completed_and_cancelled(
    engine: ProcessEngine, executor: JobExecutor
) -> None:
    engine.deployments.deploy(administrator, chain_of(MAX_CALL_DEPTH))
    case, other = begin(engine, "p1"), begin(engine, "p1")
    engine.process_instances.cancel(clerk, other, "withdrawn")
    assert executor.run_until_idle() == 1
    assert completed(engine, case)
    assert not completed(engine, other)


def test_a_longer_chain_is_refused_when_it_is_deployed(engine: ProcessEngine) -> None:
    with pytest.raises(DeploymentRefused, match=f"more than {MAX_CALL_DEPTH} processes"):
        engine.deployments.deploy(administrator, chain_of(MAX_CALL_DEPTH + 1))
    with pytest.raises(NotFound):
        begin(engine, "p1")
