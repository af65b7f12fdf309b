"""Granting, withdrawing and asking for qualifications."""

from __future__ import annotations

import calendar
import datetime as dt

from sqlalchemy import Connection, insert, select, update

from bank.clock import BANK_ZONE, Clock, local_date
from bank.errors import RecordNotFound
from bank.parameters import Parameters
from bank.qualifications.errors import (
    ExamNotPassed,
    QualificationLapsed,
    QualificationMissing,
    QualificationUnknown,
    ScoreImpossible,
)
from bank.qualifications.records import QUALIFICATIONS, HeldQualification
from bank.qualifications.tables import qualification
from bank.terms import Record
from persistence.answers import forget_answers, once
from persistence.errors import KaihuError

_BEST_SCORE = 100


class Qualifications:
    """The qualifications of the bank's people."""

    def __init__(self, clock: Clock, parameters: Parameters) -> None:
        self._clock, self._parameters = clock, parameters

    def grant(self, connection: Connection, person: int, id_: str, *, score: int, case: str) -> HeldQualification:
        """Grant on an exam of `score` points, by the certification with the business key `case`; once per case.

        Valid through the last day of the time that begins today, in the bank's zone. Raises QualificationUnknown,
        ScoreImpossible, ExamNotPassed.
        """
        if id_ not in QUALIFICATIONS:
            raise QualificationUnknown(id=id_)
        if isinstance(score, bool) or not isinstance(score, int) or not 0 <= score <= _BEST_SCORE:
            raise ScoreImpossible()
        minimum = self._parameters.integer(connection, "qualification_minimum_score")
        if score < minimum:
            raise ExamNotPassed(score=score, minimum=minimum)
        columns = qualification.c
        of_case = select(qualification).where(columns.person == person, columns.id == id_, columns.case == case)
        known = connection.execute(of_case).first()
        if known is not None:
            return HeldQualification(**known._asdict())
        now = self._clock.now()
        months = self._parameters.integer(connection, "qualification_valid_months")
        values = {
            "person": person,
            "id": id_,
            "granted_at": now,
            "valid_until": _midnight(_months_after(local_date(now), months)),
            "exam_score": score,
            "case": case,
        }
        row = connection.execute(insert(qualification).values(values).returning(qualification)).one()
        forget_answers(connection)
        return HeldQualification(**row._asdict())

    def withdraw(self, connection: Connection, key: int, *, by: int) -> None:
        """Take a qualification back before its time. Raises RecordNotFound when there is none that stands."""
        changed = connection.execute(
            update(qualification)
            .where(qualification.c.key == key, qualification.c.withdrawn_at.is_(None))
            .values(withdrawn_by=by, withdrawn_at=self._clock.now())
        )
        if changed.rowcount == 0:
            raise RecordNotFound(what=Record.QUALIFICATION, key=key)
        forget_answers(connection)

    def of(self, connection: Connection, person: int) -> list[HeldQualification]:
        """All a person has and had, newest first."""
        query = select(qualification).where(qualification.c.person == person).order_by(qualification.c.key.desc())
        return [HeldQualification(**row._asdict()) for row in connection.execute(query)]

    def refusal(self, connection: Connection, person: int, id_: str) -> KaihuError | None:
        """Why the person may not do what asks for the qualification, or None; asked once in a transaction."""
        return once(connection, ("qualification", person, id_), lambda: self._refusal(connection, person, id_))

    def _refusal(self, connection: Connection, person: int, id_: str) -> KaihuError | None:
        register = QUALIFICATIONS.get(id_)
        names = {
            "name_zh": register.name_zh if register else id_,
            "name_en": register.name_en if register else id_,
        }
        now = self._clock.now()
        granted = [each for each in self.of(connection, person) if each.id == id_ and each.withdrawn_at is None]
        if any(each.holds(now) for each in granted):
            return None
        if not granted:
            return QualificationMissing(**names)
        latest = max(each.valid_until for each in granted)
        last_day = local_date(latest - dt.timedelta(microseconds=1)).isoformat()
        return QualificationLapsed(**names, last_day=last_day)


def _months_after(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _midnight(day: dt.date) -> dt.datetime:
    """The beginning of the day in the bank's zone, in UTC."""
    return dt.datetime.combine(day, dt.time(), BANK_ZONE).astimezone(dt.UTC)
