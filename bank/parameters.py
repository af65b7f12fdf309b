"""The bank's numbers: each with its source, the day it was taken from there, and how certain it is.

Rules of the domain are data, never literals in code. `certainty` is H (well attested), M (one secondary
source) or L (from memory); whoever shows a parameter that is not H marks it "to be confirmed by compliance".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from bank.errors import ReferenceDataWrong

_FILE = Path(__file__).with_name("parameters.json")


class Certainty(StrEnum):
    """How well a parameter is attested."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One number or text the bank works by."""

    name: str
    value: int | str
    unit: str
    """`days`, `business_days`, `minutes`, `bytes`, `fen`, …; empty for texts."""
    name_zh: str
    name_en: str
    source: str
    as_of: dt.date
    certainty: Certainty

    @property
    def to_be_confirmed(self) -> bool:
        """Whether compliance has still to confirm it."""
        return self.certainty is not Certainty.HIGH


class Parameters:
    """All parameters by name; immutable."""

    def __init__(self, entries: Mapping[str, Parameter]) -> None:
        self._entries = dict(entries)

    @classmethod
    def shipped(cls) -> Parameters:
        """The parameters of the data file that ships with the bank."""
        rows: dict[str, dict[str, Any]] = orjson.loads(_FILE.read_bytes())
        return cls({name: _parameter(name, row) for name, row in rows.items()})

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._entries.values())

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
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        source=row["source"],
        as_of=dt.date.fromisoformat(row["as_of"]),
        certainty=Certainty(row["certainty"]),
    )
