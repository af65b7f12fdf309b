"""The bank's tables, gathered so that migrations and tests see them all: importing registers them."""

import bank.accounts.tables
import bank.agreements.tables
import bank.applications.tables
import bank.calendar.tables
import bank.counters
import bank.customers.tables
import bank.documents.tables
import bank.notifications.tables
import bank.people.tables  # noqa: F401
