"""The register of norms: what law, regulation, standard or rule of the bank a control stands on (R008, R039)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson


@dataclass(frozen=True, kw_only=True)
class Norm:
    """One norm of `processes/norms.json`."""

    id: str
    title: str
    title_en: str
    kind: str
    """`law`, `regulation`, `standard`, `internal`."""
    issuer: str
    issuer_en: str
    number: str
    in_force_from: str
    """ISO date; empty where the register does not say."""
    certainty: str
    """H, M or L, as of a parameter."""


def read_norms(file: Path) -> tuple[Norm, ...]:
    """The norms of a register, in its order."""
    rows: list[dict[str, Any]] = orjson.loads(file.read_bytes())["norms"]
    return tuple(Norm(**{name: row.get(name) or "" for name in Norm.__dataclass_fields__}) for row in rows)
