"""What the bank knows of qualifications: its register, and who holds what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import orjson


@dataclass(frozen=True, kw_only=True)
class Qualification:
    """One kind of qualification."""

    id: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, kw_only=True)
class HeldQualification:
    """A qualification of a person, valid until before `valid_until` (UTC)."""

    key: int
    person: int
    id: str
    granted_at: dt.datetime
    valid_until: dt.datetime
    exam_score: int
    case: str
    """Business key of the certification."""
    withdrawn_by: int | None
    withdrawn_at: dt.datetime | None

    def holds(self, now: dt.datetime) -> bool:
        """Whether it is valid now."""
        return self.withdrawn_at is None and now < self.valid_until


def _read() -> dict[str, Qualification]:
    rows: dict[str, dict[str, str]] = orjson.loads(Path(__file__).with_name("qualifications.json").read_bytes())
    return {id_: Qualification(id=id_, **row) for id_, row in rows.items()}


QUALIFICATIONS: Mapping[str, Qualification] = MappingProxyType(_read())
"""The register, by id."""
