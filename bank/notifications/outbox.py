"""The outbox: a letter is written down, then sent, then marked as sent (R026, R079)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bank.clock import Clock
from bank.notifications.records import Channel, Letter, Notification, State
from bank.notifications.tables import notification
from bank.systems import Mail, MailTransport, SystemUnavailable
from persistence.database import Database

_CLAIM = dt.timedelta(seconds=45)
"""Longer than a transport takes over one letter, shorter than the lease of the job that sends it."""

_BLOT = "······"
_RECORD = tuple(column for column in notification.c if column.name != "claimed_until")


class Outbox:
    """Sends letters, each once, and knows what was sent.

    A crash between sending and marking leads to a second sending under the same idempotency key, which the
    transport drops: no database can be sure of what happened outside it.
    """

    def __init__(self, database: Database, clock: Clock, mail: MailTransport) -> None:
        self._database = database
        self._clock = clock
        self._mail = mail

    def deliver(
        self, letter: Letter, *, business_key: str, template: str, language: str, to: str | None, idempotency_key: str
    ) -> Notification:
        """Send a letter once per key, in transactions of its own; none may be open.

        `to` is a mail address, or None when there is no usable one: the letter is then only on record. Raises
        SystemUnavailable when the mail system is down or another worker is sending this very letter; the
        letter stays queued.
        """
        content = {
            "business_key": business_key,
            "template": template,
            "language": language,
            "channel": Channel.EMAIL if to else Channel.NONE,
            "address": to or "",
            "subject": letter.subject,
            "body": _without(letter.body, letter.secrets),
            "state": State.QUEUED if to else State.UNDELIVERABLE,
        }
        with self._database.transaction() as transaction:
            claimed, queued = self._claim(transaction.connection, idempotency_key, content)
        if queued.state is State.SENT or not to:
            return queued
        if not claimed:
            raise SystemUnavailable(system="mail", reason="another worker is sending this letter")
        return self._send(Mail(to=to, subject=letter.subject, body=letter.body), queued)

    def of_case(self, connection: Connection, business_key: str) -> list[Notification]:
        """The letters of a case, in the order they were written."""
        query = select(*_RECORD).where(notification.c.business_key == business_key).order_by(notification.c.key)
        return [_notification(row) for row in connection.execute(query)]

    def _claim(
        self, connection: Connection, idempotency_key: str, content: Mapping[str, Any]
    ) -> tuple[bool, Notification]:
        """Write the letter down, or find it, and claim it for sending: whether this call may send, and the record."""
        now = self._clock.now()
        new = {**content, "idempotency_key": idempotency_key, "attempts": 0, "queued_at": now}
        insert: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        connection.execute(insert(notification).values(new).on_conflict_do_nothing())
        same = notification.c.idempotency_key == idempotency_key
        free = or_(notification.c.claimed_until.is_(None), notification.c.claimed_until <= now)
        to_send = content["channel"] is Channel.EMAIL
        claim = {"attempts": notification.c.attempts + 1, "claimed_until": now + _CLAIM} if to_send else {}
        # A letter composed anew may differ (a corrected address): what is on record is what leaves.
        claimed = connection.execute(
            update(notification).where(same, notification.c.state != State.SENT, free).values(**content, **claim)
        )
        return claimed.rowcount == 1, _one(connection, same)

    def _send(self, mail: Mail, queued: Notification) -> Notification:
        with ExitStack() as on_failure:
            on_failure.callback(self._change, queued.key, {"claimed_until": None})
            self._mail.send(mail, idempotency_key=queued.idempotency_key)
            sent = self._change(queued.key, {"state": State.SENT, "sent_at": self._clock.now(), "claimed_until": None})
            on_failure.pop_all()
        return sent

    def _change(self, key: int, values: Mapping[str, Any]) -> Notification:
        same = notification.c.key == key
        with self._database.transaction() as transaction:  # whoever marked it first is right about the time
            unsent = same & (notification.c.state != State.SENT)
            transaction.connection.execute(update(notification).where(unsent).values(**values))
            return _one(transaction.connection, same)


def _one(connection: Connection, condition: ColumnElement[bool]) -> Notification:
    return _notification(connection.execute(select(*_RECORD).where(condition)).one())


def _notification(row: Row[Any]) -> Notification:
    values = row._asdict()
    return Notification(**{**values, "channel": Channel(values["channel"]), "state": State(values["state"])})


def _without(body: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        body = body.replace(secret, _BLOT)
    return body
