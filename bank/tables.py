"""The bank's tables, gathered so that migrations and tests see them all: importing registers them."""

import bank.calendar.tables
import bank.people.tables  # noqa: F401
