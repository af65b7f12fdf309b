"""The bank's business calendar."""

from bank.calendar.calendar import BusinessCalendar, CalendarRangeExceeded, WorkingTime, is_public_business_day

__all__ = ["BusinessCalendar", "CalendarRangeExceeded", "WorkingTime", "is_public_business_day"]
