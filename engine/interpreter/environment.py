"""What one command is given besides the case: the time, the calendar's functions, its bounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from engine.feel import Environment, ExternalFunction

CALENDAR_FUNCTIONS = frozenset({"business days after", "business hours after"})
"""Names with blanks that expressions in diagrams may call; they are needed to read the expressions at all."""

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")
"""The one zone of the People's Republic; callers may give another."""


@dataclass(frozen=True, kw_only=True)
class CaseEnvironment:
    """Of one command. `now` is UTC with zone; `step_budget` bounds the elements entered.

    `expression_budget` bounds the steps of all their expressions together: while a command runs, nobody else writes.
    """

    now: dt.datetime
    functions: Mapping[str, ExternalFunction] = field(default_factory=dict)
    step_budget: int = 10_000
    expression_budget: int = 4_000_000  # some hundred milliseconds
    zone: dt.tzinfo = DEFAULT_ZONE

    def feel(self) -> Environment:
        """A fresh environment for expressions, with no warnings yet."""
        return Environment(now=self.now, functions=self.functions, zone=self.zone, total_budget=self.expression_budget)
