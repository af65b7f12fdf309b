"""Rows and events made by the thousand: to the type checker they cannot be changed, at run time nobody pays for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[T]) -> type[T]:
    """A dataclass whose fields are given by name and never changed.

    `dataclass(frozen=True)` sets each field by a call of its own, which makes it three times as slow to build. Only
    for what stays in the engine: what handlers and doors get is frozen at run time, too.
    """
    return dataclass(kw_only=True)(cls)
