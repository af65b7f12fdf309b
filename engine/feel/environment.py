"""What an evaluation is given besides variables: the time, further functions, and its bounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.feel.errors import (
    CallsTooDeep,
    FeelWarning,
    StepBudgetSpent,
    TotalBudgetSpent,
    Unsuitable,
    ValueTooLarge,
    WarningCode,
)
from engine.feel.types import FeelValue, Function

STEP_BUDGET = 400_000
"""Steps of one evaluation, each 0.05 to 0.2 microseconds: below 100 milliseconds, and ten thousand rows with
thirty operations each. What a part of an expression costs is in `weight.py`."""

MAX_CALL_DEPTH = 48
"""Calls within calls."""

MAX_CALL_FRAMES = 400
"""Python frames of calls within calls; with the expressions around them, half of Python's own limit."""

_MODEL_FRAMES = 8
"""Of a call into a decision model, whose body is an evaluation of its own."""

MAX_TEXT = 1_000_000
"""Characters in one text; a variable is kept in one database cell."""

MAX_WARNINGS = 100
"""Warnings kept per environment; a loop over a thousand rows need not say the same a thousand times."""

MAX_SUBJECT = 80
"""Characters of a name in a warning; a name may be as long as an expression."""


class ExternalFunction(Function):
    """A function that the surroundings offer, such as `business days after`.

    `implementation` takes the arguments by position and must be pure apart from what it reads at
    the environment's time; it raises Unsuitable (or returns None) where the answer is null.
    """

    __slots__ = ("implementation",)

    def __init__(self, name: str, parameters: tuple[str, ...], implementation: Callable[..., FeelValue]) -> None:
        super().__init__(name, parameters)
        self.implementation = implementation

    def call(self, environment: Environment, arguments: Sequence[FeelValue]) -> FeelValue:
        """The result for exactly as many arguments as there are parameters."""
        if len(arguments) != len(self.parameters):
            raise Unsuitable
        return self.implementation(*arguments)

    def call_named(self, environment: Environment, arguments: Mapping[str, FeelValue]) -> FeelValue:
        """The result for exactly the declared parameter names."""
        if set(arguments) != set(self.parameters):
            raise Unsuitable
        return self.implementation(*(arguments[name] for name in self.parameters))


@dataclass
class Environment:
    """Of one command. `now` is an instant with a zone (UTC); `step_budget` bounds each evaluation, `total_budget` all.

    `zone` is the bank's: `now()` is shown in it and `today()` is the date there, which east of Greenwich
    begins hours before the date in UTC. `patterns` are the regular expressions (and flags) already paid for.
    """

    now: dt.datetime
    functions: Mapping[str, ExternalFunction] = field(default_factory=dict)
    step_budget: int = STEP_BUDGET
    total_budget: int | None = None
    warnings: list[FeelWarning] = field(default_factory=list)
    zone: dt.tzinfo = dt.UTC
    patterns: set[tuple[str, str]] = field(default_factory=set, init=False, repr=False)
    notes: object = None
    """Where the functions of a decision model note what they did; None when nobody asks."""
    _left: int = field(default=0, init=False, repr=False)
    _depth: int = field(default=0, init=False, repr=False)
    _frames: int = field(default=0, init=False, repr=False)
    _evaluations: int = field(default=0, init=False, repr=False)
    _spent: int = field(default=0, init=False, repr=False)

    def begin(self) -> None:
        """Start an evaluation; one inside another shares the outer one's budget. Raises TotalBudgetSpent."""
        if self._evaluations == 0:
            if self.total_budget is not None and self._spent >= self.total_budget:
                raise TotalBudgetSpent(budget=self.total_budget)
            self._left = self.step_budget
            self._depth = self._frames = 0
        self._evaluations += 1

    def end(self) -> None:
        """End the evaluation that `begin` started."""
        self._evaluations -= 1
        if self._evaluations == 0:
            self._spent += self.step_budget - self._left

    def spend(self, steps: int = 1) -> None:
        """Count `steps`; raises StepBudgetSpent when the evaluation has had its share."""
        self._left -= steps
        if self._left < 0:
            raise StepBudgetSpent(budget=self.step_budget)

    def enter_call(self, frames: int = _MODEL_FRAMES) -> None:
        """Go one call deeper, into a body of so many Python frames; raises CallsTooDeep and StepBudgetSpent."""
        self.spend()
        self._depth += 1
        self._frames += frames
        if self._depth > MAX_CALL_DEPTH or self._frames > MAX_CALL_FRAMES:
            raise CallsTooDeep(limit=self._depth - 1)

    def leave_call(self, frames: int = _MODEL_FRAMES) -> None:
        """Come back from a call."""
        self._depth -= 1
        self._frames -= frames

    def warn(self, code: WarningCode, subject: str) -> None:
        """Note that a part of the expression is null, once per reason."""
        warning = FeelWarning(code, subject if len(subject) <= MAX_SUBJECT else subject[:MAX_SUBJECT] + "…")
        if len(self.warnings) < MAX_WARNINGS and warning not in self.warnings:
            self.warnings.append(warning)


def bounded(text: str) -> str:
    """`text`, unless it is longer than a value may be; raises ValueTooLarge."""
    if len(text) > MAX_TEXT:
        raise ValueTooLarge(limit=MAX_TEXT)
    return text
