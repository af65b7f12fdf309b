"""Agreements: which text is in force, and who consented to what (R023, R024)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from bank.agreements.records import AgreementTemplate, Consent
from bank.agreements.tables import agreement_consent
from bank.agreements.templates import read_templates
from bank.errors import RecordNotFound
from bank.terms import Record

_FOLDER = Path(__file__).parent


class Agreements:
    """The bank's standard texts and the consents to them. Methods with a connection work in its transaction."""

    def __init__(self, templates: Iterable[AgreementTemplate]) -> None:
        self._templates = {template.version: template for template in templates}

    @classmethod
    def shipped(cls) -> Agreements:
        """The texts that ship with the bank. Raises ReferenceDataWrong."""
        return cls(_shipped())

    def __iter__(self) -> Iterator[AgreementTemplate]:
        return iter(self._templates.values())

    def version(self, version: str) -> AgreementTemplate:
        """The text published as `version`, in force or not. Raises RecordNotFound."""
        if version not in self._templates:
            raise RecordNotFound(what=Record.AGREEMENT, key=version)
        return self._templates[version]

    def in_force(self, kind: str, on: dt.date) -> AgreementTemplate:
        """The text for a kind of application on a day of the bank's zone: the one that began last.

        Raises RecordNotFound when there is none.
        """
        begun = [template for template in self if kind in template.kinds and template.effective_from <= on]
        if not begun:
            raise RecordNotFound(what=Record.AGREEMENT, key=kind)
        return max(begun, key=lambda template: template.effective_from)

    def record_consent(
        self,
        connection: Connection,
        *,
        business_key: str,
        version: str,
        digest: str,
        terms_digest: str,
        signed_by: str,
        read_seconds: int,
        consented_at: dt.datetime,
        now: dt.datetime,
    ) -> Consent:
        """Keep a consent that `check_consent` found in order; the first stands when it comes again (R024)."""
        what = {"business_key": business_key, "version": version, "digest": digest, "terms_digest": terms_digest}
        given = {"signed_by": signed_by, "read_seconds": read_seconds, "consented_at": consented_at}
        existing = self._find(connection, what)
        if existing is not None:
            return existing
        statement = insert(agreement_consent).values({**what, **given, "recorded_at": now})
        try:
            with connection.begin_nested():
                row = connection.execute(statement.returning(*agreement_consent.c)).one()
        except IntegrityError:  # another transaction was faster
            existing = self._find(connection, what)
            if existing is None:
                raise
            return existing
        return Consent(**row._asdict())

    def consents(self, connection: Connection, business_key: str) -> list[Consent]:
        """The consents of a case in the order they were recorded."""
        of_case = select(agreement_consent).where(agreement_consent.c.business_key == business_key)
        rows = connection.execute(of_case.order_by(agreement_consent.c.key))
        return [Consent(**row._asdict()) for row in rows]

    def _find(self, connection: Connection, what: dict[str, str]) -> Consent | None:
        row = connection.execute(select(agreement_consent).filter_by(**what)).first()
        return None if row is None else Consent(**row._asdict())


@cache  # the files do not change while the program runs
def _shipped() -> tuple[AgreementTemplate, ...]:
    return read_templates(_FOLDER)
