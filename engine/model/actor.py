"""Who gives a command, and what kind of command it is for the authority check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What sort of actor stands behind a command."""

    PERSON = "person"
    """A member of staff, signed in."""
    CUSTOMER = "customer"
    """The customer, through a page that has checked the case's access code; `name` is the case's business key."""
    WORKER = "worker"
    """A job handler; `name` is its job type."""
    SYSTEM = "system"
    """The engine itself: timers, recovery."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The one who acts. Segregation of duties is keyed on `person`, never on `login`."""

    kind: ActorKind
    person: int | None = None
    login: int | None = None
    name: str = ""
    """Job type, system part or a customer's business key; empty for people, whose names stay out of the journal."""
    on_behalf_of: int | None = None
    """The person whose deputy acts, told by the authority: never by a door."""

    @classmethod
    def staff(cls, person: int, login: int) -> Actor:
        """A member of staff acting through one of their logins."""
        return cls(kind=ActorKind.PERSON, person=person, login=login)

    @classmethod
    def customer(cls, business_key: str) -> Actor:
        """The customer of this one case; other cases do not exist for them."""
        return cls(kind=ActorKind.CUSTOMER, name=business_key)

    @classmethod
    def worker(cls, job_type: str) -> Actor:
        """The handler of a job type."""
        return cls(kind=ActorKind.WORKER, name=job_type)

    @classmethod
    def system(cls, part: str) -> Actor:
        """A part of the engine, such as `timer`."""
        return cls(kind=ActorKind.SYSTEM, name=part)


class Action(StrEnum):
    """What an actor asks to do; the authority answers for each."""

    DEPLOY = "deploy"
    START = "start"
    VIEW_CASE = "view_case"
    CLAIM = "claim"
    COMPLETE = "complete"
    RELEASE = "release"
    ASSIGN = "assign"
    CORRELATE = "correlate"
    CANCEL = "cancel"
    RESOLVE_INCIDENT = "resolve_incident"
    WAIVE = "waive"
