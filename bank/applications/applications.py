"""Applications: registered, assessed and closed under their case number (R007, R020, R022)."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bank.applications.records import OPEN, TRANSITIONS, Application, Status
from bank.applications.tables import application, application_access, application_request
from bank.checks.fields import part, text, whole
from bank.checks.identity import subject_key
from bank.clock import Clock, local_date
from bank.counters import next_number
from bank.customers import Customer, Customers, canonical
from bank.customers.tables import customer
from bank.errors import IllegalTransition, RecordNotFound
from bank.people import passwords
from bank.terms import Record

APPLICATION = "AO"
"""What the number of an application begins with."""

_NOT_ASSESSED: dict[str, Any] = {"risk_band": None, "single_fen": None, "daily_fen": None, "yearly_fen": None}


class Applications:
    """The bank's register of applications."""

    def __init__(self, clock: Clock, customers: Customers) -> None:
        self._clock = clock
        self._customers = customers

    def new_number(self, connection: Connection, prefix: str = APPLICATION) -> str:
        """The next case number of the bank's day, such as `AO-20260302-0001`; each prefix counts by itself."""
        name = f"{prefix}-{local_date(self._clock.now()):%Y%m%d}"
        return f"{name}-{next_number(connection, name):04d}"

    def number_for(self, connection: Connection, request: str, prefix: str = APPLICATION) -> str:
        """The case number of one request: a new one at first, the same one when the request comes again.

        `request` is a secret of its sender (session and form), of which only a hash is kept.
        """
        known = self._number_of(connection, request)
        if known is not None:
            return known
        try:
            with connection.begin_nested():  # the number goes back when another was faster
                number = self.new_number(connection, prefix)
                values = {"request_hash": _sha256(request), "business_key": number, "received_at": self._clock.now()}
                connection.execute(insert(application_request).values(values))
        except IntegrityError:
            known = self._number_of(connection, request)
            if known is None:
                raise
            return known
        return number

    def issue_access_code(self, connection: Connection, business_key: str) -> str:
        """A new code for the customer's status page; only its hash is kept, and an earlier code ends."""
        code = passwords.generate()
        connection.execute(delete(application_access).where(application_access.c.business_key == business_key))
        values = {"business_key": business_key, "code_hash": _hash_of(code), "issued_at": self._clock.now()}
        connection.execute(insert(application_access).values(values))
        return code

    def access_granted(self, connection: Connection, business_key: str, code: str) -> bool:
        """Whether `code` is the one issued last for this case; False for an unknown case."""
        column = application_access.c.code_hash
        stored = connection.execute(select(column).where(application_access.c.business_key == business_key)).scalar()
        return hmac.compare_digest(stored or "", _hash_of(code))

    def access_stands(self, connection: Connection, business_key: str, mark: str) -> bool:
        """Whether the code behind `mark` (see `access_mark`) is still the one issued last for this case."""
        column = application_access.c.code_hash
        stored = connection.execute(select(column).where(application_access.c.business_key == business_key)).scalar()
        return stored is not None and hmac.compare_digest(_sha256(stored), mark)

    def register(
        self, connection: Connection, business_key: str, entered: Mapping[str, object], *, now: dt.datetime
    ) -> Application:
        """Write the application of a case and its customer; repeated, it updates the same record.

        `entered` is the application as the form gave it. A corrected one must be assessed again, so stored
        limits are dropped; one corrected to another number moves to that customer, behind the applications
        already there. Raises IllegalTransition once the application is closed.
        """
        known = self.find(connection, business_key)
        if known is not None:
            _check(known, Status.SUBMITTED)
        customer_key = self._customer(connection, known, entered, now).key
        values = {
            "channel": text(entered, "channel"),
            "account_type": text(entered, "account_type"),
            "status": Status.SUBMITTED.value,
            "changed_at": now,
            **_NOT_ASSESSED,
        }
        if known is not None and known.customer_key == customer_key:
            return self._change(connection, known, values)
        values |= {"customer_key": customer_key, "turn": _next_turn(connection, customer_key)}
        if known is not None:
            moved = self._change(connection, known, values)
            self._customers.forget_unused(connection, known.customer_key)
            return moved
        values |= {"business_key": business_key, "reason": "", "submitted_at": now}
        connection.execute(insert(application).values(values))
        return self.get(connection, business_key)

    def open_case_of(self, connection: Connection, subject: str, *, before: str) -> str | None:
        """The oldest open case of a code or identity number that came before the case `before`, or None (R007).

        Ask after registering: of two cases registered at once the later one is always told of the earlier,
        because turns are given one after the other. A case not registered under this number comes last.
        """
        of_subject = (application.c.customer_key == customer.c.key) & (customer.c.subject == canonical(subject))
        own = select(application.c.turn).where(of_subject, application.c.business_key == before)
        turn = connection.execute(own).scalar()
        query = (
            select(application.c.business_key)
            .where(of_subject, application.c.business_key != before)
            .where(application.c.status.in_([status.value for status in OPEN]))
            .order_by(application.c.turn)
            .limit(1)
        )
        return connection.execute(query if turn is None else query.where(application.c.turn < turn)).scalar()

    def store_limits(
        self,
        connection: Connection,
        business_key: str,
        limits: Mapping[str, object],
        *,
        rating: Mapping[str, object],
        now: dt.datetime,
    ) -> Application:
        """Store limits (`single_fen`, `daily_fen`, `yearly_fen` or none) and the rating's `band`.

        Raises RecordNotFound, IllegalTransition (CP3, R022, R090).
        """
        known = self.get(connection, business_key)
        _check(known, Status.ASSESSED)
        values: dict[str, Any] = {name: whole(limits, name) for name in ("single_fen", "daily_fen", "yearly_fen")}
        values |= {"risk_band": text(rating, "band") or None, "status": Status.ASSESSED.value, "changed_at": now}
        return self._change(connection, known, values)

    def close(
        self, connection: Connection, business_key: str, outcome: str, *, reason: str, now: dt.datetime
    ) -> Application:
        """End an application as opened, rejected, withdrawn or expired; the same end twice changes nothing.

        Raises RecordNotFound, IllegalTransition, ValueError for a word that is no status.
        """
        known, wanted = self.get(connection, business_key), Status(outcome)
        if wanted in OPEN:
            raise IllegalTransition(what=Record.APPLICATION, actual=known.status.value, wanted=outcome)
        if known.status is wanted:
            return known
        _check(known, wanted)
        values = {"status": wanted.value, "reason": reason, "changed_at": now, "closed_at": now}
        return self._change(connection, known, values)

    def get(self, connection: Connection, business_key: str) -> Application:
        """The application of a case. Raises RecordNotFound."""
        found = self.find(connection, business_key)
        if found is None:
            raise RecordNotFound(what=Record.APPLICATION, key=business_key)
        return found

    def find(self, connection: Connection, business_key: str) -> Application | None:
        """The application of a case, or None."""
        row = connection.execute(select(application).where(application.c.business_key == business_key)).one_or_none()
        return None if row is None else Application(**{**row._asdict(), "status": Status(row.status)})

    def _number_of(self, connection: Connection, request: str) -> str | None:
        column = application_request.c.business_key
        hashed = application_request.c.request_hash == _sha256(request)
        return connection.execute(select(column).where(hashed)).scalar()

    def _customer(
        self, connection: Connection, known: Application | None, entered: Mapping[str, object], now: dt.datetime
    ) -> Customer:
        subject, kind = subject_key(entered), text(entered, "kind") or "enterprise"
        name = text(part(entered, kind), "name") or text(entered, "applicant_name")
        if known is not None and not subject:
            earlier = self._customers.get(connection, known.customer_key)
            if earlier.subject is None:  # without a number only the case says that it is the same customer
                return self._customers.rename(connection, earlier.key, kind=kind, name=name, now=now)
        return self._customers.record(connection, subject=subject, kind=kind, name=name, now=now)

    def _change(self, connection: Connection, known: Application, values: Mapping[str, Any]) -> Application:
        # The status read before must still stand: another transaction may have closed the case meanwhile.
        changed = connection.execute(
            update(application)
            .where(application.c.key == known.key, application.c.status == known.status.value)
            .values(**values)
        )
        if changed.rowcount == 0:
            actual = self.get(connection, known.business_key).status.value
            raise IllegalTransition(what=Record.APPLICATION, actual=actual, wanted=values["status"])
        return self.get(connection, known.business_key)


def access_mark(code: str) -> str:
    """What a browser remembers of an access code: enough to tell that it was replaced, nothing to come in with."""
    return _sha256(_hash_of(code))


def _next_turn(connection: Connection, customer_key: int) -> int:
    # Recording the customer has locked its row: nobody else counts until this transaction ends.
    highest = select(func.max(application.c.turn)).where(application.c.customer_key == customer_key)
    return (connection.execute(highest).scalar() or 0) + 1


def _check(known: Application, wanted: Status) -> None:
    if wanted not in TRANSITIONS[known.status]:
        raise IllegalTransition(what=Record.APPLICATION, actual=known.status.value, wanted=wanted.value)


def _hash_of(code: str) -> str:
    # A plain hash is enough: the code is random with 99 bits, nobody can try them all.
    return _sha256(code.strip().lower())


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
