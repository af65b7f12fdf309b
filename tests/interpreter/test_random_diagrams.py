"""Some hundred random diagrams with random answers: a stored case behaves as the one that stayed in memory.

`Drive` compares tree, variables and events of both after every command.
"""

from __future__ import annotations

import random

import pytest

from engine.model.events import JobCreated, SubscriptionOpened, TimerStarted
from tests.interpreter.diagrams import (
    awaited,
    boundary,
    call,
    catch,
    document,
    each,
    element,
    end,
    error,
    flow,
    gateway,
    job,
    message,
    process,
    script,
    start,
    sub,
    thrown,
    timer,
    user,
)
from tests.interpreter.driving import Drive

SEEDS = 300
COMMANDS = 40
SIMPLE = ("job", "mapped", "user", "script")
NESTED = (
    "choice",
    "parallel",
    "inclusive",
    "loop",
    "sub",
    "many",
    "many_subs",
    "call",
    "guarded",
    "guarded_sub",
    "either",
)
Block = tuple[str, str, str]


class Drawing:
    """Draws blocks with one way in and one way out."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0
        self.called: list[str] = []
        self.loops: list[str] = []

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count}"

    def letter(self) -> str:
        return self.random.choice("abc")

    def sequence(self, depth: int) -> Block:
        drawn, first, last = self.block(depth)
        for _ in range(self.random.randint(0, 2)):
            more, following, after = self.block(depth)
            drawn += more + flow(last, following)
            last = after
        return drawn, first, last

    def body(self, depth: int) -> str:
        drawn, first, last = self.sequence(depth - 1)
        begin, finish = self.name("s"), self.name("e")
        return start(begin) + drawn + end(finish) + flow(begin, first) + flow(last, finish)

    def block(self, depth: int) -> Block:
        kind = self.random.choice(SIMPLE + NESTED if depth > 0 else SIMPLE)
        id_ = self.name(kind)
        return getattr(self, f"draw_{kind}")(id_, depth)  # type: ignore[no-any-return]  # by the naming above

    def draw_job(self, id_: str, depth: int) -> Block:
        return job(id_), id_, id_

    def draw_mapped(self, id_: str, depth: int) -> Block:
        return job(id_, [(f"={self.letter()}", "own")], [("=own", self.letter())]), id_, id_

    def draw_user(self, id_: str, depth: int) -> Block:
        return user(id_), id_, id_

    def draw_script(self, id_: str, depth: int) -> Block:
        return script(id_, f"={self.letter()} + 1", self.letter()), id_, id_

    def draw_choice(self, id_: str, depth: int, kind: str = "exclusive") -> Block:
        join, default = self.name("j"), self.name("d")
        drawn = gateway(kind, id_, default if kind != "parallel" else "") + gateway(kind, join)
        for branch in range(self.random.randint(2, 3)):
            inside, first, last = self.sequence(depth - 1)
            condition = "" if branch == 0 or kind == "parallel" else f"=modulo({self.letter()}, 2) = 0"
            entry = default if branch == 0 and kind != "parallel" else ""
            drawn += inside + flow(id_, first, condition, entry) + flow(last, join)
        return drawn, id_, join

    def draw_parallel(self, id_: str, depth: int) -> Block:
        return self.draw_choice(id_, depth, "parallel")

    def draw_inclusive(self, id_: str, depth: int) -> Block:
        return self.draw_choice(id_, depth, "inclusive")

    def draw_loop(self, id_: str, depth: int) -> Block:
        inside, first, last = self.sequence(depth - 1)
        count, again, after, default = f"{id_}_n", self.name("g"), self.name("t"), self.name("d")
        self.loops.append(count)
        drawn = gateway("exclusive", id_) + inside + script(f"{id_}_c", f"={count} + 1", count)
        drawn += gateway("exclusive", again, default) + element("task", after)
        drawn += flow(id_, first) + flow(last, f"{id_}_c") + flow(f"{id_}_c", again)
        drawn += flow(again, id_, f"={count} < 3") + flow(again, after, id_=default)
        return drawn, id_, after

    def draw_sub(self, id_: str, depth: int, loop: str = "") -> Block:
        inputs = [(f"={self.letter()}", self.letter())] if self.random.random() < 0.5 else []
        return sub(id_, self.body(depth), inputs=inputs, loop=loop), id_, id_

    def items(self) -> str:
        output = ("results", "=a") if self.random.random() < 0.7 else ("", "")
        return each("=[1, 2, 3]", "item", *output, sequential=self.random.random() < 0.5)

    def draw_many(self, id_: str, depth: int) -> Block:
        return job(id_, body=self.items()), id_, id_

    def draw_many_subs(self, id_: str, depth: int) -> Block:
        return self.draw_sub(id_, depth, self.items())

    def draw_call(self, id_: str, depth: int) -> Block:
        called = self.name("q")
        self.called.append(process(called, self.body(depth)))
        parent, child = self.random.random() < 0.5, self.random.random() < 0.5
        return call(id_, called, [(f"={self.letter()}", "own")], parent=parent, child=child), id_, id_

    def draw_either(self, id_: str, depth: int) -> Block:
        first, second, join = self.name("t"), self.name("m"), self.name("j")
        drawn = gateway("eventBased", id_) + catch(first, timer("PT1M")) + catch(second, awaited("M"))
        drawn += (
            gateway("exclusive", join) + flow(id_, first) + flow(id_, second) + flow(first, join) + flow(second, join)
        )
        return drawn, id_, join

    def draw_guarded(self, id_: str, depth: int) -> Block:
        return self.guarded(job(id_, body=self.items() if self.random.random() < 0.3 else ""), id_, depth)

    def draw_guarded_sub(self, id_: str, depth: int) -> Block:
        return self.guarded(
            self.draw_sub(id_, depth, self.items() if self.random.random() < 0.4 else "")[0], id_, depth
        )

    def guarded(self, host: str, id_: str, depth: int) -> Block:
        inside, first, last = self.sequence(depth - 2)
        event, join = self.name("b"), self.name("j")
        definition = self.random.choice([timer("PT1M"), awaited("M"), thrown("E"), thrown()])
        if "error" not in definition and self.random.random() < 0.4:
            finish = self.name("e")
            beside = boundary(event, id_, definition, interrupting=False)
            return host + beside + inside + end(finish) + flow(event, first) + flow(last, finish), id_, id_
        drawn = host + boundary(event, id_, definition) + gateway("exclusive", join) + inside
        return drawn + flow(event, first) + flow(last, join) + flow(id_, join), id_, join


def answer(case: Drive, chance: random.Random, step: int) -> None:
    """One random answer to one random wait."""
    wait = case.waits[chance.choice(sorted(case.waits))]
    values = {chance.choice("abc"): chance.randint(0, 9), "own": step}
    match wait:
        case TimerStarted():
            case.now = max(case.now, wait.due)
            case.pass_by(seconds=0)
        case SubscriptionOpened():
            case.command(lambda live: live.correlate(wait.number, wait.arm, values))
        case JobCreated() if chance.random() < 0.15:
            case.command(lambda live: live.throw_error(wait.number, "X", "", values))
        case JobCreated():
            case.command(lambda live: live.complete_job(wait.number, values))
        case _:
            case.command(lambda live: live.complete_user_task(wait.number, values))


@pytest.mark.parametrize("block", range(10))
def test_a_stored_case_behaves_as_the_one_in_memory(block: int) -> None:
    ended = 0
    for seed in range(block * SEEDS // 10, (block + 1) * SEEDS // 10):
        drawing = Drawing(seed)
        drawn, first, last = drawing.sequence(3)
        parts = start() + drawn + end() + flow("s", first) + flow(last, "e")
        xml = document(message("M", "m", '="k"'), error("E", "X"), process("p", parts), *drawing.called)
        case = Drive(xml, {"a": 1, "b": 2, "c": 3, **dict.fromkeys(drawing.loops, 0)})
        chance = random.Random(seed)
        for step in range(COMMANDS):
            if not case.waits:
                break
            answer(case, chance, step)
        assert case.waits or case.incidents or case.finished, f"seed {seed} is stuck"
        ended += case.finished
    assert ended > 5
