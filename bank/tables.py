"""The bank's tables, gathered so that migrations and tests see them all."""

import bank.people.tables  # noqa: F401  registers its tables on the one metadata
