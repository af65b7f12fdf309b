"""What the bank knows of a customer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Customer:
    """One person or organisation. Name and number stay out of `repr`, which may end up in logs."""

    key: int
    subject: str | None = field(repr=False)
    """Unified social credit code or identity number in canonical form; None when there is none."""
    kind: str
    name: str = field(repr=False)
    created_at: dt.datetime
    changed_at: dt.datetime
