"""What the bank knows of deputies and absences, and what follows for a person now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Change(StrEnum):
    """What was done to a delegation or an absence."""

    GIVEN = "given"
    ENDED = "ended"
    ABSENCE_ENTERED = "absence_entered"
    ABSENCE_ENDED = "absence_ended"


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """A deputy holds these roles of the person from `begins_at` until before `ends_at` (UTC)."""

    key: int
    person: int
    deputy: int
    begins_at: dt.datetime
    ends_at: dt.datetime
    roles: frozenset[str]
    reason: str
    given_by: int
    given_at: dt.datetime
    ended_by: int | None
    ended_at: dt.datetime | None

    def stands(self, now: dt.datetime) -> bool:
        """Whether it is in force, or will be."""
        return self.ended_at is None and now < self.ends_at


@dataclass(frozen=True, kw_only=True)
class Absence:
    """The person takes no work from `begins_at` until before `ends_at` (UTC)."""

    key: int
    person: int
    begins_at: dt.datetime
    ends_at: dt.datetime
    reason: str
    entered_by: int
    entered_at: dt.datetime
    ended_by: int | None
    ended_at: dt.datetime | None

    def stands(self, now: dt.datetime) -> bool:
        """Whether it lasts, or will."""
        return self.ended_at is None and now < self.ends_at


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a person may stand on now: roles of their own, roles of those they deputise, an absence."""

    own: frozenset[str] = frozenset()
    deputised: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """By person, the oldest delegation first; the roles may be none when the person has lost them."""
    absent_until: dt.datetime | None = None

    @cached_property
    def roles(self) -> frozenset[str]:
        """Their own and those they hold as a deputy."""
        return self.own.union(*self.deputised.values()) if self.deputised else self.own


@dataclass(frozen=True, kw_only=True)
class DelegationEvent:
    """One change of a delegation or an absence."""

    key: int
    time: dt.datetime
    change: Change
    delegation: int | None
    absence: int | None
    by_person: int
