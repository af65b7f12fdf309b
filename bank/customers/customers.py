"""Customers, found again by their code or identity number (R020)."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from bank.checks.resident_id import compact
from bank.customers.records import Customer
from bank.customers.tables import customer
from bank.errors import RecordNotFound
from bank.terms import Record


def canonical(subject: str) -> str:
    """A code or number as it is stored and compared: half-width capitals without blanks."""
    return compact(unicodedata.normalize("NFKC", subject))


class Customers:
    """The customers of the bank, and those who only applied."""

    def record(self, connection: Connection, *, subject: str, kind: str, name: str, now: dt.datetime) -> Customer:
        """The customer with this subject, made when new, with the name given last.

        Its row stays locked until the transaction ends. `subject` may be empty: then every call makes a
        customer of its own.
        """
        values = {"kind": kind, "name": name, "changed_at": now}
        # One statement, so that two cases of one new customer cannot both insert.
        insert: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        statement = (
            insert(customer)
            .values(subject=canonical(subject) or None, created_at=now, **values)
            .on_conflict_do_update(index_elements=[customer.c.subject], set_=values)
            .returning(customer)
        )
        return Customer(**connection.execute(statement).one()._asdict())

    def rename(self, connection: Connection, key: int, *, kind: str, name: str, now: dt.datetime) -> Customer:
        """Correct the name and kind of a customer. Raises RecordNotFound."""
        self.get(connection, key)
        values = {"kind": kind, "name": name, "changed_at": now}
        connection.execute(update(customer).where(customer.c.key == key).values(values))
        return self.get(connection, key)

    def forget_unused(self, connection: Connection, key: int) -> None:
        """Drop a customer whom no application names any more; any other stays.

        Such a one came of an application entered before its number was known, or with a wrong one.
        """
        try:
            with connection.begin_nested():
                connection.execute(delete(customer).where(customer.c.key == key))
        except IntegrityError:  # an application names it: the database knows better than a query before it
            return

    def get(self, connection: Connection, key: int) -> Customer:
        """The customer with this key. Raises RecordNotFound."""
        row = connection.execute(select(customer).where(customer.c.key == key)).one_or_none()
        if row is None:
            raise RecordNotFound(what=Record.CUSTOMER, key=key)
        return Customer(**row._asdict())
