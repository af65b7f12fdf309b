"""What happens twice at once happens once: one wins, the others are told so, the journal has one entry."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest

from engine.model.errors import StateConflict
from engine.process_engine import ProcessEngine
from engine.services.answers import Correlated, CorrelationResult, InboxView, StartedCase
from engine.store.states import InstanceState
from tests.chaos.conftest import Shown
from tests.chaos.crowd import crowd_of
from tests.chaos.length import times
from tests.conftest import TestClock
from tests.engine.conftest import administrator, clerk, second_clerk
from tests.engine.diagrams import chain, diagram, end, message, service_task, start, user_task
from tests.engine.taking import claim_batch, complete
from tests.interpreter.diagrams import awaited, catch, flow, gateway, path, timer

CLIENTS = 50
REMOTE = "ask-registry"
AT_ONCE = dt.timedelta(0)
"""How long a message is kept that nobody waits for."""

TASK = diagram("task", chain(start(), user_task("one", "clerk"), end()))
EITHER = diagram(
    "either",
    start()[1].replace("{flows}", "")
    + gateway("eventBased", "which")
    + catch("signed", awaited("signed_message"))
    + catch("late", timer("PT5M"))
    + "".join(f'<bpmn:endEvent id="{id_}"/>' for id_ in ("by_message", "by_timer"))
    + path("begin", "which", "signed", "by_message")
    + path("which", "late", "by_timer"),
    roots=message("signed_message"),
)
BOTH = diagram(
    "both",
    "".join(
        xml.replace("{flows}", "")
        for _, xml in (start(), service_task("left", REMOTE), service_task("right", REMOTE), user_task("on", "clerk"))
    )
    + gateway("parallel", "split")
    + gateway("parallel", "join")
    + path("begin", "split", "left", "join", "on")
    + flow("split", "right")
    + flow("right", "join"),
)


@pytest.fixture
def deployed(engine: ProcessEngine) -> ProcessEngine:
    engine.deployments.deploy(administrator, [TASK, EITHER, BOTH])
    return engine


def begin(engine: ProcessEngine, process_id: str, round_: int) -> int:
    return engine.process_instances.start(clerk, process_id, business_key=f"AO-{round_}").key


def task_of(engine: ProcessEngine, case: int) -> int:
    (row,) = engine.user_tasks.of_case(clerk, case)
    return row.key


def journal(engine: ProcessEngine, case: int) -> list[str]:
    assert engine.history.verify_chain(case).whole
    return [entry.command for entry in engine.history.journal(clerk, case)]


def assert_one_won(answers: list[object]) -> int:
    """Everybody else met a conflict; the place of the winner."""
    (winner,) = [place for place, answer in enumerate(answers) if answer is None]
    losers = [answer for answer in answers if answer is not None]
    assert [type(loser) for loser in losers] == [StateConflict] * (len(answers) - 1)
    return winner


def test_of_fifty_who_complete_one_task_one_wins(deployed: ProcessEngine, shown: Shown) -> None:
    rounds = times(1_000, at_least=8)
    with crowd_of(CLIENTS) as crowd:
        for round_ in range(rounds):
            case = begin(deployed, "task", round_)
            task = task_of(deployed, case)
            deployed.user_tasks.claim(clerk, task)
            assert_one_won(crowd.together([partial(deployed.user_tasks.complete, clerk, task, {})] * CLIENTS))
            assert deployed.process_instances.get(clerk, case).state is InstanceState.COMPLETED
            assert journal(deployed, case) == ["start", "claim_user_task", "complete_user_task"]
    shown(rounds=rounds, clients=CLIENTS)


def test_of_fifty_repetitions_under_one_key_all_are_told_the_same(deployed: ProcessEngine, shown: Shown) -> None:
    rounds = times(200, at_least=3)
    with crowd_of(CLIENTS) as crowd:
        for round_ in range(rounds):
            name = f"AO-{round_}"
            start_it = partial(deployed.process_instances.start, clerk, "task", business_key=name, idempotency_key=name)
            (started,) = set(crowd.together([start_it] * CLIENTS))
            assert isinstance(started, StartedCase)
            assert deployed.process_instances.find(clerk, name).key == started.key
    shown(rounds=rounds, clients=CLIENTS)


def test_of_two_who_claim_one_task_one_wins(deployed: ProcessEngine, shown: Shown) -> None:
    rounds, first_won = times(1_000, at_least=20), 0
    with crowd_of(2) as crowd:
        for round_ in range(rounds):
            case = begin(deployed, "task", round_)
            task, people = task_of(deployed, case), (clerk, second_clerk)
            winner = assert_one_won(
                crowd.together([partial(deployed.user_tasks.claim, person, task) for person in people])
            )
            held = deployed.user_tasks.inbox(people[winner], InboxView.MINE).rows
            assert task in [row.key for row in held]
            assert journal(deployed, case) == ["start", "claim_user_task"]
            deployed.user_tasks.complete(people[winner], task, {})
            first_won += winner == 0
    shown(rounds=rounds, the_first_won=first_won)


def test_of_completing_and_cancelling_one_wins(deployed: ProcessEngine, shown: Shown) -> None:
    rounds, completed = times(1_000, at_least=20), 0
    with crowd_of(2) as crowd:
        for round_ in range(rounds):
            case = begin(deployed, "task", round_)
            task = task_of(deployed, case)
            deployed.user_tasks.claim(clerk, task)
            winner = assert_one_won(
                crowd.together(
                    [
                        partial(deployed.user_tasks.complete, clerk, task, {}),
                        partial(deployed.process_instances.cancel, clerk, case, "withdrawn"),
                    ]
                )
            )
            assert deployed.process_instances.get(clerk, case).state is (
                InstanceState.COMPLETED if winner == 0 else InstanceState.CANCELLED
            )
            assert journal(deployed, case)[2:] == [("complete_user_task", "cancel")[winner]]
            completed += winner == 0
    shown(rounds=rounds, completing_won=completed)


def test_of_a_message_and_a_timer_one_wins(deployed: ProcessEngine, clock: TestClock, shown: Shown) -> None:
    rounds, by_message = times(1_000, at_least=20), 0
    with crowd_of(2) as crowd:
        for round_ in range(rounds):
            case = begin(deployed, "either", round_)
            clock.pass_by(minutes=5)
            message_comes = partial(deployed.messages.correlate, clerk, "signed_message", f"AO-{round_}")
            correlated, fired = crowd.together([partial(message_comes, time_to_live=AT_ONCE), deployed.timers.fire_due])
            assert isinstance(correlated, CorrelationResult)
            delivered = correlated.status is Correlated.DELIVERED
            assert (delivered, fired) in ((True, 0), (False, 1))
            assert deployed.process_instances.get(clerk, case).state is InstanceState.COMPLETED
            assert journal(deployed, case)[1:] == ["correlate_message" if delivered else "fire_timers"]
            by_message += delivered
    shown(rounds=rounds, the_message_won=by_message)


def test_two_workers_who_report_at_once_are_both_heard_and_the_case_goes_on_once(
    deployed: ProcessEngine, shown: Shown
) -> None:
    rounds = times(1_000, at_least=20)
    with crowd_of(2) as crowd:
        for round_ in range(rounds):
            case = begin(deployed, "both", round_)
            jobs = claim_batch(deployed, "worker", [REMOTE], 2, dt.timedelta(hours=1))
            answers = crowd.together([partial(complete, deployed, job, {}) for job in jobs])
            assert answers == [None, None]
            assert journal(deployed, case) == ["start", "finish_job", "finish_job"]
            task_of(deployed, case)
    shown(rounds=rounds)
