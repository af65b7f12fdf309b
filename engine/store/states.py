"""The states of what the engine stores, as written in the `state` columns."""

from __future__ import annotations

from enum import StrEnum


class LinkKind(StrEnum):
    """What a process definition refers to."""

    PROCESS = "process"
    DECISION = "decision"
    FORM = "form"


class InstanceState(StrEnum):
    """Of a process instance."""

    ACTIVE = "active"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    CANCELLED = "cancelled"


class ActivityState(StrEnum):
    """Of an element instance."""

    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class TaskState(StrEnum):
    """Of a user task."""

    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class CandidateKind(StrEnum):
    """Whom a user task is offered to."""

    ROLE = "role"
    PERSON = "person"


class JobState(StrEnum):
    """Of a job."""

    AVAILABLE = "available"
    LEASED = "leased"
    INCIDENT = "incident"
    """No attempts left; waits for someone to resolve the incident."""
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class MessageState(StrEnum):
    """Of a message in the inbox. Waiting ones past `expires_at` are never delivered."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    EXPIRED = "expired"
    """Nobody took it in time; its content is gone, its id still tells a repetition."""


class IncidentState(StrEnum):
    """Of an incident."""

    OPEN = "open"
    RESOLVED = "resolved"
    GONE = "gone"
    """The element was interrupted or the case ended before anyone resolved it."""
