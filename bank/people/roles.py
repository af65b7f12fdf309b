"""The roles of the procedure, read from `roles.json`; their ids are the candidate groups of user tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import orjson


class Side(StrEnum):
    """Whose people hold a role."""

    BANK = "bank"
    SUPERVISION = "supervision"
    """Readers from outside who sign in like staff."""
    CUSTOMER = "customer"
    """Roles a customer's people have by law; nobody signs in to the bank's pages with them."""


@dataclass(frozen=True, kw_only=True)
class Role:
    """A post of the procedure (R029–R035)."""

    id: str
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    side: Side


def _read() -> dict[str, Role]:
    rows: list[dict[str, str]] = orjson.loads(Path(__file__).with_name("roles.json").read_bytes())
    return {row["id"]: Role(**{**row, "side": Side(row["side"])}) for row in rows}  # type: ignore[arg-type]  # checked by a test


ROLES: Mapping[str, Role] = MappingProxyType(_read())
"""Every role by id, in the order of the data file."""
