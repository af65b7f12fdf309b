"""The bank's business calendar."""

from bank.calendar.calendar import BusinessCalendar, CalendarOverride, CalendarRangeExceeded

__all__ = ["BusinessCalendar", "CalendarOverride", "CalendarRangeExceeded"]
