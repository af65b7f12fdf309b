"""The bank's tables, gathered so that migrations and tests see them all."""
