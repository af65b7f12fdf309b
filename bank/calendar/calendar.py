"""Business days and hours: the public Chinese calendar with its make-up workdays, and the bank's own exceptions.

Holidays not yet announced by the State Council are estimated by the `holidays` package; the bank's own days
correct it. They are versioned with the parameters, and so are the hours: what a transaction sees of one it sees
of the other. Implements the engine's `Calendars` port.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection

from bank.clock import BANK_ZONE
from bank.parameters import Parameters, ParameterSet
from persistence.errors import KaihuError

_MOST_DAYS = 3_660  # ten years; a diagram asking for more is wrong, and each day is looked at singly
_MOST_HOURS = 10_000


class CalendarRangeExceeded(KaihuError):
    """A time limit too long for the business calendar. Fields: `amount`, `maximum`."""

    code = "calendar_range_exceeded"
    en = "The business calendar does not reach {amount} business days or hours (at most {maximum})."
    zh = "营业日历不支持 {amount} 个营业日或营业小时（最多 {maximum}）。"


class BusinessCalendar:
    """The calendar of one bank as it stands in a transaction."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._newest: WorkingTime | None = None

    def at(self, connection: Connection) -> WorkingTime:
        """The calendar in force; asks the database at most once in a transaction, and only when called."""
        newest, known = self._parameters.newest(connection), self._newest
        if known is None or known.version != newest.version:
            known = self._newest = WorkingTime.of(newest)
        return known


class WorkingTime:
    """Days and hours of one version of the parameters, in the bank's own time zone; immutable."""

    def __init__(self, version: int, opens: dt.time, closes: dt.time, own_days: Mapping[dt.date, bool]) -> None:
        self.version = version
        self._opens, self._closes = opens, closes
        self._own_days = own_days

    @classmethod
    def of(cls, parameters: ParameterSet) -> WorkingTime:
        """The working time that these parameters say."""
        opens, closes = (dt.time.fromisoformat(parameters.text(f"business_day_{when}")) for when in ("opens", "closes"))
        return cls(parameters.version, opens, closes, parameters.own_days)

    def is_business_day(self, day: dt.date) -> bool:
        """Whether the bank works on `day`; make-up workdays on weekends are business days."""
        own = self._own_days.get(day)
        return is_public_business_day(day) if own is None else own

    def business_days_after(self, start: dt.datetime, days: int) -> dt.datetime:
        """`start` moved by whole business days at the same local time of day; UTC.

        Negative days go back, none leave `start` as it is. Raises CalendarRangeExceeded beyond ten years.
        """
        if abs(days) > _MOST_DAYS:
            raise CalendarRangeExceeded(amount=days, maximum=_MOST_DAYS)
        local = start.astimezone(BANK_ZONE)
        day, step = local.date(), dt.timedelta(days=1 if days > 0 else -1)
        for _ in range(abs(days)):
            day += step
            while not self.is_business_day(day):
                day += step
        return dt.datetime.combine(day, local.timetz()).astimezone(dt.UTC)

    def business_hours_after(self, start: dt.datetime, hours: int) -> dt.datetime:
        """`start` moved on by hours of business time; UTC. Raises CalendarRangeExceeded when negative or too many."""
        if not 0 <= hours <= _MOST_HOURS:
            raise CalendarRangeExceeded(amount=hours, maximum=_MOST_HOURS)
        moment, left = start.astimezone(BANK_ZONE), dt.timedelta(hours=hours)
        while left:
            opens, closes = self._hours_of(moment.date())
            moment = max(moment, opens)
            if not self.is_business_day(moment.date()) or moment >= closes:
                moment = self._hours_of(moment.date() + dt.timedelta(days=1))[0]
                continue
            if left <= closes - moment:
                return (moment + left).astimezone(dt.UTC)
            left -= closes - moment
            moment = closes
        return moment.astimezone(dt.UTC)

    def _hours_of(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        return (
            dt.datetime.combine(day, self._opens, BANK_ZONE),
            dt.datetime.combine(day, self._closes, BANK_ZONE),
        )


def is_public_business_day(day: dt.date) -> bool:
    """Whether the public calendar has `day` as a working day."""
    return bool(_public_calendar().is_working_day(day))


@cache
def _public_calendar() -> Any:
    import holidays  # noqa: PLC0415  loads the calendars of the world; a start of the server needs none

    return holidays.country_holidays("CN")
