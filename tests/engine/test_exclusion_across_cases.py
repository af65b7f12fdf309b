"""A task about other cases is closed to whoever took part in them (`excludesCase`)."""

from __future__ import annotations

import pytest

from engine.model.actor import Actor
from engine.model.errors import CaseExcluded, ExclusionUnknown
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView
from engine.services.errors import DeploymentRefused
from engine.store.states import InstanceState
from tests.engine.conftest import CLERK, administrator, clerk, reviewer, second_clerk
from tests.engine.diagrams import call, chain, diagram, end, start, user_task

OPENING = diagram("opening", chain(start(), call("stage", "entry"), end()))
ENTRY = diagram("entry", chain(start("entry_begins"), user_task("enter", "clerk"), end("entry_ends")))
SAMPLING = diagram("sampling", chain(start(), user_task("inspect", "clerk", excludesCase="sampled"), end()))


@pytest.fixture
def sampling(engine: ProcessEngine) -> ProcessEngine:
    engine.deployments.deploy(administrator, [OPENING, ENTRY, SAMPLING])
    return engine


def opened(engine: ProcessEngine, business_key: str, starter: Actor, by: Actor) -> None:
    """A case that `starter` began and `by` entered."""
    case = engine.process_instances.start(starter, "opening", business_key=business_key).key
    (task,) = engine.user_tasks.of_case(clerk, case)
    engine.user_tasks.claim(by, task.key)
    engine.user_tasks.complete(by, task.key, {})


def inspection(engine: ProcessEngine, sampled: object) -> int:
    """The key of the task that inspects."""
    case = engine.process_instances.start(reviewer, "sampling", business_key="SP-1", variables={"sampled": sampled}).key
    (task,) = engine.user_tasks.of_case(clerk, case)
    return task.key


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083", "R098")
@pytest.mark.control("CP5")
@pytest.mark.parametrize("sampled", ["AO-1", ["AO-2", "AO-1"]])
def test_whoever_did_a_step_of_the_sampled_case_cannot_inspect_it(sampling: ProcessEngine, sampled: object) -> None:
    opened(sampling, "AO-1", starter=reviewer, by=clerk)
    opened(sampling, "AO-2", starter=reviewer, by=clerk)
    task = inspection(sampling, sampled)
    assert sampling.user_tasks.get(clerk, task).may_claim.code == CaseExcluded.code
    with pytest.raises(CaseExcluded):
        sampling.user_tasks.claim(Actor.staff(CLERK, 7777), task)
    with pytest.raises(CaseExcluded):
        sampling.user_tasks.assign(second_clerk, task, CLERK)
    sampling.user_tasks.claim(second_clerk, task)
    sampling.user_tasks.complete(second_clerk, task, {})
    assert sampling.process_instances.find(clerk, "SP-1").state is InstanceState.COMPLETED


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083", "R098")
@pytest.mark.control("CP5")
def test_whoever_began_the_sampled_case_cannot_inspect_it(sampling: ProcessEngine) -> None:
    opened(sampling, "AO-1", starter=second_clerk, by=clerk)
    with pytest.raises(CaseExcluded):
        sampling.user_tasks.claim(second_clerk, inspection(sampling, "AO-1"))


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083", "R098")
@pytest.mark.control("CP5")
def test_a_step_done_in_the_sampled_case_after_the_claim_is_seen_when_the_task_is_completed(
    sampling: ProcessEngine,
) -> None:
    case = sampling.process_instances.start(reviewer, "opening", business_key="AO-1").key
    task = inspection(sampling, "AO-1")
    sampling.user_tasks.claim(clerk, task)
    (entry,) = sampling.user_tasks.of_case(clerk, case)
    sampling.user_tasks.claim(clerk, entry.key)
    sampling.user_tasks.complete(clerk, entry.key, {})
    with pytest.raises(CaseExcluded):
        sampling.user_tasks.complete(clerk, task, {})
    refused = sampling.history.operations(reviewer, person=CLERK)[0]
    assert (refused.action, refused.code) == ("complete", "case_excluded")


@pytest.mark.control("CP2")
@pytest.mark.requirement("R083")
@pytest.mark.control("CP2")
@pytest.mark.parametrize("sampled", [None, "", [], 5, ["AO-1", None], ["AO-1", "AO-9"], {"key": "AO-1"}])
def test_a_task_that_does_not_say_which_cases_it_is_about_is_closed_to_everybody(
    sampling: ProcessEngine, sampled: object
) -> None:
    opened(sampling, "AO-1", starter=reviewer, by=clerk)
    task = inspection(sampling, sampled)
    with pytest.raises(ExclusionUnknown) as refused:
        sampling.user_tasks.claim(second_clerk, task)
    assert "sampled" in refused.value.message("zh")
    assert sampling.user_tasks.inbox(second_clerk, InboxView.MINE).rows == ()


@pytest.mark.parametrize("value", ["=sampled", "", "a b", "order.key"])
def test_what_names_no_variable_is_refused_at_deployment(engine: ProcessEngine, value: str) -> None:
    resource = diagram("p", chain(start(), user_task("inspect", "clerk", excludesCase=value), end()))
    with pytest.raises(DeploymentRefused) as refused:
        engine.deployments.deploy(administrator, [resource])
    (problem,) = refused.value.problems
    assert (problem.element, "excludesCase" in problem.reason_en, bool(problem.remedy_zh)) == ("inspect", True, True)
