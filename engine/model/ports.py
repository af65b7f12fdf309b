"""What the engine asks of the world outside it; wired in `app.py`, faked in tests by small classes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection

from persistence.errors import KaihuError


class Clock(Protocol):
    """The engine's only source of time."""

    def now(self) -> dt.datetime:
        """The present, in UTC with zone."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> dt.datetime:
        """The present, in UTC with zone."""
        return dt.datetime.now(dt.UTC)


class Calendar(Protocol):
    """The bank's business calendar, behind the FEEL functions `business days after` and `business hours after`."""

    def business_days_after(self, start: dt.datetime, days: int) -> dt.datetime:
        """`start` moved on by whole business days, at the same local time of day; UTC."""
        ...

    def business_hours_after(self, start: dt.datetime, hours: int) -> dt.datetime:
        """`start` moved on by hours within business hours; UTC."""
        ...


class Calendars(Protocol):
    """The business calendar in its versions."""

    def at(self, connection: Connection) -> Calendar:
        """The calendar as it stands in this transaction. Asked only by a command that uses it."""
        ...


class Authority(Protocol):
    """Who may do what. Called inside the command's own transaction, so that it sees what the command sees."""

    def roles(self, connection: Connection, person: int) -> frozenset[str]:
        """The roles the person holds now; these are the candidate groups of user tasks."""
        ...

    def refusal(
        self, connection: Connection, person: int, action: str, subject: Mapping[str, str | int | None]
    ) -> KaihuError | None:
        """Why the person may not do `action` (a value of `engine.model.actor.Action`) to `subject`, or None.

        `subject` holds what is known of `process_id`, `element_id`, `instance_key`, `task_key`; `qualification` is the
        one the task asks for.
        """
        ...

    def bound_with(self, connection: Connection, person: int) -> frozenset[int]:
        """The persons whose conflicts of duties this one carries now: the person, and whom they deputise."""
        ...

    def on_behalf_of(
        self,
        connection: Connection,
        person: int,
        action: str,
        subject: Mapping[str, str | int | None],
        candidates: Collection[str],
    ) -> int | None:
        """Whom the person acts for, who could not do what is allowed by roles of their own; None for themselves.

        `candidates` are the roles a task is offered to, if it is about one.
        """
        ...

    def knows_qualification(self, qualification: str) -> bool:
        """Whether there is a qualification with this id, so that a diagram may ask for it."""
        ...


class PlainAuthority:
    """What an `Authority` says of deputies and qualifications where there are none."""

    def bound_with(self, connection: Connection, person: int) -> frozenset[int]:
        """The person alone."""
        return frozenset({person})

    def on_behalf_of(
        self,
        connection: Connection,
        person: int,
        action: str,
        subject: Mapping[str, str | int | None],
        candidates: Collection[str],
    ) -> int | None:
        """Nobody."""
        return None

    def knows_qualification(self, qualification: str) -> bool:
        """None."""
        return False


class Attachments(Protocol):
    """The documents people attach to forms; a form's variables hold their ids."""

    def foreign(self, connection: Connection, business_key: str, ids: Iterable[str], /) -> Sequence[str]:
        """Those of `ids` that are no documents of the case with this business key."""
        ...


class NoAttachments:
    """Where no documents are kept, none can be attached."""

    def foreign(self, connection: Connection, business_key: str, ids: Iterable[str], /) -> Sequence[str]:
        """All of them."""
        return list(ids)


NO_ATTACHMENTS = NoAttachments()


class CaseRecords(Protocol):
    """What others keep of a case, told within the transaction when it ends outside the paths of its diagram."""

    def cancelled(self, connection: Connection, business_key: str, *, reason: str, now: dt.datetime) -> None:
        """Bring the records of a cancelled case to their end. A KaihuError raised here stops the cancelling."""
        ...


class NoCaseRecords:
    """Where nobody keeps anything of a case."""

    def cancelled(self, connection: Connection, business_key: str, *, reason: str, now: dt.datetime) -> None:
        """Nothing to do."""


NO_CASE_RECORDS = NoCaseRecords()
