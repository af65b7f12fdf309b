"""Random processes, answered at random by hypothesis: saved, restored and compared at every step.

`Drive` runs each command on a case that stays in memory and on one restored from what was stored, and compares their
trees, variables and events byte for byte. What fails is shrunk to the shortest story that still does.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.interpreter import Case
from engine.model.errors import StateConflict
from engine.model.events import JobCreated, SubscriptionOpened, TimerStarted, UserTaskCreated
from tests.chaos.length import times
from tests.interpreter.diagrams import document, end, error, flow, message, process, start
from tests.interpreter.driving import Drive
from tests.interpreter.test_random_diagrams import Drawing

STEPS = 40
seeds = st.integers(0, 2**32 - 1)
places = st.integers(0, 1_000)
values = st.dictionaries(st.sampled_from(["a", "b", "c", "own"]), st.integers(0, 9), max_size=2)


class RandomCase(RuleBasedStateMachine):
    """A drawn process and everything that can be done to a case of it, in any order."""

    case: Drive

    @initialize(seed=seeds)
    def one_begins(self, seed: int) -> None:
        self.draw(seed)

    def draw(self, seed: int) -> None:
        drawing = Drawing(seed)
        drawing.random = random.Random(seed)
        drawn, first, last = drawing.sequence(3)
        parts = start() + drawn + end() + flow("s", first) + flow(last, "e")
        xml = document(message("M", "m", '="k"'), error("E", "X"), process("p", parts), *drawing.called)
        self.case = Drive(xml, {"a": 1, "b": 2, "c": 3, **dict.fromkeys(drawing.loops, 0)})

    def waiting(self, *kinds: type) -> list[tuple[int, int]]:
        return sorted(key for key, begun in self.case.waits.items() if isinstance(begun, kinds))

    def act(self, keys: list[tuple[int, int]], place: int, action: Callable[[Case, int, int], None]) -> None:
        number, arm = keys[place % len(keys)]
        self.case.command(lambda case: action(case, number, arm))

    @precondition(lambda self: self.waiting(JobCreated))
    @rule(place=places, results=values)
    def a_worker_completes_a_job(self, place: int, results: dict[str, int]) -> None:
        self.act(self.waiting(JobCreated), place, lambda case, number, _: case.complete_job(number, results))

    @precondition(lambda self: self.waiting(JobCreated, UserTaskCreated))
    @rule(place=places, results=values)
    def a_worker_or_person_ends_with_an_error(self, place: int, results: dict[str, int]) -> None:
        keys = self.waiting(JobCreated, UserTaskCreated)
        self.act(keys, place, lambda case, number, _: case.throw_error(number, "X", "", results))

    @precondition(lambda self: self.waiting(UserTaskCreated))
    @rule(place=places, results=values)
    def a_person_completes_a_task(self, place: int, results: dict[str, int]) -> None:
        self.act(self.waiting(UserTaskCreated), place, lambda case, number, _: case.complete_user_task(number, results))

    @precondition(lambda self: self.waiting(SubscriptionOpened))
    @rule(place=places, content=values)
    def a_message_comes(self, place: int, content: dict[str, int]) -> None:
        keys = self.waiting(SubscriptionOpened)
        self.act(keys, place, lambda case, number, arm: case.correlate(number, arm, content))

    @precondition(lambda self: self.waiting(TimerStarted))
    @rule()
    def time_passes(self) -> None:
        self.case.pass_by(minutes=1)

    @precondition(lambda self: self.case.incidents)
    @rule(place=places)
    def somebody_tries_an_incident_again(self, place: int) -> None:
        number = sorted(self.case.incidents)[place % len(self.case.incidents)]

        def resolve(case: Case) -> None:
            try:
                case.resolve_incident(number)
            except StateConflict:
                refused.append(case)

        refused: list[Case] = []
        self.case.command(resolve)
        assert len(refused) in (0, 2)

    @precondition(lambda self: not self.case.live.ended)
    @rule(patience=st.integers(0, 20))
    def somebody_cancels_at_last(self, patience: int) -> None:
        if patience == 0:
            self.case.command(lambda case: case.cancel())
            assert self.case.finished

    @precondition(lambda self: self.case.live.ended)
    @rule(seed=seeds)
    def another_begins(self, seed: int) -> None:
        self.draw(seed)

    @invariant()
    def it_waits_or_has_ended(self) -> None:
        if hasattr(self, "case"):
            assert self.case.waits or self.case.incidents or self.case.finished


TestRandomCase = RandomCase.TestCase
TestRandomCase.settings = settings(
    max_examples=times(10_000, at_least=60),
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
