"""Business days and hours: the public Chinese calendar with its make-up workdays, and the bank's own exceptions.

Holidays not yet announced by the State Council are estimated by the `holidays` package; the bank's
overrides correct it. Implements the engine's `Calendar` port, which has no transaction: overrides are held
in memory and read by `refresh`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from bank.calendar.tables import calendar_override
from bank.clock import BANK_ZONE, Clock
from bank.parameters import Parameters
from persistence.errors import KaihuError

_MOST_DAYS = 3_660  # ten years; a diagram asking for more is wrong, and each day is looked at singly
_MOST_HOURS = 10_000


class CalendarRangeExceeded(KaihuError):
    """A time limit too long for the business calendar. Fields: `amount`, `maximum`."""

    code = "calendar_range_exceeded"
    en = "The business calendar does not reach {amount} business days or hours (at most {maximum})."
    zh = "营业日历不支持 {amount} 个营业日或营业小时（最多 {maximum}）。"


@dataclass(frozen=True, kw_only=True)
class CalendarOverride:
    """One day on which the bank departs from the public calendar."""

    day: dt.date
    business_day: bool
    reason: str


class BusinessCalendar:
    """The calendar of one bank, in its own time zone."""

    def __init__(self, clock: Clock, parameters: Parameters) -> None:
        self._clock = clock
        self._opens = dt.time.fromisoformat(parameters.text("business_day_opens"))
        self._closes = dt.time.fromisoformat(parameters.text("business_day_closes"))
        self._overrides: Mapping[dt.date, bool] = MappingProxyType({})

    def refresh(self, connection: Connection) -> None:
        """Read the bank's overrides anew: at start, and after another process has changed them."""
        self._overrides = MappingProxyType({row.day: row.business_day for row in self.overrides(connection)})

    def overrides(self, connection: Connection) -> list[CalendarOverride]:
        """All overrides by day."""
        columns = (calendar_override.c.day, calendar_override.c.business_day, calendar_override.c.reason)
        rows = connection.execute(select(*columns).order_by(calendar_override.c.day))
        return [CalendarOverride(**row._asdict()) for row in rows]

    def set_override(self, connection: Connection, override: CalendarOverride) -> None:
        """Declare a day open or closed against the public calendar; it holds in memory after `refresh`."""
        connection.execute(delete(calendar_override).where(calendar_override.c.day == override.day))
        connection.execute(
            insert(calendar_override).values(
                day=override.day,
                business_day=override.business_day,
                reason=override.reason,
                changed_at=self._clock.now(),
            )
        )

    def is_business_day(self, day: dt.date) -> bool:
        """Whether the bank works on `day`; make-up workdays on weekends are business days."""
        own = self._overrides.get(day)
        return bool(self._public.is_working_day(day)) if own is None else own

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

    @cached_property
    def _public(self) -> Any:
        import holidays  # noqa: PLC0415  loads the calendars of the world; a start of the server needs none

        return holidays.country_holidays("CN")

    def _hours_of(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        return (
            dt.datetime.combine(day, self._opens, BANK_ZONE),
            dt.datetime.combine(day, self._closes, BANK_ZONE),
        )
