"""What the bank knows of a letter it sent, or has still to send."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


class Channel(StrEnum):
    """How a letter reaches the customer."""

    EMAIL = "email"
    NONE = "none"
    """There is no address: the customer is told at the counter, or reads it on the status page."""


class State(StrEnum):
    """Where a letter stands."""

    QUEUED = "queued"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    """There is no address to send it to."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter ready to be sent."""

    subject: str = field(repr=False)
    body: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Parts of the body only the customer may see, such as a token: they are left out of the record."""


@dataclass(frozen=True, kw_only=True)
class Notification:
    """One letter on record. What is personal stays out of `repr`, which may end up in logs."""

    key: int
    business_key: str
    template: str
    language: str
    channel: Channel
    address: str = field(repr=False)
    """Empty without a usable one."""
    subject: str = field(repr=False)
    body: str = field(repr=False)
    """As it was sent, its secrets blotted out."""
    state: State
    attempts: int
    """How often it was handed to the mail system, whatever came of it."""
    idempotency_key: str
    queued_at: dt.datetime
    sent_at: dt.datetime | None
