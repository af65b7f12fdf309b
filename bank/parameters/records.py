"""Parameters, one version of all of them, and what adopting a change leaves on record."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import orjson

from bank.errors import ReferenceDataWrong

_FILE = Path(__file__).with_name("parameters.json")
SHIPPED = 1
"""The version of the set that ships as a file."""

ParameterValue: TypeAlias = int | str


class Certainty(StrEnum):
    """How well a parameter is attested."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


class ChangeKind(StrEnum):
    """What a version of the set changes."""

    PARAMETER = "parameter"
    CALENDAR = "calendar"
    DECISION_TABLE = "decision_table"
    LIST = "list"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One number or text the bank works by."""

    name: str
    value: ParameterValue
    unit: str
    """`days`, `business_days`, `minutes`, `bytes`, `fen`, …; empty for texts."""
    minimum: int | None = None
    """Bounds of a number, both included: what no change may go beyond without a release."""
    maximum: int | None = None
    pattern: str = ""
    """Of a text: the regular expression the whole of it fits."""
    name_zh: str
    name_en: str
    source: str
    source_en: str = ""
    """For English readers; empty where the source was entered in one language."""
    as_of: dt.date
    certainty: Certainty
    version: int = SHIPPED
    """The set version that gave it this value."""

    @property
    def to_be_confirmed(self) -> bool:
        """Whether compliance has still to confirm it."""
        return self.certainty is not Certainty.HIGH

    @property
    def is_number(self) -> bool:
        """Whether its values are whole numbers."""
        return isinstance(self.value, int)

    @property
    def bounds(self) -> str:
        """What a value may be: `1 … 180 days`, or the pattern of a text."""
        if not self.is_number:
            return self.pattern
        least, most = ("" if bound is None else f"{bound:,}" for bound in (self.minimum, self.maximum))
        return f"{least} … {most} {self.unit}".strip()

    def admits(self, value: ParameterValue) -> bool:
        """Whether a value has the declared type and stays within the declared bounds."""
        if isinstance(value, bool) or isinstance(value, int) is not self.is_number:
            return False
        if isinstance(value, str):
            return re.fullmatch(self.pattern, value) is not None
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)


@dataclass(frozen=True, kw_only=True)
class CalendarDay:
    """One day on which the bank departs from the public calendar, or follows it again (`business_day` None)."""

    day: dt.date
    business_day: bool | None
    source: str


@dataclass(frozen=True, kw_only=True)
class NewValue:
    """What a parameter is to become, and where that comes from."""

    value: ParameterValue
    source: str
    as_of: dt.date
    certainty: Certainty


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one case changes, and by whom: keys of persons."""

    kind: ChangeKind
    name: str
    """Of the parameter, the decision or the list; `calendar` for days."""
    business_key: str
    proposed_by: int | None
    checked_by: int | None
    agreed_by: int | None
    reason: str
    adopted_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Adoption(Change):
    """A change in force from this version of the set on. The shipped version has none."""

    version: int


class ParameterSet:
    """All parameters and the bank's own days as of one version; immutable."""

    def __init__(
        self, version: int, entries: Mapping[str, Parameter], days: Mapping[dt.date, CalendarDay] | None = None
    ) -> None:
        self.version = version
        self._entries = dict(entries)
        self._days = dict(days or {})

    @classmethod
    def shipped(cls) -> ParameterSet:
        """Version 1: the data file that ships with the bank."""
        rows: dict[str, dict[str, Any]] = orjson.loads(_FILE.read_bytes())
        return cls(SHIPPED, {name: _parameter(name, row) for name, row in rows.items()})

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._entries.values())

    @property
    def entries(self) -> Mapping[str, Parameter]:
        """By name."""
        return self._entries

    @property
    def days(self) -> Mapping[dt.date, CalendarDay]:
        """The days on which the bank departs from the public calendar."""
        return self._days

    @cached_property
    def own_days(self) -> Mapping[dt.date, bool]:
        """Whether the bank works on them."""
        return {day: own.business_day for day, own in self._days.items() if own.business_day is not None}

    def entry(self, name: str) -> Parameter:
        """The parameter with its source. Raises ReferenceDataWrong when there is none."""
        if name not in self._entries:
            raise ReferenceDataWrong(name=name)
        return self._entries[name]

    def integer(self, name: str) -> int:
        """The value of a whole-number parameter. Raises ReferenceDataWrong when it is missing or no number."""
        value = self.entry(name).value
        if not isinstance(value, int):
            raise ReferenceDataWrong(name=name)
        return value

    def text(self, name: str) -> str:
        """The value of a text parameter. Raises ReferenceDataWrong when it is missing or no text."""
        value = self.entry(name).value
        if not isinstance(value, str):
            raise ReferenceDataWrong(name=name)
        return value


def _parameter(name: str, row: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=name,
        value=row["value"],
        unit=row["unit"],
        minimum=row.get("minimum"),
        maximum=row.get("maximum"),
        pattern=row.get("pattern", ""),
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        source=row["source"],
        source_en=row["source_en"],
        as_of=dt.date.fromisoformat(row["as_of"]),
        certainty=Certainty(row["certainty"]),
    )
