"""The kinds of account the bank opens, read from `account_types.json`: a new one needs no code (R010).

What follows from a type (documents, limits, authority) stands in the decision tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson


@dataclass(frozen=True, kw_only=True)
class AccountType:
    """One kind of account; `code` is the value of `application.account_type`."""

    code: str
    kind: str
    """`enterprise` or `individual`: who may open it."""
    name_zh: str
    name_en: str
    needs_basic_account: bool
    """Opened only on the number of the holder's basic account (银发〔2019〕41号)."""


def _read() -> dict[str, AccountType]:
    rows: list[dict[str, Any]] = orjson.loads(Path(__file__).with_name("account_types.json").read_bytes())
    return {row["code"]: AccountType(**row) for row in rows}


ACCOUNT_TYPES: Mapping[str, AccountType] = MappingProxyType(_read())
"""Every account type by code, in the order of the data file."""
